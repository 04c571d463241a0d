import type { AttributeUse } from '../../ontology/vocabulary.ts'
import { wordsOf } from './field-name.ts'
import { FILLERS, HEADER_WORDS, OTHER_QUANTITY } from './header-words.ts'

/** How much a name says that a field is something, from 0 to 1, and why. */
export interface Likeness {
  readonly degree: number
  readonly reason: string
}

const NONE: Likeness = { degree: 0, reason: 'no name is like it' }
const LEAST_WORD = 4

/** What an attribute is called: in the ontology, in both languages, and elsewhere. */
interface Names {
  readonly exact: ReadonlySet<string>
  readonly labels: ReadonlyMap<string, string>
  readonly wordings: readonly (readonly string[])[]
}

/** With and without what separates the words. */
const MEANT: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(HEADER_WORDS).map(([words, names]) => [words.replaceAll(' ', ''), names]),
)

const known = new Map<string, Names>()

/** Tells how much the words of a field are those of an attribute. */
export function nameLikeness(words: readonly string[], use: AttributeUse): Likeness {
  const names = namesOf(use)
  const key = words.join('')
  if (key === '') return NONE
  if (names.exact.has(key)) return { degree: 1, reason: `is called ${use.name}` }
  const label = names.labels.get(key)
  if (label !== undefined) return { degree: 0.97, reason: `is called “${label}”` }
  const meant = MEANT.get(key)?.indexOf(use.name) ?? -1
  if (meant >= 0) return { degree: meant === 0 ? 0.92 : 0.88, reason: 'is what agencies call it' }
  return names.wordings.reduce((best, wording) => {
    const next = partly(words, wording)
    return next.degree > best.degree ? next : best
  }, NONE)
}

/** One name inside the other; what is left over may make it something else. */
function partly(words: readonly string[], wording: readonly string[]): Likeness {
  const common = wording.filter((word) => words.includes(word)).length
  if (common === 0 || wording.join('').length < LEAST_WORD) return NONE
  const extra = words.filter((word) => !wording.includes(word) && !FILLERS.has(word))
  const other = extra.find((word) => OTHER_QUANTITY.has(word))
  const name = `“${wording.join(' ')}”`
  if (common === wording.length) {
    if (other !== undefined) return { degree: 0.4, reason: `is ${name}, but “${other}” makes it another` }
    return {
      degree: extra.length === 0 ? 0.86 : extra.length === 1 ? 0.74 : 0.6,
      reason: `has ${name} in it`,
    }
  }
  if (extra.length === 0 && words.join('').length >= LEAST_WORD)
    return { degree: common >= 2 ? 0.72 : 0.55, reason: `is part of ${name}` }
  const share = (2 * common) / (words.length + wording.length)
  return share < 0.5 ? NONE : { degree: Math.min(0.6, share * 0.75), reason: `is like ${name}` }
}

function namesOf(use: AttributeUse): Names {
  const id = `${use.iri} ${use.label.vi}`
  const before = known.get(id)
  if (before) return before
  const synonyms = (use.synonyms ?? []).filter((name) => !name.includes(':'))
  const labels = [use.label.vi, use.label.en].map((label) => [wordsOf(label).join(''), label] as const)
  const names = {
    exact: new Set([use.name, ...synonyms].map((name) => wordsOf(name).join(''))),
    labels: new Map(labels),
    wordings: [use.name, use.label.vi, use.label.en].map(wordsOf),
  }
  known.set(id, names)
  return names
}
