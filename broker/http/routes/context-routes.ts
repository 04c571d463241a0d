import type { ContextService } from '../../contexts/context-service.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Route } from '../route.ts'

/** Serves contexts that requests brought inline, so that answers can link to them (CIM 009 v1.9.1, 5.13.4). */
export function contextRoutes(contexts: ContextService): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/ngsi-ld/v1/jsonldContexts/:id',
      body: 'none',
      handle: async ({ params }) => {
        const document = contexts.hosted(params.id ?? '')
        if (document === undefined)
          throw new Problem('ResourceNotFound', `@context ${params.id} does not exist`)
        return { status: 200, body: document, contentType: 'application/ld+json' }
      },
    },
  ]
}
