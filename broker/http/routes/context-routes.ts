import { CONTEXTS_PATH } from '../../contexts/own-contexts.ts'
import { badRequestData } from '../../core/model/problem.ts'
import type { addContext } from '../../operations/contexts/add-context.ts'
import type { deleteContext } from '../../operations/contexts/delete-context.ts'
import type { ContextKind, listContexts } from '../../operations/contexts/list-contexts.ts'
import type { serveContext } from '../../operations/contexts/serve-context.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind the @context resources. */
export interface ContextOperations {
  readonly addContext: ReturnType<typeof addContext>
  readonly listContexts: ReturnType<typeof listContexts>
  readonly serveContext: ReturnType<typeof serveContext>
  readonly deleteContext: ReturnType<typeof deleteContext>
}

const ITEM = `${CONTEXTS_PATH}/:id`
const KINDS: readonly ContextKind[] = ['Hosted', 'Cached', 'ImplicitlyCreated']

/** Routes of @contexts (CIM 009 v1.9.1, 6.29 and 6.30). */
export function contextRoutes(operations: ContextOperations): readonly Route[] {
  return [
    { method: 'POST', path: CONTEXTS_PATH, body: 'json', createsTenant: true, handle: add },
    { method: 'GET', path: CONTEXTS_PATH, body: 'none', parameters: ['details', 'kind'], handle: list },
    { method: 'GET', path: ITEM, body: 'none', parameters: ['details'], handle: serve },
    { method: 'DELETE', path: ITEM, body: 'none', parameters: ['reload'], handle: remove },
  ]

  async function add(request: HubRequest): Promise<HubAnswer> {
    const { localId } = await operations.addContext({ ...who(request), body: request.body })
    return { status: 201, headers: { Location: `${CONTEXTS_PATH}/${localId}` } }
  }

  async function list(request: HubRequest): Promise<HubAnswer> {
    const kind = kindOf(request.query)
    const details = flag(request.query, 'details')
    const contexts = await operations.listContexts({ ...who(request), details, ...(kind && { kind }) })
    return { status: 200, body: contexts, contentType: request.accept }
  }

  async function serve(request: HubRequest): Promise<HubAnswer> {
    const details = flag(request.query, 'details')
    const body = await operations.serveContext({ ...who(request), id: request.params.id ?? '', details })
    return { status: 200, body, contentType: request.accept }
  }

  async function remove(request: HubRequest): Promise<HubAnswer> {
    const reload = flag(request.query, 'reload')
    await operations.deleteContext({ ...who(request), id: request.params.id ?? '', reload })
    return { status: 204 }
  }
}

function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name) ?? 'false'
  if (value !== 'true' && value !== 'false')
    throw badRequestData(`Parameter ${name} is neither true nor false`)
  return value === 'true'
}

function kindOf(query: URLSearchParams): ContextKind | undefined {
  const value = query.get('kind')
  const kind = KINDS.find((known) => known === value)
  if (value !== null && !kind) throw badRequestData(`Parameter kind is none of ${KINDS.join(', ')}`)
  return kind
}
