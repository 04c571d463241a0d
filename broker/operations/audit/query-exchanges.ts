import type { Audit } from '../../../security/audit/audit.ts'
import type { Exchange, ExchangeDays } from '../../../security/audit/exchanges.ts'
import { Problem } from '../../core/model/problem.ts'
import { DEFAULT_TENANT } from '../../core/model/tenant.ts'
import type { Command } from '../command.ts'

/** Which exchanges are wanted; what is absent does not matter. */
export type ExchangeSelection = Partial<Pick<Exchange, 'dataset' | 'organisation' | 'client' | 'purpose'>>

export interface QueryExchanges extends Command {
  readonly days: ExchangeDays
  readonly selection: ExchangeSelection
}

export interface ExchangeDependencies {
  /** Absent: this hub keeps no counts. */
  readonly audit?: Pick<Audit, 'exchanges' | 'record'> | undefined
}

/**
 * Answers how often who was given how much of which types for which purpose, day by day; that it was read is on record
 * before. Who may read the audit log in the default tenant sees all of it, elsewhere what is about the tenant. @throws Problem
 */
export const queryExchanges =
  ({ audit }: ExchangeDependencies) =>
  async ({ caller, tenant, origin, days, selection }: QueryExchanges): Promise<AsyncIterable<Exchange>> => {
    caller.check('read', tenant, { resource: 'audit' })
    if (!audit) throw new Problem('ResourceNotFound', 'Hub counts no exchanges without access control')
    const { requestId } = origin
    await audit.record({
      ...{
        operation: 'exchanges.read',
        outcome: 'done',
        by: caller,
        tenant,
        details: { ...days, ...selection },
      },
      ...(requestId !== undefined && { requestId }),
    })
    const about = tenant === DEFAULT_TENANT ? selection : { ...selection, tenant }
    return wanted(audit.exchanges(days), Object.entries(about))
  }

async function* wanted(
  all: AsyncIterable<Exchange>,
  members: readonly (readonly [string, string])[],
): AsyncGenerator<Exchange> {
  for await (const exchange of all) {
    const said = new Map<string, unknown>(Object.entries(exchange))
    if (members.every(([name, value]) => said.get(name) === value)) yield exchange
  }
}
