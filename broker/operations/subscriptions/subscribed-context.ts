import type { TermTable } from '../../core/context/term-table.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { keepInlineContext } from '../contexts/keep-inline-context.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

/**
 * Answers the URL of the @context that notifications are written with: the one that was asked for, or that of the
 * request (CIM 009 v1.9.1, 5.8.1.4). @throws Problem LdContextNotAvailable, BadRequestData when it is not valid
 */
export async function subscribedContext(
  dependencies: Pick<SubscriptionDependencies, 'contexts' | 'store' | 'clock'>,
  { jsonldContext }: JsonObject,
  { tenant, table }: { readonly tenant: Tenant; readonly table: TermTable },
): Promise<string> {
  if (typeof jsonldContext === 'string') {
    await dependencies.contexts.resolve(jsonldContext, tenant)
    return jsonldContext
  }
  await keepInlineContext(dependencies, tenant, table)
  return table.url
}
