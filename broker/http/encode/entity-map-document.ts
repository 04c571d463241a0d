import type { JsonObject } from '../../core/model/json.ts'
import { formatDateTime } from '../../core/model/time.ts'
import type { EntityMap } from '../../operations/entity-maps/entity-map.ts'
import type { HubAnswer } from '../route.ts'
import { pathSegment } from './path-segment.ts'

/** Writes an EntityMap (CIM 009 v1.9.1, 5.2.39): all its entities are held here. */
export function entityMapDocument({ id, expiresAt, ids }: EntityMap): JsonObject {
  const held = ids.flatMap((entity) => (entity === null ? [] : [[entity, ['@none']] as const]))
  return { id, type: 'EntityMap', expiresAt: formatDateTime(expiresAt), entityMap: Object.fromEntries(held) }
}

/** Tells where the EntityMap is that an operation used (6.4.3.2). */
export function entityMapHeader(
  used: { readonly id: string } | undefined,
): NonNullable<HubAnswer['headers']> {
  return used ? { 'NGSILD-EntityMap': `/ngsi-ld/v1/entityMaps/${pathSegment(used.id)}` } : {}
}
