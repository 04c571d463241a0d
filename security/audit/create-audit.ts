import type { Caller } from '../../broker/core/model/caller.ts'
import { visibleTenant } from '../../broker/core/model/tenant.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import type { View } from '../../broker/core/view/view.ts'
import type { Administration, Audit, Reading } from './audit.ts'
import type { AuditEntry } from './audit-entry.ts'
import type { AuditLog } from './audit-log.ts'
import type { AuditedWrites } from './audited-writes.ts'
import { createCounted } from './counted.ts'
import { isBinding, readingEntry, tenantOf, whereIn, whoIs } from './entry-of.ts'
import { readAudit } from './read-audit.ts'
import { removeOld } from './remove-old.ts'
import type { Subjects } from './subjects.ts'

/** What an audit is made of. */
export interface AuditDependencies {
  readonly log: AuditLog
  /** Records what the change log grows by. */
  readonly writes: (audit: Pick<Audit, 'append'>) => AuditedWrites
  /** Where the log is. */
  readonly folder: string
  readonly subjects: Subjects
  readonly clock: () => Micros
  /** What was counted is written after so long. */
  readonly countMilliseconds: number
  /** The log is sealed after so long, if it went on. */
  readonly sealMilliseconds: number
  /** Records are kept for so long. */
  readonly lifetime: Micros
  /** Told of what went wrong in the background. */
  readonly failed: (err: unknown, text: string) => void
}

/** So many different things are counted apart. */
const MOST_COUNTED = 10_000
const REMOVAL_MILLISECONDS = 86_400_000

/** Starts to take down what is shown and done. */
export function createAudit(dependencies: AuditDependencies): Audit {
  const { log, subjects, clock, failed } = dependencies
  const counted = createCounted(clock, MOST_COUNTED)
  const maskedKey = createKey()

  const writeCounted = async (): Promise<void> => {
    const entries = counted.take()
    if (entries.length === 0) return
    try {
      await Promise.all(entries.map((entry) => log.append(entry)))
    } catch {
      counted.putBack(entries) // the log says itself that it cannot be written
    }
  }
  const counting = setInterval(() => void writeCounted(), dependencies.countMilliseconds).unref()
  const sealing = setInterval(() => {
    log.seal().catch((err: unknown) => failed(err, 'audit log cannot be sealed'))
  }, dependencies.sealMilliseconds).unref()

  function countMasked({ caller, tenant, operation, disclosed }: Reading, view: View): void {
    if (!disclosed) return
    counted.add(
      maskedKey(caller.key, tenant, operation, view.id),
      () => ({
        ...{ kind: 'counted', operation, outcome: 'permit', access: 'masked' },
        ...whoIs(caller),
        ...whereIn(tenant, view),
      }),
      { entities: disclosed.entities, classes: disclosed.masked },
    )
  }

  async function recordUnknown(reading: Reading, view: View, ids: readonly string[]): Promise<void> {
    await log.append(readingEntry(reading, view, await subjects.of(visibleTenant(reading.tenant), ids)))
  }

  async function record(action: Administration): Promise<void> {
    const { operation, outcome, by, tenant, entities = [], requestId, details } = action
    const named = tenant === undefined ? [] : await subjects.of(visibleTenant(tenant), entities)
    await log.append({
      ...{ kind: 'administration', operation, outcome },
      ...(by ? ofCaller(by, tenant) : tenant !== undefined && tenantOf(tenant)),
      ...(named.length > 0 && { subjects: named, entities: named.length }),
      ...(requestId !== undefined && { request: requestId }),
      ...(details && { details }),
    })
  }

  const removing = setInterval(() => void removeOldRecords(), REMOVAL_MILLISECONDS).unref()
  void removeOldRecords()

  async function removeOldRecords(): Promise<void> {
    try {
      await removeOld(dependencies.folder, log, clock() - dependencies.lifetime)
    } catch (error) {
      failed(error, 'old records of the audit log are not removed')
    }
  }

  const writes = dependencies.writes({ append: (entry) => log.append(entry) })

  return {
    asks: writes.asks,
    shown: (reading) => {
      const { caller, tenant, disclosed } = reading
      if (!caller.identity) return undefined
      const view = caller.view(tenant)
      if (!isBinding(reading, view)) {
        countMasked(reading, view)
        return undefined
      }
      const ids = disclosed?.subjects ?? []
      const known = subjects.known(visibleTenant(tenant), ids)
      return known ? log.append(readingEntry(reading, view, known)) : recordUnknown(reading, view, ids)
    },
    refused: ({ caller, operation, code }) => {
      const key = `${caller?.key ?? ''} ${operation} ${code}`
      const entryFor = (): AuditEntry => ({
        ...{ kind: 'counted', operation, outcome: 'refused', details: { code } },
        ...(caller && whoIs(caller)),
      })
      counted.add(key, entryFor)
    },
    record,
    forget: async (tenant, entities) => {
      await writes.flush() // what is recorded later would make new keys
      await subjects.forget(visibleTenant(tenant), entities)
    },
    subject: (tenant, entity) => subjects.find(visibleTenant(tenant), entity),
    read: (wanted) => readAudit(dependencies.folder, wanted),
    append: (entry) => log.append(entry),
    seal: async () => {
      await Promise.all([writes.flush(), writeCounted()])
      return log.seal()
    },
    numbers: () => log.numbers(),
    check: () => log.check(),
    close: async () => {
      clearInterval(counting)
      clearInterval(sealing)
      clearInterval(removing)
      await writes.close()
      await writeCounted()
      await log.close()
    },
  }
}

/** Puts a key together; what was put together last is kept, since a client asks much the same many times in a row. */
function createKey(): (...parts: readonly string[]) => string {
  let last: { readonly parts: readonly string[]; readonly key: string } | undefined
  return (...parts) => {
    if (!last || parts.some((part, at) => part !== last?.parts[at])) last = { parts, key: parts.join(' ') }
    return last.key
  }
}

function ofCaller(caller: Caller, tenant: Reading['tenant'] | undefined): Partial<AuditEntry> {
  if (tenant === undefined) return whoIs(caller)
  return { ...whoIs(caller), ...whereIn(tenant, caller.view(tenant)) }
}
