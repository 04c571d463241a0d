import { Counter, type Registry } from 'prom-client'
import type { Audit } from '../../security/audit/audit.ts'
import type { AuditNumbers } from '../../security/audit/audit-log.ts'

const COUNTERS: readonly (readonly [name: string, help: string, of: keyof AuditNumbers])[] = [
  ['hub_audit_records_total', 'Records that the audit log took', 'records'],
  ['hub_audit_bytes_total', 'Bytes that the audit log took', 'bytes'],
  ['hub_audit_seals_total', 'Heads of the audit log that were signed', 'seals'],
  ['hub_audit_failures_total', 'Attempts to write to the audit log that failed', 'failures'],
]

/** Shows how the audit log fares since the start. */
export function auditMetrics(registry: Registry, audit: Pick<Audit, 'numbers'>): void {
  for (const [name, help, of] of COUNTERS) {
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset()
        this.inc(audit.numbers()[of])
      },
    })
  }
}
