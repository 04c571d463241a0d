import type { Audit, AuditStep } from '../../../security/audit/audit.ts'
import type { AuditSelection } from '../../../security/audit/read-audit.ts'
import type { SignedHead } from '../../../security/audit/signed-head.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import { DEFAULT_TENANT, type Tenant } from '../../core/model/tenant.ts'
import { formatDateTime } from '../../core/model/time.ts'
import type { Command } from '../command.ts'

/** What is asked of the audit log. */
export interface AskedAudit extends Command {
  readonly selection: Omit<AuditSelection, 'tenant' | 'after'>
  /** Id of an entity whose records are wanted. */
  readonly entity?: string
}

export interface QueryAudit extends AskedAudit {
  readonly limit: number
  /** Number of the record that the page before ended with. */
  readonly after?: number
}

/** One page of records, oldest first. */
export interface AuditPage {
  readonly records: readonly JsonObject[]
  /** Where to go on; absent when nothing follows. */
  readonly after?: number
}

export interface AuditDependencies {
  /** Absent: this hub keeps none. */
  readonly audit?: Pick<Audit, 'read' | 'record' | 'seal' | 'subject'> | undefined
}

/** So many records are looked at for one page. */
const MOST_LOOKED_AT = 200_000

/**
 * Answers records of the audit log; that they were read is in the log before they are. Who may read it in the default tenant
 * sees all of it, elsewhere what is about the tenant. @throws Problem
 */
export const queryAudit =
  (dependencies: AuditDependencies) =>
  async ({ limit, after = 0, ...command }: QueryAudit): Promise<AuditPage> => {
    const steps = await beginReading(dependencies, command, 'audit.read', after)
    const records: JsonObject[] = []
    let last = after
    for await (const { seq, record } of steps) {
      if (records.length === limit || seq - after > MOST_LOOKED_AT) return { records, after: last }
      if (record) records.push(record)
      last = seq
    }
    return { records }
  }

/** Answers all records that are wanted as they stand, one line each. @throws Problem for rights at once */
export const exportAudit =
  (dependencies: AuditDependencies) =>
  async (command: AskedAudit): Promise<AsyncIterable<AuditStep>> =>
    beginReading(dependencies, command, 'audit.export', 0)

/** Signs where the log ends and answers that. @throws Problem */
export const retrieveAuditHead =
  ({ audit }: AuditDependencies) =>
  async ({ caller, tenant }: Pick<Command, 'caller' | 'tenant'>): Promise<SignedHead> => {
    caller.check('read', tenant, { resource: 'audit' })
    const head = await audit?.seal()
    if (!head) throw noLog()
    return head
  }

async function beginReading(
  { audit }: AuditDependencies,
  { caller, tenant, origin, selection, entity }: AskedAudit,
  operation: string,
  after: number,
): Promise<AsyncIterable<AuditStep>> {
  caller.check('read', tenant, { resource: 'audit' })
  if (!audit) throw noLog()
  const { requestId } = origin
  const wanted =
    entity === undefined ? selection : { ...selection, subject: await subjectOf(audit, tenant, entity) }
  await audit.record({
    ...{ operation, outcome: 'done', by: caller, tenant, details: detailsOf(wanted) },
    ...(requestId !== undefined && { requestId }),
  })
  return audit.read({ ...wanted, ...(tenant !== DEFAULT_TENANT && { tenant }), after })
}

/** An entity without pseudonym is in no record. */
async function subjectOf(audit: Pick<Audit, 'subject'>, tenant: Tenant, entity: string): Promise<string> {
  return (await audit.subject(tenant, entity)) ?? 'none'
}

function detailsOf({ from, to, ...others }: AskedAudit['selection']): JsonObject {
  return {
    ...others,
    ...(from !== undefined && { from: formatDateTime(from) }),
    ...(to !== undefined && { to: formatDateTime(to) }),
  }
}

function noLog(): Problem {
  return new Problem('ResourceNotFound', 'Hub keeps no audit log without access control')
}
