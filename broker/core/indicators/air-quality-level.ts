/** A band of VN_AQI by the name that the ontology has for it. */
export type AirQualityLevel = 'good' | 'moderate' | 'poor' | 'bad' | 'veryBad' | 'hazardous'

/** A band: up to which index, and the colour that it is to be shown in. */
export interface AirQualityBand {
  readonly level: AirQualityLevel
  readonly upTo: number
  /** `#rrggbb`. */
  readonly colour: string
}

/** Bands of VN_AQI (Decision 1459/QĐ-TCMT, table 1). */
const BANDS: readonly AirQualityBand[] = [
  { level: 'good', upTo: 50, colour: '#00e400' },
  { level: 'moderate', upTo: 100, colour: '#ffff00' },
  { level: 'poor', upTo: 150, colour: '#ff7e00' },
  { level: 'bad', upTo: 200, colour: '#ff0000' },
  { level: 'veryBad', upTo: 300, colour: '#8f3f97' },
]
const HIGHEST: AirQualityBand = { level: 'hazardous', upTo: 500, colour: '#7e0023' }

/** Answers the band that a rounded index falls into. */
export function airQualityBand(index: number): AirQualityBand {
  return BANDS.find(({ upTo }) => index <= upTo) ?? HIGHEST
}
