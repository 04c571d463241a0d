import { encodeStoredContext } from '../../contexts/stored-context.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { formatDateTime } from '../../core/model/time.ts'
import type { ContextDependencies } from './context-dependencies.ts'

/**
 * Keeps an inline context for good, because something that is kept refers to it (CIM 009 v1.9.1, 5.13.1,
 * ImplicitlyCreated). A context that is no inline one has a URL of its own, and nothing is done.
 */
export async function keepInlineContext(
  { store, contexts, clock }: ContextDependencies,
  tenant: Tenant,
  table: TermTable,
): Promise<void> {
  const id = contexts.inlineId(table)
  if (id === undefined) return
  const stored = (await store.document(tenant, 'context', id))?.document
  if (stored && stored.expiresAt === undefined) return
  const at = clock()
  const createdAt = typeof stored?.createdAt === 'string' ? stored.createdAt : formatDateTime(at)
  await store.commit(tenant, [
    {
      collection: 'context',
      id,
      next: encodeStoredContext({ kind: 'ImplicitlyCreated', context: table.source, createdAt }),
      at,
      origin: { by: 'hub' },
      logged: false,
    },
  ])
}
