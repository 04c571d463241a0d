/** An instant, a day or a time of day that a query compares with; made by `time`. */
export class QueryTime {
  readonly text: string
  readonly kind: 'dateTime' | 'date' | 'time'

  constructor(text: string, kind: QueryTime['kind']) {
    this.text = text
    this.kind = kind
  }
}

/** What a query may compare with: `Date` is an instant, a text is a text. */
export type Scalar = string | number | boolean | Date | QueryTime

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z$/
const DATE = /^\d{4}-\d{2}-\d{2}$/
const TIME = /^\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z$/

/** Reads a time as NGSI-LD writes it (CIM 009 v1.9.1, 4.6.3): `2026-03-01T07:00:00Z`, `2026-03-01`, `07:00:00Z`. @throws TypeError */
export function time(text: string): QueryTime {
  const kind = DATE_TIME.test(text)
    ? 'dateTime'
    : DATE.test(text)
      ? 'date'
      : TIME.test(text)
        ? 'time'
        : undefined
  if (kind === undefined || !isInCalendar(text, kind))
    throw new TypeError(`Time ${JSON.stringify(text)} is no DateTime, Date or Time in UTC`)
  return new QueryTime(text, kind)
}

function isInCalendar(text: string, kind: QueryTime['kind']): boolean {
  const whole = kind === 'time' ? `2000-01-01T${text}` : kind === 'date' ? `${text}T00:00:00Z` : text
  const second = whole.slice(0, 'YYYY-MM-DDThh:mm:ss'.length)
  const at = Date.parse(`${second}Z`)
  // months that have no such day, and 24:00, come back as another time; years before 100 are none
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(second) && !/^00/.test(whole)
}

/** Writes an instant as the API has it. @throws TypeError for one that is none, or outside of the years 100 to 9999 */
export function dateTime(at: Date | string): string {
  if (typeof at === 'string') return time(at).text
  if (Number.isNaN(at.getTime())) throw new TypeError('Date is no time')
  return time(at.toISOString()).text
}

/** Writes a value. @throws TypeError for one that the query language has no way to write */
export function scalarText(value: Scalar): string {
  if (value instanceof QueryTime) return value.text
  if (value instanceof Date) return dateTime(value)
  switch (typeof value) {
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`Number ${value} cannot be asked for`)
      return String(value)
    case 'boolean':
      return String(value)
    default:
      return JSON.stringify(wellFormed(value))
  }
}

/** Answers what a value is compared as; only what has an order goes into ranges, and only with its like. */
export function kindOf(value: Scalar): string {
  if (value instanceof QueryTime) return value.kind
  return value instanceof Date ? 'dateTime' : typeof value
}

/** @throws TypeError for half of a surrogate pair, which is no text that JSON can carry */
export function wellFormed(text: string): string {
  if (!/^(?:[^\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])*$/.test(text))
    throw new TypeError('Text has half of a surrogate pair')
  return text
}
