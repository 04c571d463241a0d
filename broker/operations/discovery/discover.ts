import type { AttributeKind } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'
import { compareText } from '../../core/query/compare-text.ts'
import type { View } from '../../core/view/view.ts'
import { reapExpired } from '../../store/port/reap-expired.ts'
import type { Counters, Store } from '../../store/port/store.ts'
import type { Command } from '../command.ts'

/** What discovery works with. */
export interface DiscoveryDependencies {
  readonly store: Store
  readonly clock: () => Micros
}

/** Attribute → kinds of its instances, both in order. */
export type AttributeKinds = ReadonlyMap<Iri, readonly AttributeKind[]>

/** What there is, as far as the caller may know of it. */
export interface Discovered {
  /** Type → what attributes its entities have, both in order. */
  readonly types: ReadonlyMap<Iri, AttributeKinds>
  /** How many there are: only for those who see everything, since numbers tell of rows that one does not see. */
  readonly counters?: Pick<Counters, 'types' | 'instances'>
}

/**
 * Reads from the store's counters, never by a scan, which types and attributes there are. Types that the caller may see
 * no entity of are left out, and attributes that are absent for it on all entities of a type.
 */
export async function discover(
  { store, clock }: DiscoveryDependencies,
  { caller, tenant }: Command,
): Promise<Discovered> {
  caller.check('read', tenant, { resource: 'entity' })
  const view = caller.view(tenant)
  // what has expired counts until it is reaped (4.22); where it cannot be now, the answer is a minute behind
  await reapExpired(store, tenant, clock()).catch(() => {})
  const counters = await store.counters(tenant)
  const names = [...counters.types.keys()]
    .filter((type) => (counters.types.get(type) ?? 0) > 0 && (view.types?.has(type) ?? true))
    .sort(compareText)
  const types = new Map(names.map((type) => [type, new Map<Iri, readonly AttributeKind[]>()]))
  for (const attribute of [...counters.kinds.keys()].sort(compareText)) {
    for (const [type, kinds] of counters.kinds.get(attribute) ?? []) {
      if (isSeen(view, type, attribute)) types.get(type)?.set(attribute, [...kinds].sort(compareText))
    }
  }
  return { types, ...(view.unrestricted && { counters }) }
}

function isSeen(view: View, type: Iri, attribute: Iri): boolean {
  return view.unrestricted || view.treatment([type], attribute) !== 'absent'
}
