import { withoutMarks } from '../../ontology/places/unit-name.ts'
import { unitSpelled } from '../../ontology/units.ts'

/** What the name of a field says. */
export interface FieldName {
  /** Its words without marks and case, and without the unit. */
  readonly words: readonly string[]
  /** The unit that it names, as it is written there and the hub reads it. */
  readonly unit?: string
  /** One letter at its end: a unit, if that fits what the field is. */
  readonly letter?: string
}

/** Units that are written out. */
const WRITTEN: Readonly<Record<string, string>> = {
  'phan tram': '%',
  percent: '%',
  pct: '%',
  tan: 't',
  gio: 'h',
  phut: 'min',
  giay: 's',
  met: 'm',
  'do c': '°C',
  oc: '°C',
  khoi: 'm³',
  lit: 'L',
}

/** Units that are words as well, where they do not stand in brackets. */
const WORDS = new Set([
  'tan',
  'gio',
  'phut',
  'giay',
  'met',
  'khoi',
  'giờ',
  'phút',
  'giây',
  'tấn',
  'mét',
  'khối',
  'in',
  'x',
  'y',
  'mo',
  'min',
  'cd',
  'kn',
])

/** Names of members that only hold the value of what is around them. */
const HOLDERS = new Set(['value', 'val', 'gia tri', 'properties', 'attributes', 'data'])

/** Reads the name of a field: `Nhiệt độ (°C)`, `NHIET_DO`, `mucDay_pct`, `vi_tri.lat`. */
export function readFieldName(text: string): FieldName {
  const parts = text.split('.').length > 1 && !/\d\.\d/.test(text) ? text.split('.') : [text]
  const names = parts.map(readPart).filter(({ words }) => !HOLDERS.has(words.join(' ')))
  return names.at(-1) ?? readPart(text)
}

function readPart(text: string): FieldName {
  const [, before = text, inside] = /^(.*\S)\s*[([]\s*([^()[\]]+?)\s*[)\]]\s*$/.exec(text) ?? []
  const bracketed = inside === undefined ? undefined : spelled(inside)
  if (bracketed !== undefined) return { words: wordsOf(before), unit: bracketed }
  const [, head, tail] = /^(.+)(?:,\s*|\s+|_)(\S+)$/.exec(text) ?? []
  const last = tail === undefined || WORDS.has(tail.toLowerCase()) ? undefined : spelled(tail)
  if (head === undefined || last === undefined) return { words: wordsOf(text) }
  // one letter alone is as likely part of a name
  return { words: wordsOf(head), ...(/^[a-z]$/i.test(last) ? { letter: last } : { unit: last }) }
}

function spelled(text: string): string | undefined {
  const written = WRITTEN[withoutMarks(text)]
  if (written !== undefined) return written
  return unitSpelled(text) ? text : undefined
}

/** Answers the words of a text without marks and case: soTaiKhoan, SO_TAI_KHOAN and "Số tài khoản" are the same. */
export function wordsOf(text: string): readonly string[] {
  const spaced = text.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
  return withoutMarks(spaced)
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}
