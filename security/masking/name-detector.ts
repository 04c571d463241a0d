import type { Hit } from './identifier.ts'
import { ACCENTED, type NameLexicon, PLAIN } from './name-lexicon.ts'

const WORD = '[A-Z][A-Za-z]{0,12}'
const CAPITALISED = new RegExp(`(?<![A-Za-z])${WORD}(?: {1,2}${WORD}){0,7}(?![A-Za-z])`, 'g')
const LOOK_BACK = 28
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
  const first = words.findIndex((_, at) => startsName(words, at, { before, around, lexicon }))
  if (first < 0) return []
  const rest = words.slice(first)
  const stop = rest.findIndex(({ text }, at) => at > 0 && lexicon.stops.has(text))
  return rest.slice(0, Math.min(stop < 0 ? LONGEST : stop, LONGEST))
}

function startsName(
  words: readonly Word[],
  at: number,
  {
    before,
    around,
    lexicon,
  }: { readonly before: string; readonly around: NameLexicon; readonly lexicon: NameLexicon },
): boolean {
  const texts = words.map(({ text }) => text)
  const [word = '', next, third] = texts.slice(at)
  const context =
    before +
    texts
      .slice(0, at)
      .map((text) => `${text} `)
      .join('')
  const rest = texts.slice(at).join(' ')
  if (lexicon.stops.has(word) || lexicon.notPersons.some((place) => rest.startsWith(place))) return false
  const surname = lexicon.surnames.has(word)
  if (around.addressed.test(context)) return surname || around === ACCENTED
  if (!surname || next === undefined || lexicon.stops.has(next) || around.place.test(context)) return false
  return lexicon.telling.has(word) || third !== undefined
}
