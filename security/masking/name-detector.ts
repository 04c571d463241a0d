import type { Hit } from './identifier.ts'
import { ACCENTED, type NameLexicon, PLAIN } from './name-lexicon.ts'

const WORD = '[A-Z][A-Za-z]{0,12}'
const CAPITALISED = new RegExp(`(?<![A-Za-z])${WORD}(?: {1,2}${WORD}){0,7}(?![A-Za-z])`, 'g')
const LOOK_BACK = 52
const LONGEST = 6

interface Word {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Finds names of persons: after a form of address, or starting with a surname and not part of a place's name. */
export function findNames(composed: string, folded: string): readonly Hit[] {
  const around = composed === folded ? PLAIN : ACCENTED
  const hits: Hit[] = []
  for (const run of folded.matchAll(CAPITALISED)) {
    const words = wordsOf(composed, run.index, run.index + run[0].length)
    const named = nameAmong(words, composed.slice(Math.max(0, run.index - LOOK_BACK), run.index), around)
    const [first, last] = [named.at(0), named.at(-1)]
    if (first && last) hits.push({ kind: 'name', start: first.start, end: last.end })
  }
  for (const found of composed.matchAll(around.labelled)) {
    const [start, end] = found.indices?.[1] ?? [0, 0]
    hits.push({ kind: 'name', start, end })
  }
  return hits
}

function wordsOf(composed: string, from: number, to: number): readonly Word[] {
  return [...composed.slice(from, to).matchAll(/[^ ]+/g)].map((found) => ({
    text: found[0].toLowerCase(),
    start: from + found.index,
    end: from + found.index + found[0].length,
  }))
}

/** The words of a run of capitalised ones that name a person. */
function nameAmong(words: readonly Word[], before: string, around: NameLexicon): readonly Word[] {
  const plain = words.every(({ text }) => /^[a-z]+$/.test(text))
  const lexicon = plain ? PLAIN : ACCENTED
  const context = { before, around, lexicon }
  let first = 0
  while (first < words.length && !startsName(words, first, context)) first += placeAt(words, first, context)
  if (first >= words.length) return []
  const rest = words.slice(first)
  const stop = rest.findIndex(({ text }, at) => at > 0 && lexicon.stops.has(text))
  return rest.slice(0, Math.min(stop < 0 ? LONGEST : stop, LONGEST))
}

/** What a word is judged with: the text before its run, and what words look like there and in it. */
interface Context {
  readonly before: string
  readonly around: NameLexicon
  readonly lexicon: NameLexicon
}

/** So many words to pass over: those of the name of a place, or the one that starts no name. */
function placeAt(words: readonly Word[], at: number, context: Context): number {
  if (isPlace(textBefore(words, at, context), context)) return PLACE_WORDS
  return isKindOfPlace(words, at, context) ? 1 + PLACE_WORDS : 1
}

const PLACE_WORDS = 3

function isPlace(before: string, { around }: Context): boolean {
  return around.place.test(before) || around.crossing.test(before)
}

/** Without accents Dương and Trương are a road and a school: where a surname and two more words follow, or a kind of school. */
function isKindOfPlace(words: readonly Word[], at: number, { lexicon }: Context): boolean {
  const [word = '', next = '', ...more] = words.slice(at).map(({ text }) => text)
  if (lexicon !== PLAIN) return false
  if (word === 'truong' && SCHOOLS.has(next)) return true
  return (word === 'duong' || word === 'truong') && lexicon.surnames.has(next) && more.length >= 2
}

const SCHOOLS: ReadonlySet<string> = new Set(['thpt', 'thcs', 'tieu', 'mam', 'dai', 'cao', 'trung'])

function textBefore(words: readonly Word[], at: number, { before }: Context): string {
  return words.slice(0, at).reduce((text, word) => `${text}${word.text} `, before)
}

function startsName(words: readonly Word[], at: number, context: Context): boolean {
  const { before, around, lexicon } = context
  const texts = words.map(({ text }) => text)
  const [word = '', next, third] = texts.slice(at)
  const textUpToHere = textBefore(words, at, context)
  const rest = texts.slice(at).join(' ')
  if (lexicon.stops.has(word) || lexicon.notPersons.some((place) => rest.startsWith(place))) return false
  const surname = lexicon.surnames.has(word)
  if (around.addressed.test(textUpToHere) && !isFixed(textUpToHere, word, around))
    return (
      surname ||
      around === ACCENTED ||
      (lexicon.given.has(word) && (at === 0 || isAddress(texts, at, before)))
    )
  if (!surname || next === undefined || lexicon.stops.has(next) || isPlace(textUpToHere, context))
    return false
  if (isKindOfPlace(words, at, context)) return false
  return lexicon.telling.has(word) || third !== undefined
}

/** At the beginning of a run only some forms of address are told from the beginnings of names of places, such as Bac Giang. */
function isAddress(texts: readonly string[], at: number, before: string): boolean {
  return at === 1 && /(?:^|[.!?\n]\s{0,2})$/.test(before) && ['ong', 'anh', 'chi'].includes(texts[0] ?? '')
}

function isFixed(before: string, word: string, { notAddressed }: NameLexicon): boolean {
  const form = /(\p{L}+)\s{1,3}$/u.exec(before)?.[1]?.toLowerCase() ?? ''
  return notAddressed.has(`${form} ${word}`)
}
