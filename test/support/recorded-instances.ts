import type { Iri } from '../../broker/core/model/iri.ts'
import type { Tenant } from '../../broker/core/model/tenant.ts'
import { compareText } from '../../broker/core/query/compare-text.ts'
import type { HistoryInstance, Store } from '../../broker/store/port/store.ts'

/** Everything that history keeps of an entity, or of one attribute of it, oldest first: at most so many instances. */
export async function recordedInstances(
  store: Pick<Store, 'instances'>,
  tenant: Tenant,
  id: string,
  { attribute, limit }: { readonly attribute?: Iri; readonly limit: number },
): Promise<readonly HistoryInstance[]> {
  const attributes = attribute === undefined ? {} : { attributes: [attribute] }
  const all = await store.instances(tenant, id, { ...attributes, order: 'oldest', perAttribute: limit })
  return all.toSorted(byPlace).slice(0, limit)
}

function byPlace(left: HistoryInstance, right: HistoryInstance): number {
  return (
    (left.observedAt ?? left.modifiedAt) - (right.observedAt ?? right.modifiedAt) ||
    compareText(left.attribute, right.attribute) ||
    compareText(left.datasetId ?? '', right.datasetId ?? '') ||
    Number(left.deletedAt !== undefined) - Number(right.deletedAt !== undefined)
  )
}
