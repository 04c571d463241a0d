import { fieldKey } from '../values/field-key.ts'
import { type Json, type JsonMap, member } from '../values/json.ts'
import { isNoValue } from '../values/measure.ts'
import { ForeignValueFault, nameInList, numberOf, ownInstance } from './foreign-value.ts'
import { isNumeric, type Wanted } from './wanted.ts'

/** How a source writes a value, as a table of its feed says. */
export interface ValueForm {
  readonly factor?: number
  readonly offset?: number
  /** The value becomes a share: 0 at the first, 1 at the second, and no further. */
  readonly between?: readonly [number, number]
  /** What values of the source stand for. */
  readonly values?: JsonMap
  /** Mark of decimals, where thousands are marked too. */
  readonly decimal?: ',' | '.'
  /** A day lasts until its end. */
  readonly untilEnd?: boolean
}

/** Digits that every number keeps: those behind them are the noise of binary fractions. */
const SIGNIFICANT = 15

/** Numbers with marks of thousands, by their mark of decimals. */
const GROUPED = {
  ',': /^[+-]?\d{1,3}(?:[. \u00a0]\d{3})+(?:,\d+)?$/,
  '.': /^[+-]?\d{1,3}(?:[, \u00a0]\d{3})+(?:\.\d+)?$/,
} as const
const DAY_FIRST = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/

/**
 * Answers an instance of ours with a value as people and devices here write it: with a decimal comma, with the day first, by names of
 * the feed's own. Undefined where there is no value. @throws ForeignValueFault with what is wrong with it
 */
export function sourceInstance(
  value: Json | undefined,
  wanted: Wanted,
  form: ValueForm = {},
): JsonMap | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && isNoValue(value)) return undefined
  return ownInstance(meantBy(value, wanted, form), wanted)
}

/** Reads a number, of which thousands may be marked. @throws ForeignValueFault */
export function sourceNumber(value: Json, form: ValueForm): number {
  return numberOf(withoutGroups(value, form))
}

/** Writes a day or time that begins with the day in the order of ISO 8601; other texts stay as they are. */
export function isoOrder(text: string): string {
  const found = DAY_FIRST.exec(text)
  if (!found) return text
  const [, day = '', month = '', year = '', ...clock] = found.map((part) => part?.padStart(2, '0'))
  const time = clock.filter((part) => part !== undefined).join(':')
  return `${year}-${month}-${day}${time === '' ? '' : `T${time}`}`
}

function meantBy(value: Json, { definition, list }: Wanted, form: ValueForm): Json {
  if (form.values && typeof value !== 'object') {
    const named = valueNamed(String(value), form.values) ?? (list && nameInList(String(value), list))
    if (named === undefined) throw new ForeignValueFault('has a value that the table does not have')
    return named
  }
  if (list) return value
  if (isNumeric(definition)) return scaled(sourceNumber(value, form), form)
  return typeof value === 'string' ? timeIn(value, definition.value, form) : value
}

/** What a table says of a value, whose letters may be in any case and without their marks. */
function valueNamed(text: string, values: JsonMap): Json | undefined {
  const exact = member(values, text)
  const key = fieldKey(text)
  if (exact !== undefined || !/[a-z]/.test(key)) return exact
  const same = Object.keys(values).find((name) => fieldKey(name) === key)
  return same === undefined ? undefined : values[same]
}

/** Takes the marks of thousands out of a number; a mark that cuts no thousands is one of decimals. */
function withoutGroups(value: Json, { decimal }: ValueForm): Json {
  if (decimal === undefined || typeof value !== 'string' || !GROUPED[decimal].test(value.trim())) return value
  return value.replace(decimal === ',' ? /[. \u00a0]/g : /[, \u00a0]/g, '')
}

function scaled(value: number, { factor = 1, offset = 0, between }: ValueForm): number {
  const number = value * factor + offset
  return between ? shareOf(number, between) : significant(number)
}

/** A number of six decimals and not too many digits before them is as short as it can be. */
function significant(number: number): number {
  const isShort = Math.abs(number) < 1e9 && Math.round(number * 1e6) / 1e6 === number
  return isShort ? number : Number(number.toPrecision(SIGNIFICANT))
}

/** Four digits are more than any battery or tank tells. */
function shareOf(value: number, [empty, full]: readonly [number, number]): number {
  return Number(Math.min(1, Math.max(0, (value - empty) / (full - empty))).toPrecision(4))
}

function timeIn(text: string, kind: Wanted['definition']['value'], { untilEnd }: ValueForm): string {
  if (kind !== 'date' && kind !== 'dateTime') return text
  const time = isoOrder(text.trim())
  return untilEnd && kind === 'dateTime' && time.length === 10 ? `${time}T23:59:59` : time
}
