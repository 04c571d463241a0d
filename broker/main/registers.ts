import { createHmac } from 'node:crypto'
import { Gauge } from 'prom-client'
import type { Audit } from '../../security/audit/audit.ts'
import type { ShownRecord } from '../../security/privacy/register.ts'
import { createWorkingCalendar } from '../../security/privacy/working-calendar.ts'
import { createSeal } from '../../security/seal.ts'
import type { Config } from '../config.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { RegisterOperations } from '../http/routes/register-routes.ts'
import {
  changeRecord,
  countRecords,
  createRecord,
  listRecords,
  type OfRegister,
  type RegisterDependencies,
  readRecord,
  writeBreachNotice,
} from '../operations/privacy/registers.ts'
import type { PrivacyParts } from './privacy.ts'

/** The registers of the data-protection officer, and what watches over their terms. */
export interface AssembledRegisters {
  readonly operations: Omit<RegisterOperations, 'restrictPerson'>
  readonly dependencies: RegisterDependencies
  /** Begins to look every hour for what should have been done. */
  start(): void
  stop(): void
}

const HOUR_MS = 3_600_000
const MINUTE: Micros = 60_000_000

/** Answers the key of the pseudonyms that registers and reports name persons by. */
export function referenceKey(secret: Uint8Array): Uint8Array {
  return createHmac('sha256', secret).update('privacy-reference').digest()
}

/** Puts the registers together. */
export function assembleRegisters(
  { privacy, title }: Pick<Config, 'privacy' | 'title'>,
  { store, clock, secret, contexts, ontology, metrics, log, audit }: PrivacyParts,
): AssembledRegisters {
  const dependencies: RegisterDependencies = {
    store,
    clock,
    calendar: createWorkingCalendar(privacy),
    purposes: privacy.purposes,
    seal: createSeal(secret, 'privacy-record'),
    referenceKey: referenceKey(secret),
    controller: title,
    attributesOf: async (tenant: Tenant) => {
      const [table, { attributes }] = await Promise.all([contexts.resolve(undefined), store.counters(tenant)])
      return (name) => {
        const type = table.expand(name)
        const there = [...attributes].filter(([, types]) => (types.get(type) ?? 0) > 0)
        const personal = there.filter(([attribute]) => ontology.personalData(attribute, [type]) !== 'none')
        return personal.map(([attribute]) => table.compact(attribute)).sort()
      }
    },
  }
  const registers = [metrics]
  let counted: { readonly at: number; readonly counts: ReturnType<typeof countRecords> } | undefined
  /** All records are opened to count them: not with every look at the metrics. */
  const lately = (): ReturnType<typeof countRecords> => {
    const now = clock()
    if (!counted || now - counted.at > MINUTE) counted = { at: now, counts: countRecords(dependencies) }
    return counted.counts
  }
  new Gauge({
    name: 'hub_privacy_records',
    help: 'Open records of the data-protection officer, and those with something overdue',
    labelNames: ['register', 'state'],
    registers,
    async collect() {
      for (const [register, { open, overdue }] of await lately()) {
        this.set({ register, state: 'open' }, open)
        this.set({ register, state: 'overdue' }, overdue)
      }
    },
  })
  const alarm = async (): Promise<void> => {
    const counts = await countRecords(dependencies)
    const overdue = Object.fromEntries(
      [...counts].flatMap(([name, count]) => (count.overdue > 0 ? [[name, count.overdue]] : [])),
    )
    if (Object.keys(overdue).length > 0) log.error({ overdue }, 'terms of personal data protection are over')
  }
  let watching: NodeJS.Timeout | undefined
  return {
    dependencies,
    operations: {
      createRecord: onRecord('create', createRecord(dependencies), audit),
      changeRecord: onRecord('change', changeRecord(dependencies), audit),
      readRecord: readRecord(dependencies),
      listRecords: listRecords(dependencies),
      writeBreachNotice: writeBreachNotice(dependencies),
    },
    start: () => {
      const watch = () => void alarm().catch((err: unknown) => log.warn({ err }, 'terms are not looked at'))
      watching = setInterval(watch, HOUR_MS).unref()
      watch()
    },
    stop: () => clearInterval(watching),
  }
}

/** Has it in the audit log who kept or changed which record. */
function onRecord<Of extends OfRegister>(
  verb: string,
  operation: (command: Of) => Promise<ShownRecord>,
  audit: Pick<Audit, 'record'> | undefined,
): (command: Of) => Promise<ShownRecord> {
  return async (command) => {
    const { caller, tenant, register, origin } = command
    const shown = await operation(command)
    await audit?.record({
      ...{ operation: `privacy.${register}.${verb}`, outcome: 'done', by: caller, tenant },
      ...(origin.requestId !== undefined && { requestId: origin.requestId }),
      details: { record: shown.id ?? '' },
    })
    return shown
  }
}
