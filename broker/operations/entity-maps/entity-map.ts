import { createHash } from 'node:crypto'
import type { Micros } from '../../core/model/time.ts'
import type { EntityQuery } from '../../core/query/ast.ts'

/** An EntityMap (CIM 009 v1.9.1, 5.2.39) as it is kept. A type, not an interface, so that it is JSON as it stands. */
export type EntityMap = {
  readonly id: string
  readonly expiresAt: Micros
  /** Names the filters that selected: only the same ones remove. */
  readonly filters: string
  /** Candidates in the order of the query; null where one was removed, so that places stay what they are. */
  readonly ids: readonly (string | null)[]
  /** Who holds them, where other hubs were asked too. */
  readonly holdings?: Holdings
}

/** Who holds the candidates of a map. */
export type Holdings = {
  /** The different sets of holders that there are: ids of registrations, and `@none` for this hub. */
  readonly holders: readonly (readonly string[])[]
  /** For each place of the map, which of these sets. */
  readonly held: readonly number[]
  /** EntityMaps of the sources, by registration (5.2.39 linkedMaps). */
  readonly linked: Readonly<Record<string, string>>
  /** Whether all candidates matched when the map was made; else they are judged when a page comes to them. */
  readonly judged: boolean
}

/** Stands for this hub among the holders (5.2.39). */
export const HERE = '@none'

/** Puts together who holds what, in the order of the ids. Pure. */
export function holdingsOf(
  held: ReadonlyMap<string, ReadonlySet<string>>,
  { ids, ...rest }: Pick<Holdings, 'linked' | 'judged'> & { readonly ids: readonly string[] },
): Holdings {
  const sets = new Map<string, number>()
  const holders: (readonly string[])[] = []
  const places = ids.map((id) => {
    const set = [...(held.get(id) ?? [])].sort()
    const key = set.join('\n')
    const known = sets.get(key)
    if (known !== undefined) return known
    sets.set(key, holders.length)
    return holders.push(set) - 1
  })
  return { holders, held: places, ...rest }
}

/** Answers who holds the candidate at a place of a map; without holdings it is this hub alone. */
export function holdersAt({ holdings }: Pick<EntityMap, 'holdings'>, place: number): readonly string[] {
  if (!holdings) return [HERE]
  return holdings.holders[holdings.held[place] ?? -1] ?? []
}

/** Names the filters of a query: all but the ids, which later requests may choose freely (CIM 009 v1.9.1, 5.5.14). */
export function filtersOf({ ids: _, ...filters }: EntityQuery): string {
  return createHash('sha256').update(JSON.stringify(filters)).digest('base64url').slice(0, 22)
}

const STANDARD_LIFETIME: Micros = 3_600_000_000
const LONGEST_LIFETIME: Micros = 24 * STANDARD_LIFETIME

/** Answers when a map is to go: as was suggested, within what this hub allows (CIM 009 v1.9.1, 6.4.3.2). */
export function expiryOf(lifetime: Micros | undefined, now: Micros): Micros {
  return now + Math.min(lifetime ?? STANDARD_LIFETIME, LONGEST_LIFETIME)
}
