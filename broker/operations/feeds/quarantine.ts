import type { Caller } from '../../core/model/caller.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { ownValue } from '../../core/model/json.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { formatDateTime, type Micros } from '../../core/model/time.ts'
import type { Disclosure } from '../../core/view/disclosure.ts'
import { tooMany } from '../../store/port/quotas.ts'
import type { DocumentUnit, StoredDocument } from '../../store/port/store.ts'
import type { Command } from '../command.ts'
import { type FeedDependencies, toldText } from './feed-documents.ts'

const ID = /^([a-z0-9][a-z0-9-]{0,63})\.[0-9a-f]{32}$/

/** Members that hold what the source sent: personal data may be among it. */
const RAW_MEMBERS = ['raw', 'preamble'] as const

/** What is said of a record that is set aside, and more. */
export type NewQuarantineRecord = JsonObject & {
  readonly id: string
  readonly feed: string
  readonly detail: string
}

/** Names one record of quarantine. */
export interface OfRecord extends Command {
  readonly id: string
}

/** Sets records aside with their reason and bytes; one that is there already stays as it is. Answers their ids. */
export const addToQuarantine =
  ({ store, clock }: FeedDependencies) =>
  async ({
    caller,
    tenant,
    origin,
    records,
  }: Command & { readonly records: readonly NewQuarantineRecord[] }): Promise<readonly string[]> => {
    caller.check('create', tenant, { resource: 'quarantine' })
    const at = clock()
    const units = records.map((record) => quarantineUnit(record, at, origin))
    await store.createTenant(tenant)
    const all = uniqueById(units)
    const results = await store.commit(tenant, all)
    for (const [place, { id }] of all.entries()) {
      const result = results[place]
      // what is there already needs no room
      if (result?.outcome === 'full' && !(await store.document(tenant, 'quarantine', id)))
        throw tooMany('quarantine', result.most)
    }
    return units.map(({ id }) => id)
  }

/** Lists records, of one feed or all, without what the source sent. */
export const listQuarantine =
  ({ store }: Pick<FeedDependencies, 'store'>) =>
  async ({
    caller,
    tenant,
    feed,
    limit,
    after,
  }: Command & { readonly feed?: string; readonly limit: number; readonly after?: string }): Promise<
    readonly JsonObject[]
  > => {
    caller.check('read', tenant, { resource: 'quarantine' })
    const prefix = feed === undefined ? '' : `${feed}.`
    const from = after ?? prefix
    const page = { limit, ...(from !== '' && { after: from }) }
    const stored = await store.documents(tenant, 'quarantine', page)
    return stored.filter(({ id }) => id.startsWith(prefix)).map(({ document }) => withoutRaw(document))
  }

/** Answers a record; what the source sent only to those who may repair it. @throws Problem ResourceNotFound */
export const readQuarantine =
  (dependencies: Pick<FeedDependencies, 'store'>) =>
  async ({ caller, tenant, id, disclose }: OfRecord): Promise<JsonObject> => {
    caller.check('read', tenant, { resource: 'quarantine', id })
    const { document } = await quarantinedDocument(dependencies, tenant, id)
    if (!mayRepair(caller, tenant, id)) return withoutRaw(document)
    disclose?.(AS_IT_CAME)
    return document
  }

/** Nobody knows of whom it is, nor what it says. */
const AS_IT_CAME: Disclosure = { subjects: [], entities: 1, clear: { unclassified: 1 }, masked: {} }

/** Takes a record out of quarantine for good. @throws Problem ResourceNotFound */
export const deleteQuarantine =
  ({ store, clock }: FeedDependencies) =>
  async ({ caller, tenant, origin, id }: OfRecord): Promise<void> => {
    caller.check('delete', tenant, { resource: 'quarantine', id })
    await quarantinedDocument({ store }, tenant, id)
    await store.commit(tenant, [{ collection: 'quarantine', id, at: clock(), origin, logged: false }])
  }

/** Answers a record as it is kept. @throws Problem ResourceNotFound */
export async function quarantinedDocument(
  { store }: Pick<FeedDependencies, 'store'>,
  tenant: Tenant,
  id: string,
): Promise<StoredDocument> {
  const stored = ID.test(id) ? await store.document(tenant, 'quarantine', id) : undefined
  if (!stored) throw noRecord(id)
  return stored
}

/** There is no record under this id. */
export function noRecord(id: string): Problem {
  return new Problem('ResourceNotFound', `Quarantine record ${id} does not exist`)
}

function quarantineUnit(record: NewQuarantineRecord, at: Micros, origin: Command['origin']): DocumentUnit {
  const { id, feed, detail } = record
  if (!id.startsWith(`${feed}.`)) throw badRequestData('Record has an id that is not of its feed')
  const next = { ...record, detail: toldText(detail), receivedAt: formatDateTime(at), attempts: 0 }
  return { collection: 'quarantine', id, expectedVersion: 0, next, at, origin, logged: false }
}

function uniqueById(units: readonly DocumentUnit[]): readonly DocumentUnit[] {
  return [...new Map(units.map((unit) => [unit.id, unit])).values()]
}

function withoutRaw(document: JsonObject): JsonObject {
  const kept = Object.entries(document).filter(([name]) => !RAW_MEMBERS.some((raw) => raw === name))
  const raw = ownValue(document, 'raw')
  return { ...Object.fromEntries(kept), rawLength: typeof raw === 'string' ? raw.length : 0 }
}

function mayRepair(caller: Caller, tenant: Tenant, id: string): boolean {
  try {
    caller.check('update', tenant, { resource: 'quarantine', id })
    return true
  } catch (error) {
    if (error instanceof Problem) return false
    throw error
  }
}
