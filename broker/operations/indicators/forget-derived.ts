import { deleteAttribute } from '../../core/merge/delete-attribute.ts'
import { upsertEntity } from '../../core/merge/upsert-entity.ts'
import type { Instance, InstanceFragment } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { parseEntity } from '../../store/port/change.ts'
import { toldInstance } from '../../store/port/history-instances.ts'
import type { HistoryInstance } from '../../store/port/store.ts'
import type { IndicatorDependencies } from './indicator.ts'
import { ORIGIN, writeDerived } from './write-derived.ts'

/**
 * Takes away a value that there is nothing any more to derive it of: out of history, and out of the state where it is the
 * current one, which then is what came before it. @throws Problem
 */
export async function forgetDerived(
  dependencies: IndicatorDependencies,
  { id, attribute }: { readonly id: string; readonly attribute: Iri },
  { instanceId, observedAt }: HistoryInstance,
): Promise<void> {
  const { store, tenant, clock } = dependencies
  const change = { action: 'deleteInstance', attribute, instanceId } as const
  await store.commit(tenant, [{ collection: 'evolution', id, at: clock(), origin: ORIGIN, change }])
  const stored = await store.read(tenant, id)
  const current = stored && parseEntity(stored.text).attributes[attribute]?.[0]
  if (current?.observedAt !== observedAt || observedAt === undefined) return
  const [before] = await store.instances(tenant, id, {
    attributes: [attribute],
    window: { property: 'observedAt', to: observedAt },
    order: 'newest',
    perAttribute: 1,
  })
  await restore(dependencies, { id, attribute }, before && toldInstance(before))
}

/** Without a value before it the attribute is gone. */
function restore(
  dependencies: IndicatorDependencies,
  { id, attribute }: { readonly id: string; readonly attribute: Iri },
  before: Instance | undefined,
): Promise<void> {
  const step = { id, intent: { action: 'update', id, attributes: [attribute] } } as const
  if (!before) {
    return writeDerived(dependencies, [
      { ...step, decide: (current, now) => deleteAttribute(current, attribute, {}, now) },
    ])
  }
  const attributes = { [attribute]: [fragmentOf(before)] }
  return writeDerived(dependencies, [
    { ...step, decide: (current, now) => upsertEntity(current, { id, attributes }, { mode: 'update' }, now) },
  ])
}

function fragmentOf({ attributes, createdAt: _, modifiedAt: __, ...rest }: Instance): InstanceFragment {
  const parts = Object.entries(attributes ?? {}).map(
    ([name, instances]) => [name, instances.map(fragmentOf)] as const,
  )
  return { ...rest, attributes: Object.fromEntries(parts) }
}
