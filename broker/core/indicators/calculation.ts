import type { JsonValue } from '../model/json.ts'
import { HOUR, type Micros } from '../model/time.ts'
import { type Cycle, daysEndingAt, endsBetween, HOURS } from './cycle.ts'
import { equivalentLevel, NOISE_PARTS, type NoisePart, timesOfPart } from './noise-level.ts'
import { hourlyMeans, mean, type Reading, readingsBetween, roundHalfUp } from './readings.ts'
import { POLLUTANTS } from './sub-index.ts'
import { type AirQualityMeans, HOURS_BEFORE, type VnAqi, vnAqiOfDay, vnAqiOfHour } from './vn-aqi.ts'

/** Readings by the name of what was measured, as the ontology has it. */
export type Measured = Readonly<Record<string, readonly Reading[]>>

/** What a calculation made of readings. */
export interface DerivedValue {
  readonly value: number
  readonly unitCode?: string
  /** What is told beside it, by the names of the ontology. */
  readonly details: Readonly<Record<string, JsonValue>>
}

/** How an indicator is worked out: for each period, of the readings that reach so far back from its end. */
export interface Calculation {
  /** Method and version, told with each value: another one as soon as the same readings may give something else. */
  readonly method: string
  readonly cycle: Cycle
  readonly reach: Micros
  /** What may be measured; absent: one thing, whatever it is. */
  readonly inputs?: readonly string[]
  /** undefined: too little is known. */
  derive(measured: Measured, end: Micros): DerivedValue | undefined
}

/** What is to be worked out. */
export type CalculationSettings =
  | { readonly kind: 'vn-aqi-hour' }
  | { readonly kind: 'vn-aqi-day'; readonly minimumHours?: number }
  | {
      readonly kind: 'noise'
      readonly part: NoisePart['name']
      readonly regulation?: keyof typeof NOISE_PARTS
    }
  | { readonly kind: 'rain-day'; readonly accumulated?: boolean }
  | { readonly kind: 'moving-average'; readonly hours: number }

const GAPLESS = 0.75
const MICROGRAMS = 'GQ'
const MILLIGRAMS = 'GP'
const DECIBEL = '2N'

/** Makes a calculation; undefined where the regulation knows no such part of the day. */
export function calculationOf(settings: CalculationSettings): Calculation | undefined {
  switch (settings.kind) {
    case 'vn-aqi-hour':
      return ofAirQuality(
        'VN_AQI hour, Decision 1459/QĐ-TCMT, version 1',
        HOURS,
        HOURS_BEFORE.hour,
        vnAqiOfHour,
      )
    case 'vn-aqi-day': {
      const { minimumHours: ofDay = 18 } = settings
      const coverage = { ofDay, ofEightHours: Math.max(1, Math.floor(ofDay / 3)) }
      return ofAirQuality(
        `VN_AQI day, Decision 1459/QĐ-TCMT, at least ${ofDay} hours, version 1`,
        daysEndingAt(0),
        HOURS_BEFORE.day,
        (means, end) => vnAqiOfDay(means, end, coverage),
      )
    }
    case 'noise':
      return ofNoise(settings.part, settings.regulation ?? 'QCVN 26:2025/BNNMT')
    case 'rain-day':
      return settings.accumulated
        ? ofOne('Rain since 19:00 at 19:00, version 1', daysEndingAt(19), 24, addedUp)
        : ofOne('Rain from 19:00 to 19:00, version 1', daysEndingAt(19), 24, (readings) =>
            readings.reduce((sum, { value }) => sum + value, 0),
          )
    case 'moving-average':
      return ofOne(
        `Moving average of ${settings.hours} hours, version 1`,
        HOURS,
        settings.hours,
        (readings) => mean(readings.map(({ value }) => value)),
      )
  }
}

/** Answers the ends, up to now, of the periods that a reading of this instant has a part in, oldest first. */
export function concernedEnds({ cycle, reach }: Calculation, at: Micros, now: Micros): readonly Micros[] {
  return endsBetween(cycle, at - 1, Math.min(at + reach - 1, now))
}

function ofAirQuality(
  method: string,
  cycle: Cycle,
  hours: number,
  index: (means: AirQualityMeans, end: Micros) => VnAqi | undefined,
): Calculation {
  return {
    method,
    cycle,
    reach: hours * HOUR,
    inputs: POLLUTANTS,
    derive: (measured, end) => {
      const means = Object.fromEntries(
        Object.entries(measured).map(([name, readings]) => [name, hourlyMeans(inMicrograms(readings))]),
      )
      const found = index(means, end)
      return (
        found && {
          value: found.index,
          details: {
            indexMethod: 'VN_AQI',
            airQualityLevel: found.level,
            decisiveParameter: found.decisive,
            subIndices: { ...found.parts },
          },
        }
      )
    },
  }
}

/** Other units than µg/m³ and mg/m³ are no mass in air. */
function inMicrograms(readings: readonly Reading[]): readonly Reading[] {
  return readings.flatMap((reading) => {
    const { unitCode = MICROGRAMS, value } = reading
    if (unitCode === MICROGRAMS) return [reading]
    return unitCode === MILLIGRAMS ? [{ ...reading, value: value * 1000 }] : []
  })
}

function ofNoise(name: NoisePart['name'], regulation: keyof typeof NOISE_PARTS): Calculation | undefined {
  const parts: readonly NoisePart[] = NOISE_PARTS[regulation]
  const part = parts.find((each) => each.name === name)
  if (!part) return undefined
  const { cycle, length } = timesOfPart(part)
  return {
    method: `Equivalent level of the ${name}, ${regulation}, version 1`,
    cycle,
    reach: length,
    derive: (measured, end) => {
      const readings = readingsBetween(Object.values(measured)[0] ?? [], end - length, end)
      // hour by hour, so that an hour with more readings weighs no more than another
      const hours = hourlyMeans(readings.map(({ at, value }) => ({ at, value: 10 ** (value / 10) })))
      if (hours.size < (GAPLESS * length) / HOUR) return undefined
      const level = equivalentLevel([...hours.values()].map((energy) => 10 * Math.log10(energy)))
      return { value: roundHalfUp(level, 1), unitCode: DECIBEL, details: { coveredHours: hours.size } }
    },
  }
}

/** Of one kind of readings in one unit: what was measured in another one since is another thing. */
function ofOne(
  method: string,
  cycle: Cycle,
  hours: number,
  combine: (readings: readonly Reading[], end: Micros) => number,
): Calculation {
  const reach = hours * HOUR
  return {
    method,
    cycle,
    reach,
    derive: (measured, end) => {
      const readings = readingsBetween(Object.values(measured)[0] ?? [], end - reach, end)
      const unitCode = readings.at(-1)?.unitCode
      if (readings.length === 0 || readings.some((reading) => reading.unitCode !== unitCode)) return undefined
      return {
        value: Number(combine(readings, end).toPrecision(9)),
        ...(unitCode !== undefined && { unitCode }),
        details: { coveredHours: hourlyMeans(readings).size },
      }
    },
  }
}

/** What had added up at the end: a gauge that shows less then than before has begun anew. */
function addedUp(readings: readonly Reading[], end: Micros): number {
  const [last, before] = [readings.at(-1), readings.at(-2)]
  const isNew = last?.at === end && before !== undefined && last.value < before.value
  return (isNew ? before : last)?.value ?? 0
}
