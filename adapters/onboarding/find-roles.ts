import type { RowTime } from '../kit/definition/column-mapping.ts'
import { reportPeriod } from '../kit/values/row-period.ts'
import { wordsOf } from './field-name.ts'
import { FILLERS, KEYS, TIMES } from './header-words.ts'
import { vocabulary } from './match-attribute.ts'
import type { SampledField } from './sampled-field.ts'
import { MOST } from './value-shape.ts'

/** What a field is for besides attributes, how sure that is, and why. */
export interface Role {
  readonly fields: readonly SampledField[]
  readonly confidence: number
  readonly reason: string
}

/** Fields that say when a record was observed, and how they are written. */
export interface TimeRole extends Role {
  readonly time: RowTime
}

/** Fields with the coordinates of a thing. */
export interface PlaceRole extends Role {
  readonly longitude: SampledField
  readonly latitude: SampledField
  /** They are degrees of WGS84, the longitude as the longitude. */
  readonly isWgs84: boolean
}

const CLOCK = /^\d{1,2}:\d{2}(?::\d{2})?$/
const PERIODS = new Set(['ky', 'thang', 'quy', 'nam', 'period', 'month', 'quarter', 'year'])

/** Finds the fields that say when a record was observed, the surest first. */
export function timesIn(fields: readonly SampledField[]): readonly TimeRole[] {
  const clock = fields.find(
    ({ name, values }) =>
      isOf(name.words, TIMES) && values.length > 0 && values.every((value) => CLOCK.test(String(value))),
  )
  return fields
    .flatMap((field) => timeRole(field, clock) ?? [])
    .sort((left, right) => right.confidence - left.confidence)
}

function timeRole(field: SampledField, clock: SampledField | undefined): TimeRole | undefined {
  const { name, values, shape } = field
  const { words } = name
  const known = vocabulary().observedAt.some((one) => wordsOf(one).join('') === words.join(''))
  if (values.length === 0 || !(known || words.some((word) => TIMES.has(word)))) return undefined
  const plain = known || words.every((word) => TIMES.has(word) || FILLERS.has(word))
  const base = known ? 0.97 : plain ? 0.92 : 0.75
  const { time } = shape
  if (time) {
    if (!time.isMoment && clock) {
      const seconds = clock.values.some((value) => String(value).length > 5) ? ':ss' : ''
      const format = time.format === 'iso' ? {} : { format: `${time.format} HH:mm${seconds}` }
      return {
        fields: [field, clock],
        time: { from: [field.field, clock.field], ...format },
        confidence: rounded(base),
        reason: 'day and time of day',
      }
    }
    const confidence = base - (time.isMoment ? 0 : 0.1) - (time.isAmbiguous ? 0.08 : 0)
    const written = time.isAmbiguous ? ', day taken before month' : ''
    const format = time.format === 'iso' ? {} : { format: time.format }
    return {
      fields: [field],
      time: { from: field.field, ...format },
      confidence: rounded(confidence),
      reason: `time written as ${time.format}${written}`,
    }
  }
  if (!words.some((word) => PERIODS.has(word)) || !values.every(isReportPeriod)) return undefined
  return {
    fields: [field],
    time: { from: field.field, format: 'period' },
    confidence: rounded(base - 0.05),
    reason: 'period of a report',
  }
}

function isReportPeriod(value: unknown): boolean {
  try {
    return reportPeriod(String(value), '+07:00').end !== ''
  } catch {
    return false
  }
}

const LONGITUDES = ['lon', 'lng', 'long', 'longitude', 'kinh do', 'x', 'toa do x', 'easting', 'east']
const LATITUDES = ['lat', 'latitude', 'vi do', 'y', 'toa do y', 'northing', 'north']

/** Finds the two fields with coordinates; undefined: there are none that can be of this country. */
export function placeIn(fields: readonly SampledField[]): PlaceRole | undefined {
  const named = (names: readonly string[]): SampledField | undefined =>
    names
      .map((name) => fields.find((field) => field.name.words.join(' ') === name && field.shape.numbers))
      .find((field) => field !== undefined)
  const [longitude, latitude] = [named(LONGITUDES), named(LATITUDES)]
  if (!longitude || !latitude) return undefined
  const [east, north] = [longitude.shape.numbers ?? [], latitude.shape.numbers ?? []]
  const within = (numbers: readonly number[], least: number, most: number): boolean =>
    numbers.every((number) => number >= least && number <= most)
  const role = { fields: [longitude, latitude], longitude, latitude }
  if (within(east, 100, 112) && within(north, 7, 25))
    return { ...role, isWgs84: true, confidence: 0.97, reason: 'degrees within the country' }
  if (within(north, 100, 112) && within(east, 7, 25))
    return { ...role, isWgs84: false, confidence: 0.75, reason: 'degrees, with the latitude first' }
  const isGrid = (numbers: readonly number[]): boolean => within(numbers, 100_000, 3_000_000)
  if (isGrid(east) && isGrid(north))
    return { ...role, isWgs84: false, confidence: 0.75, reason: 'metres: the reference system is detected' }
  return undefined
}

/** Words behind a code that make it the code of something else. */
const OF_OTHERS = new Set(
  'xa phuong huyen quan tinh tp loai nhom dvhc kieu type status vung khu nganh parent'.split(' '),
)
const NUMBERING = new Set(['stt', 'so thu tu', 'tt', 'no', 'row', 'index'])

/** Finds the fields whose values could name the things that records are of, the surest first. */
export function keysIn(fields: readonly SampledField[], records: number): readonly Role[] {
  return fields
    .flatMap((field) => keyRole(field, records) ?? [])
    .sort((left, right) => right.confidence - left.confidence)
}

function keyRole(field: SampledField, records: number): Role | undefined {
  const { name, values, shape } = field
  const words = name.words.join(' ')
  const isText = shape.isPlain && !shape.isBoolean && !shape.time?.isMoment
  if (!isText || values.length < MOST * records || NUMBERING.has(words)) return undefined
  if (shape.numbers && !shape.isWhole) return undefined
  const alone = KEYS.includes(words)
  const coded = KEYS.some((key) => words.startsWith(`${key} `) || words.endsWith(` ${key}`))
  const isName = words === 'ten' || words.startsWith('ten ') || words === 'name'
  const base = alone
    ? 0.9
    : coded
      ? 0.88
      : values.filter(isCode).length >= MOST * values.length
        ? 0.75
        : isName
          ? 0.6
          : 0
  if (base === 0) return undefined
  const others = name.words.some((word) => OF_OTHERS.has(word)) ? 0.45 : 0
  const same = records > 3 && shape.distinct === 1 ? 0.4 : 0
  const unique = shape.distinct === records ? 0.06 : 0
  const missing = values.length < records ? 0.05 : 0
  const confidence = rounded(base + unique - others - same - missing)
  return { fields: [field], confidence, reason: `${shape.distinct} different in ${records} records` }
}

/** A text that nobody would write so if it were a name or a number: `TN-TBA-0001`, `000123`. */
function isCode(value: unknown): boolean {
  return typeof value === 'string' && /^(?=.*\d)(?:0|(?=.*[A-Za-z]))[\w.:/-]+$/.test(value)
}

function isOf(words: readonly string[], set: ReadonlySet<string>): boolean {
  return words.some((word) => set.has(word))
}

function rounded(confidence: number): number {
  return Math.round(confidence * 100) / 100
}
