import { findIdentifiers } from '../../security/masking/find-identifiers.ts'
import { foldedText } from '../../security/masking/folded-text.ts'
import { createRandom, type Random } from '../trial/random.ts'
import { type Sample, sampleOf } from './corpus.ts'
import type { Written } from './identifiers.ts'
import { INNOCENT, type Innocent } from './innocent.ts'

/** How a kind of texts fared: of how many something was hidden, and some of those that fared badly. */
export interface Figure {
  readonly kind: string
  readonly texts: number
  readonly hidden: number
  readonly examples: readonly string[]
}

const EXAMPLES = 3

/** Tells of each kind of identifier in how many texts it was hidden whole: recall. */
export function recallOf(
  kinds: readonly Written[],
  { seed, each }: { readonly seed: number; readonly each: number },
): readonly Figure[] {
  return kinds.map((kind, at) => {
    const random = createRandom(seed + at)
    const samples = Array.from({ length: each }, () => sampleOf(kind, random))
    const missed = samples.filter((sample) => !isHidden(sample)).map(({ text }) => text)
    return { kind: kind.kind, texts: each, hidden: each - missed.length, examples: missed.slice(0, EXAMPLES) }
  })
}

/** Tells of each kind of innocent sentence in how many something was hidden all the same: false positives. */
export function falsePositives({
  seed,
  each,
}: {
  readonly seed: number
  readonly each: number
}): readonly Figure[] {
  return INNOCENT.map(({ kind, make }, at) => {
    const random = createRandom(seed + 1000 + at)
    const hit = Array.from({ length: each }, () => innocentText(make, random)).filter(
      (text) => findIdentifiers(text).hits.length > 0,
    )
    return { kind, texts: each, hidden: hit.length, examples: hit.slice(0, EXAMPLES) }
  })
}

function innocentText(make: Innocent['make'], random: Random): string {
  const text = make(random)
  return random.happens(1 / 3) ? foldedText(text) : text
}

/** Nothing of an identifier may be left but what stands between its letters and digits. */
function isHidden({ text, start, end }: Sample): boolean {
  const { hits } = findIdentifiers(text)
  for (let at = start; at < end; at++) {
    if (/[\p{L}\d]/u.test(text.charAt(at)) && !hits.some((hit) => hit.start <= at && at < hit.end))
      return false
  }
  return true
}

/** All figures together, as a share. */
export function share(figures: readonly Figure[]): number {
  const sum = (member: 'texts' | 'hidden') => figures.reduce((total, figure) => total + figure[member], 0)
  return sum('hidden') / Math.max(1, sum('texts'))
}
