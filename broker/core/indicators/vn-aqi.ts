import { HOUR, type Micros } from '../model/time.ts'
import { type AirQualityBand, airQualityBand } from './air-quality-level.ts'
import { nowCast } from './now-cast.ts'
import { type HourlyMeans, mean, roundHalfUp } from './readings.ts'
import { POLLUTANTS, type Pollutant, subIndex } from './sub-index.ts'

/** Hourly means in µg/m³ of what a station measures. */
export type AirQualityMeans = Readonly<Partial<Record<Pollutant, HourlyMeans>>>

/** The index with what has to be told beside it (Decision 1459/QĐ-TCMT, table 3). */
export interface VnAqi extends AirQualityBand {
  readonly index: number
  /** Index of each pollutant that there were data of. */
  readonly parts: Readonly<Partial<Record<Pollutant, number>>>
  /** The pollutant with the highest. */
  readonly decisive: Pollutant
}

/** How much of a time has to be known before its mean counts: the Decision does not say. */
export interface Coverage {
  readonly ofDay: number
  readonly ofEightHours: number
}

/** Three quarters, as is usual for means of ambient air. */
export const THREE_QUARTERS: Coverage = { ofDay: 18, ofEightHours: 6 }

const PARTICLES: readonly Pollutant[] = ['pm25', 'pm10']
const DAY_HOURS = 24
const EIGHT = 8
const NOW_CAST_HOURS = 12

/** Hourly means before the end of a period that its index may need. */
export const HOURS_BEFORE = { hour: NOW_CAST_HOURS, day: DAY_HOURS + EIGHT - 1 } as const

/** Answers VN_AQI of the hour that ends then (Decision 1459/QĐ-TCMT, 2.2.1); undefined without PM10 and PM2.5. */
export function vnAqiOfHour(means: AirQualityMeans, end: Micros): VnAqi | undefined {
  return combined((pollutant) => {
    const hours = means[pollutant]
    if (!hours) return undefined
    const value = PARTICLES.includes(pollutant)
      ? nowCast(hoursBefore(hours, end, NOW_CAST_HOURS))
      : hours.get(end)
    return value === undefined ? undefined : subIndex(pollutant, value)
  })
}

/** Answers VN_AQI of the 24 hours that end then (Decision 1459/QĐ-TCMT, 2.2.2); undefined without PM10 and PM2.5. */
export function vnAqiOfDay(
  means: AirQualityMeans,
  end: Micros,
  coverage: Coverage = THREE_QUARTERS,
): VnAqi | undefined {
  return combined((pollutant) => {
    const hours = means[pollutant]
    if (!hours) return undefined
    const values = known(hoursBefore(hours, end, DAY_HOURS))
    if (PARTICLES.includes(pollutant))
      return values.length < coverage.ofDay ? undefined : subIndex(pollutant, mean(values))
    const highest = values.length === 0 ? undefined : subIndex(pollutant, Math.max(...values))
    return pollutant === 'o3' ? higher(highest, ozoneOfEightHours(hours, end, coverage)) : highest
  })
}

/** Answers the mean of the eight hours that end then; undefined where too few of them are known. */
export function eightHourMean(hours: HourlyMeans, end: Micros, needed: number): number | undefined {
  const values = known(hoursBefore(hours, end, EIGHT))
  return values.length < needed ? undefined : mean(values)
}

/** A day has 24 means of eight hours, of which the first reach into the day before. */
function ozoneOfEightHours(hours: HourlyMeans, end: Micros, { ofEightHours }: Coverage): number | undefined {
  const means = Array.from({ length: DAY_HOURS }, (_, age) =>
    eightHourMean(hours, end - age * HOUR, ofEightHours),
  )
  const values = known(means)
  return values.length === 0 ? undefined : subIndex('o3EightHours', Math.max(...values))
}

function combined(partOf: (pollutant: Pollutant) => number | undefined): VnAqi | undefined {
  const parts: { -readonly [each in Pollutant]?: number } = {}
  let decisive: Pollutant | undefined
  for (const pollutant of POLLUTANTS) {
    const part = partOf(pollutant)
    if (part === undefined) continue
    parts[pollutant] = roundHalfUp(part)
    if (decisive === undefined || parts[pollutant] > (parts[decisive] ?? 0)) decisive = pollutant
  }
  if (decisive === undefined || !PARTICLES.some((pollutant) => pollutant in parts)) return undefined
  const index = parts[decisive] ?? 0
  return { index, ...airQualityBand(index), parts, decisive }
}

function hoursBefore(hours: HourlyMeans, end: Micros, count: number): readonly (number | undefined)[] {
  return Array.from({ length: count }, (_, age) => hours.get(end - age * HOUR))
}

function known(values: readonly (number | undefined)[]): readonly number[] {
  return values.filter((value) => value !== undefined)
}

function higher(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return left ?? right
  return Math.max(left, right)
}
