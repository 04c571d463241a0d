import { decodeStoredContext, type StoredContext, type StoredKind } from '../../contexts/stored-context.ts'
import type { JsonValue } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { walkDocuments } from '../../store/port/walk-documents.ts'
import type { Command } from '../command.ts'
import { mayRead } from '../may.ts'
import type { ContextDependencies } from './context-dependencies.ts'
import { contextDetails, type FoundContext } from './find-context.ts'

/** Where a context comes from (CIM 009 v1.9.1, 5.13.1). */
export type ContextKind = StoredKind | 'Cached'

export interface ListContexts extends Command {
  readonly kind?: ContextKind
  readonly details: boolean
}

/** List @contexts (CIM 009 v1.9.1, 5.13.3): their URLs, or with details; of the tenant, and the shared copies. */
export const listContexts =
  (dependencies: ContextDependencies) =>
  async ({ caller, tenant, kind, details }: ListContexts): Promise<readonly JsonValue[]> => {
    caller.check('read', tenant, { resource: 'context' })
    const found: FoundContext[] = []
    if (kind !== 'Cached') {
      for await (const stored of storedContexts(dependencies, tenant)) {
        const wanted = kind === undefined || stored.kind === kind
        if (wanted && mayRead(caller, tenant, { resource: 'context', id: stored.localId }))
          found.push({ stored })
      }
    }
    if (kind === undefined || kind === 'Cached') {
      found.push(...dependencies.contexts.cached().map((cached) => ({ cached })))
    }
    const described = found.map((context) => contextDetails(dependencies, context))
    return details ? described : described.map(({ URL }) => URL ?? null)
  }

async function* storedContexts(
  { store, clock }: ContextDependencies,
  tenant: Tenant,
): AsyncGenerator<StoredContext> {
  for await (const document of walkDocuments(store, tenant, 'context')) {
    const stored = decodeStoredContext(document, clock())
    if (stored) yield stored
  }
}
