import type { Position } from '../core/geo/positions.ts'

/** The WGS 84 ellipsoid: equatorial and polar radius in metres, flattening; the mean radius for what does not converge. */
const EQUATORIAL = 6_378_137
const FLATTENING = 1 / 298.257223563
const POLAR = EQUATORIAL * (1 - FLATTENING)
const MEAN = 6_371_008.8
const RADIANS = Math.PI / 180
const ROUNDS = 100
const CONVERGED = 1e-12

/**
 * Answers the length of the shortest way on the WGS 84 ellipsoid between two places, in metres.
 * Vincenty's inverse formula: within a millimetre; nearly antipodal places, where it does not converge, are taken
 * on a sphere and are within 0.6 %.
 */
export function geodesicLength(from: Position, to: Position): number {
  if (from[0] === to[0] && from[1] === to[1]) return 0
  return vincenty(from, to) ?? sphericalLength(from, to)
}

function vincenty(from: Position, to: Position): number | undefined {
  const difference = (to[0] - from[0]) * RADIANS
  const [sinU1, cosU1] = reducedLatitude(from[1])
  const [sinU2, cosU2] = reducedLatitude(to[1])
  let lambda = difference
  for (let round = 0; round < ROUNDS; round++) {
    const sinLambda = Math.sin(lambda)
    const cosLambda = Math.cos(lambda)
    const sinSigma = Math.hypot(cosU2 * sinLambda, cosU1 * sinU2 - sinU1 * cosU2 * cosLambda)
    if (sinSigma === 0) return 0
    const cosSigma = sinU1 * sinU2 + cosU1 * cosU2 * cosLambda
    const sigma = Math.atan2(sinSigma, cosSigma)
    const sinAlpha = (cosU1 * cosU2 * sinLambda) / sinSigma
    const cosSquared = 1 - sinAlpha ** 2
    const cos2M = cosSquared === 0 ? 0 : cosSigma - (2 * sinU1 * sinU2) / cosSquared
    const c = (FLATTENING / 16) * cosSquared * (4 + FLATTENING * (4 - 3 * cosSquared))
    const inner = cos2M + c * cosSigma * (2 * cos2M ** 2 - 1)
    const next = difference + (1 - c) * FLATTENING * sinAlpha * (sigma + c * sinSigma * inner)
    if (Math.abs(next - lambda) < CONVERGED)
      return arcLength({ sigma, sinSigma, cosSigma, cosSquared, cos2M })
    lambda = next
  }
  return undefined
}

function reducedLatitude(latitude: number): readonly [sine: number, cosine: number] {
  const reduced = Math.atan((1 - FLATTENING) * Math.tan(latitude * RADIANS))
  return [Math.sin(reduced), Math.cos(reduced)]
}

interface Arc {
  readonly sigma: number
  readonly sinSigma: number
  readonly cosSigma: number
  readonly cosSquared: number
  readonly cos2M: number
}

function arcLength({ sigma, sinSigma, cosSigma, cosSquared, cos2M }: Arc): number {
  const u = (cosSquared * (EQUATORIAL ** 2 - POLAR ** 2)) / POLAR ** 2
  const a = 1 + (u / 16384) * (4096 + u * (-768 + u * (320 - 175 * u)))
  const b = (u / 1024) * (256 + u * (-128 + u * (74 - 47 * u)))
  const cubic = (b / 6) * cos2M * (4 * sinSigma ** 2 - 3) * (4 * cos2M ** 2 - 3)
  const correction = b * sinSigma * (cos2M + (b / 4) * (cosSigma * (2 * cos2M ** 2 - 1) - cubic))
  return POLAR * a * (sigma - correction)
}

/** Answers the length of the shortest way between two places on a sphere, in metres: the haversine formula. */
export function sphericalLength(from: Position, to: Position): number {
  const latitudes = Math.sin(((to[1] - from[1]) * RADIANS) / 2) ** 2
  const longitudes = Math.sin(((to[0] - from[0]) * RADIANS) / 2) ** 2
  const half = latitudes + Math.cos(from[1] * RADIANS) * Math.cos(to[1] * RADIANS) * longitudes
  return 2 * MEAN * Math.asin(Math.min(1, Math.sqrt(half)))
}
