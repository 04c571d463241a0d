import { setImmediate } from 'node:timers/promises'
import { atTime } from '../../core/merge/at-time.ts'
import type { AttributeKind } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { see } from '../../core/view/see.ts'
import type { View } from '../../core/view/view.ts'
import type { Finding } from '../../federation/discovery/read-findings.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { DiscoveryDependencies } from './discover.ts'

/** So many entities of a type are looked at, at most; what only later ones have is not named. */
const MOST_ROWS = 10_000
const PAGE = 200

/** What somebody may see something of, and what counters say that there is of it. */
export interface HiddenRows {
  readonly tenant: Tenant
  readonly view: View
  readonly type: Iri
  /** How many different pairs of attribute and kind there are on the type: once they are met, the rest is not looked at. */
  readonly pairs: number
}

/**
 * Answers what can be known of a type by whom some of its entities are hidden from: what is on those that are seen, as they
 * are seen. Nothing: none is seen.
 */
export async function seenFindings(
  { store, clock }: Pick<DiscoveryDependencies, 'store' | 'clock'>,
  { tenant, view, type, pairs }: HiddenRows,
): Promise<readonly Finding[]> {
  const met = new Map<Iri, Set<AttributeKind>>()
  const query = { types: { kind: 'type', type } } as const
  let isSeen = false
  let count = 0
  let after: string | undefined
  for (let rows = 0; rows < MOST_ROWS && (count < pairs || !isSeen); rows += PAGE) {
    if (after !== undefined) await setImmediate() // a long walk lets others in
    const page = await store.query(tenant, {
      query,
      limit: PAGE,
      maxRows: PAGE * 2,
      ...(after !== undefined && { after }),
    })
    const now = clock()
    for (const { text } of page.rows) {
      const current = atTime(parseEntity(text), now)
      const entity = current && see(current, view)
      if (!entity) continue
      isSeen = true
      for (const [attribute, instances] of Object.entries(entity.attributes)) {
        const kinds = met.get(attribute) ?? new Set()
        met.set(attribute, kinds)
        for (const { kind } of instances) if (!kinds.has(kind) && kinds.add(kind)) count++
      }
    }
    after = page.next
    if (after === undefined) break
  }
  if (!isSeen) return []
  return [
    { type, kinds: [] },
    ...[...met].map(([attribute, kinds]) => ({ type, attribute, kinds: [...kinds] })),
  ]
}
