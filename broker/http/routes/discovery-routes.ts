import { createHash } from 'node:crypto'
import type { retrieveEntityTypes } from '../../operations/discovery/retrieve-entity-types.ts'
import type { Route } from '../route.ts'
import { who } from './entity-routes.ts'

/** The operations behind the discovery resources. */
export interface DiscoveryOperations {
  readonly retrieveEntityTypes: ReturnType<typeof retrieveEntityTypes>
}

/** Routes of `/types` (CIM 009 v1.9.1, 6.25). */
export function discoveryRoutes(operations: DiscoveryOperations): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/ngsi-ld/v1/types',
      body: 'none',
      parameters: ['local'],
      handle: async (request) => {
        const table = await request.table()
        const typeList = (await operations.retrieveEntityTypes(who(request))).map((type) =>
          table.compact(type),
        )
        const id = createHash('sha256').update(typeList.join('\n')).digest('hex').slice(0, 32)
        return {
          status: 200,
          table,
          linkedData: { id: `urn:ngsi-ld:EntityTypeList:${id}`, type: 'EntityTypeList', typeList },
        }
      },
    },
  ]
}
