import type { JsonObject } from '../../core/model/json.ts'
import { formatDateTime } from '../../core/model/time.ts'
import { type EntityMap, holdersAt } from '../../operations/entity-maps/entity-map.ts'
import type { HubAnswer } from '../route.ts'
import { pathSegment } from './path-segment.ts'

/** Writes an EntityMap (CIM 009 v1.9.1, 5.2.39). */
export function entityMapDocument(map: EntityMap): JsonObject {
  const { id, expiresAt, ids, holdings } = map
  const held = ids.flatMap((entity, place) =>
    entity === null ? [] : [[entity, holdersAt(map, place)] as const],
  )
  const linked = Object.keys(holdings?.linked ?? {}).length > 0
  return {
    id,
    type: 'EntityMap',
    expiresAt: formatDateTime(expiresAt),
    entityMap: Object.fromEntries(held),
    ...(linked && { linkedMaps: { ...holdings?.linked } }),
  }
}

/** Tells where the EntityMap is that an operation used (6.4.3.2). */
export function entityMapHeader(
  used: { readonly id: string } | undefined,
): NonNullable<HubAnswer['headers']> {
  return used ? { 'NGSILD-EntityMap': `/ngsi-ld/v1/entityMaps/${pathSegment(used.id)}` } : {}
}
