import type { viewEntityByRole } from '../../operations/views/view-entity-by-role.ts'
import { entityId } from '../decode/entity-body.ts'
import { who } from '../decode/who.ts'
import type { Route } from '../route.ts'

/** Route of `/hub/v1/views/{entityId}`: one entity as each role sees it; ours, not the standard's. */
export function viewRoutes(operation: ReturnType<typeof viewEntityByRole>): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/hub/v1/views/:id',
      body: 'none',
      produces: ['application/json'],
      handle: async (request) => {
        const { id, views } = await operation({
          ...who(request),
          id: entityId(request),
          table: await request.table(),
        })
        return { status: 200, body: { id, views: views.map(({ role, entity }) => ({ role, entity })) } }
      },
    },
  ]
}
