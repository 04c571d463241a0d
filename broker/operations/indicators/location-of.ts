import type { AttributeFragments, Entity } from '../../core/model/entity.ts'
import { LOCATION } from '../../core/model/iri.ts'

/** Answers where an entity is, for what is derived of it. */
export function locationOf({ attributes }: Entity): AttributeFragments {
  const place = attributes[LOCATION]?.find(({ datasetId }) => datasetId === undefined)
  return place ? { [LOCATION]: [{ kind: 'GeoProperty', value: place.value }] } : {}
}
