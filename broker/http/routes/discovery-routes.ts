import { createHash } from 'node:crypto'
import type { components } from '../../../openapi/generated/types.ts'
import type { retrieveEntityTypes } from '../../operations/discovery/retrieve-entity-types.ts'
import { who } from '../decode/who.ts'
import type { Route } from '../route.ts'

type EntityTypeList = Omit<components['schemas']['EntityTypeList'], '@context'>

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
        const linkedData: EntityTypeList = {
          id: `urn:ngsi-ld:EntityTypeList:${id}`,
          type: 'EntityTypeList',
          typeList,
        }
        return { status: 200, table, linkedData }
      },
    },
  ]
}
