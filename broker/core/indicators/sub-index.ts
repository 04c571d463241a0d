/** What VN_AQI looks at. */
export type Pollutant = 'pm25' | 'pm10' | 'o3' | 'no2' | 'so2' | 'co'

export const POLLUTANTS: readonly Pollutant[] = ['pm25', 'pm10', 'o3', 'no2', 'so2', 'co']

/** A column of the table: ozone has one for its hour and one for its eight hours. */
export type Breakpoints = keyof typeof BREAKPOINTS

const INDEX = [0, 50, 100, 150, 200, 300, 400, 500]

/** Concentrations in µg/m³ at which the index has those values (Decision 1459/QĐ-TCMT, table 2). */
const BREAKPOINTS = {
  o3: [0, 160, 200, 300, 400, 800, 1000, 1200],
  o3EightHours: [0, 100, 120, 170, 210, 400],
  co: [0, 10_000, 30_000, 45_000, 60_000, 90_000, 120_000, 150_000],
  so2: [0, 125, 350, 550, 800, 1600, 2100, 2630],
  no2: [0, 100, 200, 700, 1200, 2350, 3100, 3850],
  pm10: [0, 50, 150, 250, 350, 420, 500, 600],
  pm25: [0, 25, 50, 80, 150, 250, 350, 500],
} as const

/**
 * Answers the index of one pollutant, between breakpoints in proportion, not rounded (Decision 1459/QĐ-TCMT, 2.2.1 b):
 * 500 is the highest. undefined: the table has nothing for so much (ozone of eight hours above 400 µg/m³).
 */
export function subIndex(column: Breakpoints, concentration: number): number | undefined {
  const limits: readonly number[] = BREAKPOINTS[column]
  const value = Math.max(concentration, 0)
  const upper = limits.findIndex((limit) => value <= limit)
  if (upper === 0) return 0
  if (upper < 0) return limits.length === INDEX.length ? INDEX.at(-1) : undefined
  const [low = 0, high = 0] = limits.slice(upper - 1, upper + 1)
  const [from = 0, to = 0] = INDEX.slice(upper - 1, upper + 1)
  return ((to - from) / (high - low)) * (value - low) + from
}
