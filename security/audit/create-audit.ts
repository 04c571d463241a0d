import type { Caller } from '../../broker/core/model/caller.ts'
import { visibleTenant } from '../../broker/core/model/tenant.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import type { View } from '../../broker/core/view/view.ts'
import type { Administration, Audit, Reading, Showing, Shown } from './audit.ts'
import type { AuditEntry } from './audit-entry.ts'
import type { AuditLog } from './audit-log.ts'
import type { AuditedWrites } from './audited-writes.ts'
import { type Counted, createCounted } from './counted.ts'
import { isBinding, readingEntry, tenantOf, whereIn, whoIs } from './entry-of.ts'
import type { Exchanges } from './exchanges.ts'
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
  /** Counts what is exchanged. */
  readonly exchanges: Exchanges
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
/** So many readings of a caller that come to different counts are at hand. */
const MOST_ALIKE = 1000
/** Whoever fails again and again fills no disk: so many different attempts are told apart in a minute. */
const MOST_ATTEMPTS = 200
const ATTEMPT_MILLISECONDS = 60_000
const REMOVAL_MILLISECONDS = 86_400_000

/** Starts to take down what is shown and done. */
export function createAudit(dependencies: AuditDependencies): Audit {
  const { log, subjects, exchanges, clock, failed } = dependencies
  const counted = createCounted(clock, MOST_COUNTED)
  const attempts = createCounted(clock, MOST_ATTEMPTS)
  const again = new WeakMap<Caller, Map<string, Shown>>()

  const write = async (counts: Counted): Promise<void> => {
    const entries = counts.take()
    if (entries.length === 0) return
    try {
      await Promise.all(entries.map((entry) => log.append(entry)))
    } catch {
      counts.putBack(entries) // the log says itself that it cannot be written
    }
  }
  const writeCounted = async (): Promise<void> => {
    await Promise.all([write(counted), write(attempts)])
  }
  const counting = [
    setInterval(() => void write(counted), dependencies.countMilliseconds).unref(),
    setInterval(() => {
      void write(attempts)
      void exchanges.keep()
    }, ATTEMPT_MILLISECONDS).unref(),
  ]
  const sealing = setInterval(() => {
    log.seal().catch((err: unknown) => failed(err, 'audit log cannot be sealed'))
  }, dependencies.sealMilliseconds).unref()

  function countingMasked({ caller, tenant, operation, disclosed }: Reading, view: View): () => void {
    if (!disclosed) return nothing
    return counted.counting(
      `${caller.key} ${tenant} ${operation} ${view.id}`,
      () => ({
        ...{ kind: 'counted', operation, outcome: 'permit', access: 'masked' },
        ...whoIs(caller),
        ...whereIn(tenant, view),
      }),
      { entities: disclosed.entities, classes: disclosed.masked },
    )
  }

  function showing(reading: Showing): Shown {
    const { caller, tenant, disclosed, datasets } = reading
    if (!caller.identity) return nothing
    const view = caller.view(tenant)
    if (!isBinding(reading, view)) return showingMasked(reading, view)
    const give = datasets ? exchanges.giving(caller, tenant, datasets) : nothing
    const ids = disclosed?.subjects ?? []
    return async (requestId, continues) => {
      const entryOf = requestId === undefined ? reading : { ...reading, requestId }
      const known = subjects.known(visibleTenant(tenant), ids)
      await (known ? log.append(readingEntry(entryOf, view, known)) : recordUnknown(entryOf, view, ids))
      give(continues) // what cannot be recorded is not given
    }
  }

  function showingMasked(reading: Showing, view: View): Shown {
    const { caller, tenant, datasets } = reading
    const give = datasets ? exchanges.giving(caller, tenant, datasets) : nothing
    const countMasked = countingMasked(reading, view)
    return (_, continues) => {
      give(continues)
      countMasked()
      return undefined
    }
  }

  /** Many answers to a caller show as much of the same: they share what counts it, which is near at hand then. */
  function showingAgain(reading: Showing): Shown {
    const { caller, tenant, operation, disclosed, datasets } = reading
    const view = caller.view(tenant)
    if (!caller.identity || isBinding(reading, view)) return showing(reading)
    const known = again.get(caller) ?? new Map<string, Shown>()
    const { entities, masked } = disclosed ?? {}
    const key = JSON.stringify([tenant, operation, view.id, entities, masked, datasets && [...datasets]])
    const shown = known.get(key) ?? showingMasked(reading, view)
    if (known.size >= MOST_ALIKE) known.clear()
    again.set(caller, known.set(key, shown))
    return shown
  }

  async function recordUnknown(reading: Reading, view: View, ids: readonly string[]): Promise<void> {
    await log.append(readingEntry(reading, view, await subjects.of(visibleTenant(reading.tenant), ids)))
  }

  async function record(action: Administration): Promise<void> {
    const { tenant, entities = [] } = action
    const named = tenant === undefined ? [] : await subjects.of(visibleTenant(tenant), entities)
    await log.append(actionEntry(action, named))
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
    showing: showingAgain,
    shown: ({ requestId, continues, ...reading }) => showing(reading)(requestId, continues),
    refused: ({ caller, operation, code }) => {
      if (caller) exchanges.refused(caller)
      const key = `${caller?.key ?? ''} ${operation} ${code}`
      const entryFor = (): AuditEntry => ({
        ...{ kind: 'counted', operation, outcome: 'refused', details: { code } },
        ...(caller && whoIs(caller)),
      })
      counted.counting(key, entryFor)()
    },
    record,
    attempted: (action) => {
      const entry = actionEntry(action, [])
      attempts.counting(JSON.stringify(entry), () => entry)()
    },
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
    exchanges: (days) => exchanges.of(days),
    numbers: () => log.numbers(),
    check: () => log.check(),
    close: async () => {
      for (const timer of counting) clearInterval(timer)
      clearInterval(sealing)
      clearInterval(removing)
      await writes.close()
      await Promise.all([writeCounted(), exchanges.keep()])
      await log.close()
    },
  }
}

const nothing = (): undefined => undefined

function actionEntry(action: Administration, subjects: readonly string[]): AuditEntry {
  const { kind = 'administration', operation, outcome, by, tenant, requestId, details } = action
  return {
    ...{ kind, operation, outcome },
    ...(by ? ofCaller(by, tenant) : tenant !== undefined && tenantOf(tenant)),
    ...(subjects.length > 0 && { subjects, entities: subjects.length }),
    ...(requestId !== undefined && { request: requestId }),
    ...(details && { details }),
  }
}

function ofCaller(caller: Caller, tenant: Reading['tenant'] | undefined): Partial<AuditEntry> {
  if (tenant === undefined) return whoIs(caller)
  return { ...whoIs(caller), ...whereIn(tenant, caller.view(tenant)) }
}
