import type { Filter } from 'mongodb'
import type { Iri } from '../../../core/model/iri.ts'
import type { Micros } from '../../../core/model/time.ts'
import { horizonOf } from '../../../core/temporal/retention.ts'
import type { RetentionTurn } from '../../port/retention-runs.ts'
import type { KeptEntity, KeptPlace, TenantCollections } from '../mongo-documents.ts'

const ENTITIES = 100
const DAY: Micros = 86_400_000_000
/** Instances of so many days of one attribute are removed at once. */
const DAYS = 31

/**
 * Removes the instances of some entities that rules keep no longer, and answers the id to go on behind; undefined: they were
 * the last. What entities are now stays as it is.
 */
export async function retainInstances(
  collections: TenantCollections,
  { rules, now, after = '' }: RetentionTurn<string>,
): Promise<string | undefined> {
  const found = await collections.entities
    .find({ _id: { $gt: after }, evolvedTypes: { $exists: true } })
    .sort({ _id: 1 })
    .limit(ENTITIES)
    .project<Pick<KeptEntity, '_id' | 'evolvedTypes'>>({ evolvedTypes: 1 })
    .toArray()
  for (const { _id: id, evolvedTypes: types = [] } of found) {
    if (!rules.some((rule) => !rule.types || rule.types.some((type) => types.includes(type)))) continue
    for (const attribute of await attributesOf(collections, id)) {
      const horizon = horizonOf(rules, { types, attribute }, now)
      if (horizon) await removeBefore(collections, { id, attribute }, horizon.instances * DAY)
    }
  }
  return found.length < ENTITIES ? undefined : found.at(-1)?._id
}

async function attributesOf({ history }: TenantCollections, id: string): Promise<readonly Iri[]> {
  const names: unknown[] = await history.distinct('instance.attribute', { 'instance.entity': id })
  return names.map(String)
}

/** Nothing is left in these places: who is late brings back what the next run removes again. */
async function removeBefore(
  { history }: TenantCollections,
  { id, attribute }: { readonly id: string; readonly attribute: Iri },
  end: Micros,
): Promise<void> {
  const of: Filter<KeptPlace> = { 'instance.entity': id, 'instance.attribute': attribute }
  for (;;) {
    const first = await history.findOne(of, { sort: { 'instance.time': 1 } })
    const time = first?.instance?.time
    if (time === undefined || time >= end) return
    await history.deleteMany({ ...of, 'instance.time': { $lt: Math.min(end, time + DAYS * DAY) } })
  }
}
