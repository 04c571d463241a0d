import type { CachedContext } from '../../contexts/context-service.ts'
import { decodeStoredContext, type StoredContext } from '../../contexts/stored-context.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { formatDateTime } from '../../core/model/time.ts'
import type { ContextDependencies } from './context-dependencies.ts'

/** What an identifier may stand for: a context that the tenant has, or a copy that all tenants share. */
export type FoundContext =
  | { readonly stored: StoredContext; readonly cached?: undefined }
  | { readonly cached: CachedContext; readonly stored?: undefined }

/** Finds a context by its local id or its URL. */
export async function findContext(
  { store, contexts, clock }: ContextDependencies,
  tenant: Tenant,
  reference: string,
): Promise<FoundContext | undefined> {
  const stored = decodeStoredContext(
    await store.document(tenant, 'context', contexts.localId(reference)),
    clock(),
  )
  if (stored) return { stored }
  const cached = contexts.findCached(reference)
  return cached && { cached }
}

/** Answers the problem of a context that is not there. */
export function noContext(): Problem {
  return new Problem('ResourceNotFound', '@context of this id does not exist')
}

/** Describes a context with its details (CIM 009 v1.9.1, 5.13.3.5). */
export function contextDetails(
  { contexts }: Pick<ContextDependencies, 'contexts'>,
  { stored, cached }: FoundContext,
): JsonObject {
  if (stored) {
    const { localId, kind, createdAt } = stored
    return { URL: contexts.urlOf(localId), localId, kind, createdAt }
  }
  const { url, localId, createdAt, lastUsage } = cached
  return {
    URL: url,
    localId,
    kind: 'Cached',
    createdAt: formatDateTime(createdAt),
    ...(lastUsage !== undefined && { lastUsage: formatDateTime(lastUsage) }),
  }
}
