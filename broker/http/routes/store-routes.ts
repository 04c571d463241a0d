import type { JsonObject } from '../../core/model/json.ts'
import { formatDateTime } from '../../core/model/time.ts'
import type { retrieveStoreSize } from '../../operations/store/retrieve-store-size.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind what is told of the store. */
export interface StoreOperations {
  readonly retrieveStoreSize: ReturnType<typeof retrieveStoreSize>
}

/** Route of `/hub/v1/store`: what the data of a tenant takes; ours, not the standard's. */
export function storeRoutes(operations: StoreOperations): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/hub/v1/store',
      body: 'none',
      produces: ['application/json'],
      handle: retrieve,
    },
  ]

  async function retrieve(request: HubRequest): Promise<HubAnswer> {
    const size = await operations.retrieveStoreSize(who(request))
    if (!size) return { status: 200, body: { parts: [] } }
    const parts = size.parts.map(
      ({ name, bytes, rows }): JsonObject => ({ name, bytes, ...(rows !== undefined && { rows }) }),
    )
    const bytes = size.parts.reduce((sum, part) => sum + part.bytes, 0)
    return { status: 200, body: { measuredAt: formatDateTime(size.measuredAt), bytes, parts } }
  }
}
