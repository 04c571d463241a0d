import { randomUUID } from 'node:crypto'
import { DEFAULT_CONTEXT_LIMITS } from '../../contexts/context-limits.ts'
import { encodeStoredContext } from '../../contexts/stored-context.ts'
import { isJsonObject, type JsonValue, ownValue } from '../../core/model/json.ts'
import { badRequestData, invalidRequest, Problem } from '../../core/model/problem.ts'
import { formatDateTime } from '../../core/model/time.ts'
import { tooMany } from '../../store/port/quotas.ts'
import type { Command } from '../command.ts'
import type { ContextDependencies } from './context-dependencies.ts'

export interface AddContext extends Command {
  readonly body: JsonValue | undefined
}

/**
 * Add @context (CIM 009 v1.9.1, 5.13.2): hosts a context for its tenant; what it refers to is fetched at once, so that
 * nothing is hosted that nobody could use. @throws Problem
 */
export const addContext =
  ({ store, contexts, clock }: ContextDependencies) =>
  async ({ body, caller, tenant, origin }: AddContext): Promise<{ readonly localId: string }> => {
    caller.check('create', tenant, { resource: 'context' })
    const context = contextOf(body)
    await contexts.resolve(context, tenant)
    const localId = randomUUID()
    const at = clock()
    await store.createTenant(tenant)
    const next = encodeStoredContext({ kind: 'Hosted', context, createdAt: formatDateTime(at) })
    const [result] = await store.commit(tenant, [
      { collection: 'context', id: localId, expectedVersion: 0, next, at, origin },
    ])
    if (result?.outcome === 'full') throw tooMany('context', result.most)
    if (result?.outcome !== 'kept') throw new Problem('Conflict', `@context ${localId} exists already`)
    return { localId }
  }

/** Takes the one member that matters; others are dropped. @throws Problem InvalidRequest or BadRequestData */
function contextOf(body: JsonValue | undefined): JsonValue {
  const context = isJsonObject(body) ? ownValue(body, '@context') : undefined
  if (context === undefined) throw invalidRequest('Body is not a JSON object with an @context member')
  checkShape(context)
  const { maxBytes } = DEFAULT_CONTEXT_LIMITS
  if (JSON.stringify(context).length > maxBytes) {
    throw badRequestData(`@context of the body has more than ${maxBytes} bytes`)
  }
  return context
}

/** Looks at all parts before any of them is fetched. @throws Problem BadRequestData */
function checkShape(context: JsonValue): void {
  const parts = Array.isArray(context) ? (context as readonly JsonValue[]) : [context] // isArray does not narrow readonly arrays
  for (const part of parts) {
    if (typeof part === 'string' || isJsonObject(part) || (part === null && parts !== context)) continue
    throw badRequestData('@context of the body is not a URL, an object or an array of these')
  }
}
