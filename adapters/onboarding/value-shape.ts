import { isJsonMap, type Json, member } from '../kit/values/json.ts'
import { toUtc } from '../kit/values/local-time.ts'
import { toNumber } from '../kit/values/measure.ts'

/** What all values of a field look like. */
export interface ValueShape {
  /** All of them as numbers. */
  readonly numbers?: readonly number[]
  readonly isWhole: boolean
  /** Thousands are marked, so that this is the mark of decimals. */
  readonly decimal?: ',' | '.'
  /** How they are written, where all are times or days. */
  readonly time?: TimeShape
  readonly isBoolean: boolean
  readonly isGeometry: boolean
  /** All are texts, numbers or truths: nothing that holds more. */
  readonly isPlain: boolean
  readonly distinct: number
}

/** A pattern of times as feeds name it. */
export interface TimeShape {
  readonly format: string
  /** It has a time of day. */
  readonly isMoment: boolean
  /** Day and month could be the other way round in all of them. */
  readonly isAmbiguous: boolean
}

/** The exact ones first: each has to be that of all values. */
const PATTERNS = [
  'iso',
  'dd/MM/yyyy HH:mm:ss',
  'dd/MM/yyyy HH:mm',
  'HH:mm:ss dd/MM/yyyy',
  'HH:mm dd/MM/yyyy',
  'dd-MM-yyyy HH:mm:ss',
  'dd-MM-yyyy HH:mm',
  'dd.MM.yyyy HH:mm',
  'yyyy/MM/dd HH:mm:ss',
  'yyyy/MM/dd HH:mm',
  'yyyyMMddHHmmss',
  'dd/MM/yyyy',
  'dd-MM-yyyy',
  'dd.MM.yyyy',
  'yyyy/MM/dd',
]

const THOUSANDS = /^[+-]?\d{1,3}(?:([.,\u00a0 ])\d{3})(?:\1\d{3})*(?:([.,])\d+)?$/
const EPOCH = { seconds: [946_684_800, 4_102_444_800], milliseconds: [9.466848e11, 4.1024448e12] } as const

/** So many of all are enough: what is spoilt among them is set aside when the feed runs. */
export const MOST = 0.8

/** Tells what most values of a field have in common. */
export function valueShape(values: readonly Json[]): ValueShape {
  const decimal = decimalOf(values)
  const numbers = numbersOf(values, decimal)
  const time = values.length === 0 ? undefined : timeShape(values, numbers)
  return {
    ...(numbers && { numbers }),
    isWhole: numbers?.every(Number.isInteger) === true,
    ...(decimal !== undefined && { decimal }),
    ...(time && { time }),
    isBoolean: values.length > 0 && values.every((value) => /^(?:true|false)$/i.test(String(value))),
    isGeometry: values.length > 0 && values.every((value) => Array.isArray(member(value, 'coordinates'))),
    isPlain: values.every((value) => !isJsonMap(value) && !Array.isArray(value)),
    distinct: new Set(values.map((value) => JSON.stringify(value))).size,
  }
}

/** Marks of thousands are told where they stand beside that of decimals, or more than once. */
function decimalOf(values: readonly Json[]): ',' | '.' | undefined {
  for (const value of values) {
    if (typeof value !== 'string') continue
    const [, thousands, decimals] = THOUSANDS.exec(value.trim()) ?? []
    const repeated = thousands !== undefined && value.split(thousands).length > 2
    if (thousands === undefined || (decimals === undefined && !repeated)) continue
    return thousands === '.' ? ',' : thousands === ',' ? '.' : (decimals as ',' | '.' | undefined) // the pattern has no other
  }
  return undefined
}

function numbersOf(values: readonly Json[], decimal: ',' | '.' | undefined): readonly number[] | undefined {
  if (values.length === 0) return undefined
  const numbers = values.flatMap((value) => numberOf(value, decimal) ?? [])
  return numbers.length >= MOST * values.length ? numbers : undefined
}

function numberOf(value: Json, decimal: ',' | '.' | undefined): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  const marks = decimal === ',' ? /[. \u00a0]/g : decimal === '.' ? /[, \u00a0]/g : undefined
  try {
    return toNumber(marks ? value.replace(marks, '') : value)
  } catch {
    return undefined
  }
}

function timeShape(values: readonly Json[], numbers: readonly number[] | undefined): TimeShape | undefined {
  for (const [format, [least, most]] of Object.entries(EPOCH))
    if (numbers?.every((number) => Number.isInteger(number) && number >= least && number <= most))
      return { format, isMoment: true, isAmbiguous: false }
  const texts = values.map((value) => String(value).trim())
  const format = PATTERNS.find((pattern) =>
    isMost(texts, (text) => isTime(text, pattern) || isTime(text, 'iso')),
  )
  if (format === undefined) return undefined
  return {
    format,
    isMoment: format === 'iso' ? texts.some((text) => text.length > 10) : /HH/.test(format),
    isAmbiguous:
      /dd.MM/.test(format) && texts.every((text) => isTime(text, swapped(format)) || isTime(text, 'iso')),
  }
}

function isMost(texts: readonly string[], holds: (text: string) => boolean): boolean {
  return texts.filter(holds).length >= MOST * texts.length
}

function swapped(format: string): string {
  return format.replace('dd', 'xx').replace('MM', 'dd').replace('xx', 'MM')
}

function isTime(text: string, format: string): boolean {
  try {
    return toUtc(text, format) !== ''
  } catch {
    return false
  }
}
