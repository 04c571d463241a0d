import type { TermTable } from '../../core/context/term-table.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { keepInlineContext } from '../contexts/keep-inline-context.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

/**
 * Answers the URL of the @context that notifications are written with: the one that was asked for, or that of the
 * request (CIM 009 v1.9.1, 5.8.1.4).
 */
export function subscribedContext({ jsonldContext }: JsonObject, table: TermTable): string {
  return typeof jsonldContext === 'string' ? jsonldContext : table.url
}

/**
 * Makes sure that this @context is there when notifications are written: called for a subscription that is going to be
 * kept, since an inline one is kept for good. @throws Problem LdContextNotAvailable, BadRequestData when it is not valid
 */
export async function keepSubscribedContext(
  dependencies: Pick<SubscriptionDependencies, 'contexts' | 'store' | 'clock'>,
  { jsonldContext }: JsonObject,
  { tenant, table }: { readonly tenant: Tenant; readonly table: TermTable },
): Promise<void> {
  if (typeof jsonldContext === 'string') await dependencies.contexts.resolve(jsonldContext, tenant)
  else await keepInlineContext(dependencies, tenant, table)
}
