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
