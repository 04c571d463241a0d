import { atTime } from '../core/merge/at-time.ts'
import type { Caller } from '../core/model/caller.ts'
import type { Entity } from '../core/model/entity.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { View } from '../core/view/view.ts'
import { type Copy, combineCopies, copiesOf } from '../federation/combine/combine-copies.ts'
import { findMatches } from '../operations/entities/find-matches.ts'
import { linkedEntities } from '../operations/entities/look-up-linked.ts'
import type { ReadDependencies } from '../operations/entities/read-dependencies.ts'
import { look } from '../operations/entities/render-entity.ts'
import { mayRead } from '../operations/may.ts'
import { parseEntity } from '../store/port/change.ts'
import type { SubscriberSight } from '../subscriptions/entity-subject.ts'
import type { ToldBySource } from '../subscriptions/source-notice.ts'
import type { Subscription } from '../subscriptions/subscription.ts'

/** So many entities at most are read at once, each as large as it may be. */
const TOGETHER = 50

/** What is gone at one source may be there at another. */
function assembleTold(
  { entity, gone = {}, ...told }: ToldBySource,
  from: string,
  others: readonly Copy[],
): ToldBySource {
  const whole = combineCopies([{ source: from, entity }, ...others])
  const missing = Object.entries(gone).filter(([name]) => !Object.hasOwn(whole.attributes, name))
  return { ...told, entity: whole, ...(missing.length > 0 && { gone: Object.fromEntries(missing) }) }
}

/** What subscribers see is what they would see if they asked: the same rights, views and matching. */
export function subscriberSight(
  dependencies: ReadDependencies,
  delegate: (delegation: JsonObject) => Caller | undefined,
): SubscriberSight {
  const { clock } = dependencies
  const known = new WeakMap<
    Subscription,
    { readonly caller: Caller; readonly tenant: Tenant; readonly view: View | undefined }
  >()
  return {
    viewOf: (tenant, subscription) => {
      if (clock() >= subscription.delegatedUntil) return undefined
      const caller = delegate(subscription.delegation)
      if (!caller) return undefined
      const before = known.get(subscription)
      // a caller is another one as soon as the policies are
      if (before?.caller === caller && before.tenant === tenant) return before.view
      const view = mayRead(caller, tenant, { resource: 'entity' }) ? caller.view(tenant) : undefined
      known.set(subscription, { caller, tenant, view })
      return view
    },
    selected: async (tenant, { query }, view, most) => {
      const entities: Entity[] = []
      let left = most.bytes
      let next: string | undefined
      const limit = Math.min(most.entities, TOGETHER)
      const matches = findMatches(dependencies, { tenant, query, limit, offset: 0 }, view, {
        after: most.after,
      })
      for await (const { row, sight } of matches) {
        const { seen } = sight ?? look(row, view, clock())
        if (!seen) continue
        left -= Buffer.byteLength(row.text)
        const isFull = entities.length === most.entities || (left < 0 && entities.length > 0)
        if (isFull) return { entities, ...(next !== undefined && { next }) }
        entities.push(seen)
        next = row.place
      }
      return { entities }
    },
    assembled: async (tenant, { delegation }, { from, entity: told, table }) => {
      const caller = delegate(delegation)
      if (!caller || told.deletedAt !== undefined) return told
      const { store, federation } = dependencies
      const { id } = told.entity
      const stored = await store.read(tenant, id)
      const own = stored && atTime(parseEntity(stored.text), clock())
      const found = await federation.retrieve({ tenant, id, caller, table, via: undefined, except: from })
      return assembleTold(told, from, copiesOf(own, found))
    },
    linked: (tenant, q, view, entities) =>
      linkedEntities(dependencies, { q, tenant, view, now: clock() }).lookUp(entities),
  }
}
