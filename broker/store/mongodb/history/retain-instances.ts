import type { Filter } from 'mongodb'
import type { Iri } from '../../../core/model/iri.ts'
import { DAY, type Micros } from '../../../core/model/time.ts'
import { horizonOf } from '../../../core/temporal/retention.ts'
import type { RetentionTurn } from '../../port/retention-runs.ts'
import type { KeptEntity, KeptPlace, TenantCollections } from '../mongo-documents.ts'
import { daysOfEntity, daysOfSeries } from '../totals/day-keys.ts'

const ENTITIES = 100
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
      if (!horizon) continue
      await removeBefore(collections, { id, attribute }, horizon.instances * DAY)
      const days = { from: Number.NEGATIVE_INFINITY, to: horizon.instances }
      await collections.totals.deleteMany(daysOfSeries(id, attribute, days))
    }
  }
  return found.length < ENTITIES ? undefined : found.at(-1)?._id
}

/** Days may be left of what is gone, where a run did not come to its end. */
async function attributesOf({ history, totals }: TenantCollections, id: string): Promise<ReadonlySet<Iri>> {
  const names: unknown[] = await history.distinct('instance.attribute', { 'instance.entity': id })
  const summedUp: unknown[] = await totals.distinct('attribute', daysOfEntity(id))
  return new Set([...names, ...summedUp].map(String))
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
