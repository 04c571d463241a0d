import { encodeStoredContext } from '../../contexts/stored-context.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { DAY, formatDateTime, type Micros, parseDateTime } from '../../core/model/time.ts'
import type { ContextDependencies } from './context-dependencies.ts'

const LIFETIME: Micros = 30 * DAY
const RENEW_BEFORE: Micros = 15 * DAY
/** Contexts that one process keeps for a tenant on its own account: strangers could fill the disk with them. */
const MOST = 1000

/**
 * Keeps an inline context that an answer is about to link to (CIM 009 v1.9.1, 5.13.1, ImplicitlyCreated), so that the
 * link leads somewhere after a restart too; thirty days from its last use.
 */
export function keepLinkedContext({
  store,
  contexts,
  clock,
}: ContextDependencies): (tenant: Tenant, table: TermTable) => Promise<void> {
  const created = new Map<Tenant, number>()
  return async (tenant, table) => {
    const id = contexts.inlineId(table)
    if (id === undefined) return
    const now = clock()
    const stored = (await store.document(tenant, 'context', id))?.document
    const expires = typeof stored?.expiresAt === 'string' ? parseDateTime(stored.expiresAt) : undefined
    if (stored && (expires === undefined || expires - now > RENEW_BEFORE)) return
    const before = created.get(tenant) ?? 0
    if (!stored && before >= MOST) return
    created.set(tenant, before + (stored ? 0 : 1))
    const expiresAt = now + LIFETIME
    const createdAt = typeof stored?.createdAt === 'string' ? stored.createdAt : formatDateTime(now)
    const content = encodeStoredContext({ kind: 'ImplicitlyCreated', context: table.source, createdAt })
    await store.commit(tenant, [
      {
        collection: 'context',
        id,
        next: { ...content, expiresAt: formatDateTime(expiresAt) },
        at: now,
        expiresAt,
        origin: { by: 'hub' },
        logged: false,
      },
    ])
  }
}
