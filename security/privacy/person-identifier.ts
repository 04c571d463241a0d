import { badRequestData } from '../../broker/core/model/problem.ts'
import { composedText, foldedText } from '../masking/folded-text.ts'
import { phoneDigits } from '../masking/number-detectors.ts'

/** What a person goes by: a number, an address or a plate that is nobody else's. */
export interface PersonIdentifier {
  readonly kind: IdentifierWord
  /** The same for every writing of it. */
  readonly normal: string
  /** Finds it in folded text, however it is separated; in linear time. */
  readonly pattern: RegExp
  /** Finds it where it is the whole text. */
  readonly whole: RegExp
  /** As whole numbers that lost their leading zero. */
  readonly numbers: readonly string[]
}

/** What identifiers are called in commands and requests. */
export type IdentifierWord = keyof typeof KINDS

/** What may stand between two characters of a number that people write. */
const BETWEEN = '[\\s.()/_-]{0,3}'

interface Kind {
  /** Answers the normal form; undefined: that is none. */
  readonly normal: (text: string) => string | undefined
  readonly source: (normal: string) => string
  readonly numbers?: (normal: string) => readonly string[]
}

const digits = (least: number, most = least): Kind => ({
  normal: (text) => {
    const plain = text.replace(/[\s.-]/g, '')
    return new RegExp(`^\\d{${least},${most}}$`).test(plain) ? plain : undefined
  },
  source: (normal) => `(?<!\\d)(?<!\\d[.,])${spread(normal)}(?!\\d)`,
  numbers: (normal) => [normal.replace(/^0+/, '')],
})

const code = (shape: RegExp): Kind => ({
  normal: (text) => {
    const plain = foldedText(composedText(text))
      .replace(/[\s.-]/g, '')
      .toUpperCase()
    return shape.test(plain) ? plain : undefined
  },
  source: (normal) => `(?<![A-Za-z0-9])${spread(normal)}(?![A-Za-z0-9])`,
})

const KINDS = {
  phone: {
    normal: phoneDigits,
    source: (normal) =>
      `(?<!\\d)(?<!\\d[.,])(?:(?:\\+|00)?84${BETWEEN}\\(?0?\\)?|\\(?0)${BETWEEN}${spread(normal.slice(1))}(?!\\d)`,
    numbers: (normal) => [normal.slice(1), `84${normal.slice(1)}`],
  },
  cccd: digits(12),
  cmnd: digits(9),
  email: {
    normal: (text) => {
      const plain = text.trim().toLowerCase()
      return /^[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}\.[a-z]{2,24}$/.test(plain)
        ? plain
        : undefined
    },
    source: (normal) =>
      `(?<![A-Za-z0-9._%+-])${[...normal].map(escaped).join('')}(?![A-Za-z0-9-]|\\.[A-Za-z0-9])`,
  },
  plate: code(
    /^(?:[1-9]\d[A-Z][A-Z0-9]{0,2}\d{4,5}|\d{5}(?:NG|QT|CV|NN)\d{2}|\d{2}(?:NG|QT|CV|NN)\d{5}|[A-Z]{2}\d{4})$/,
  ),
  passport: code(/^[A-Z]\d{7,8}$/),
  licence: digits(12),
  bhxh: digits(10),
  bhyt: code(/^[A-Z]{2}[1-5]\d{12}$/),
  tax: digits(10, 13),
  account: digits(6, 19),
} as const satisfies Record<string, Kind>

/** Words that name the kinds of identifiers, for help and refusals. */
export const IDENTIFIER_WORDS: readonly string[] = Object.keys(KINDS)

/** Reads an identifier such as `phone:0900 000 417`. @throws Problem BadRequestData, which does not repeat it */
export function parseIdentifier(text: string): PersonIdentifier {
  const at = text.indexOf(':')
  const word = text.slice(0, Math.max(at, 0)).trim()
  if (!isWord(word))
    throw badRequestData(`Identifier does not begin with one of ${IDENTIFIER_WORDS.join(', ')} and a colon`)
  const kind: Kind = KINDS[word]
  const given = text.slice(at + 1).trim()
  const normal = given.length > 320 ? undefined : kind.normal(given)
  if (normal === undefined) throw badRequestData(`Identifier is no ${word} as it is written here`)
  const source = kind.source(normal)
  return {
    kind: word,
    normal,
    pattern: new RegExp(source, 'i'),
    whole: new RegExp(`^\\s*(?:${source})\\s*$`, 'i'),
    numbers: kind.numbers?.(normal) ?? [],
  }
}

function isWord(word: string): word is IdentifierWord {
  return Object.hasOwn(KINDS, word)
}

function spread(characters: string): string {
  return [...characters].map(escaped).join(BETWEEN)
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
