import type { LogRecord } from '../../core/model/change.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Recording } from '../../core/temporal/recording.ts'
import { canonicalEntity, canonicalInstance } from '../port/canonical.ts'
import { parseEntity } from '../port/change.ts'
import type {
  AggregateQuery,
  EvolutionHead,
  EvolutionQuery,
  InstanceQuery,
  TimeRange,
} from '../port/evolution.ts'
import { toldInstance } from '../port/history-instances.ts'
import type {
  DocumentUnit,
  HistoryInstance,
  LogGrowth,
  Page,
  QueryPlan,
  Store,
  StoredDocument,
  StoredEntity,
  Unit,
} from '../port/store.ts'
import { withRecording } from '../port/with-recording.ts'
import { filledPage } from './filled-page.ts'
import { pushedPlan } from './pushed-plan.ts'
import { isUnder, mapList, mayBeSealed, type Seal } from './seal.ts'
import type { SealedAttributes } from './sealed-attributes.ts'
import { SealedUnits } from './sealed-units.ts'
import { SEALING_COLLECTION } from './sealing-state.ts'

/** What a store seals with. */
export interface SealedStoreOptions {
  readonly seal: Seal
  readonly attributes: () => SealedAttributes
  /** What history keeps of changes: judged before they are sealed. */
  readonly recording?: Recording | undefined
  /** Names of keys that are lost for good: documents under them are as if they were not there. */
  readonly lost: readonly string[]
}

type Collection = DocumentUnit['collection']

/**
 * A Store that keeps attributes and documents under seal in another one, whatever that is: neither what is above nor what is
 * below knows. What cannot be opened is answered with Problem ServiceUnavailable that names the key, unless that is lost for
 * good: then what is read together is told without it. Records of the log that cannot be opened tell what changed and not what
 * it was, so that nobody who follows them is stopped.
 */
export class SealedStore implements Store {
  readonly #inner: Store
  readonly #options: SealedStoreOptions
  readonly #seal: Seal
  readonly #units: SealedUnits
  /** What was opened of entities that the inner store keeps at hand: as long as it does. */
  readonly #opened = new WeakMap<StoredEntity, StoredEntity>()

  constructor(inner: Store, options: SealedStoreOptions) {
    this.#inner = inner
    this.#options = options
    this.#seal = options.seal
    this.#units = new SealedUnits(inner, options)
  }

  async read(tenant: Tenant, id: string) {
    const stored = await this.#inner.read(tenant, id)
    if (!stored || !mayBeSealed(stored.text)) return stored
    const opened = this.#opened.get(stored) ?? this.#openStored(tenant, stored)
    this.#opened.set(stored, opened)
    return opened
  }

  async readMany(tenant: Tenant, ids: readonly string[]) {
    const stored = await this.#inner.readMany(tenant, ids)
    return this.#openAll(stored, (one) => this.#openStored(tenant, one))
  }

  async query(tenant: Tenant, plan: QueryPlan): Promise<Page> {
    const { plan: pushed, exact } = await pushedPlan(this.#inner, tenant, plan, this.#options.attributes())
    const { rows, validUntil, count, ...page } = await this.#inner.query(tenant, pushed)
    const opened = this.#openAll(rows, (row) => this.#openStored(tenant, row))
    return {
      ...page,
      rows: opened,
      exact: page.exact && exact && opened.length === rows.length,
      ...(exact && validUntil !== undefined && { validUntil }),
      ...(exact && count !== undefined && { count }),
    }
  }

  async commit(tenant: Tenant, units: readonly Unit[]) {
    const sealed = this.#units.seal(tenant, withRecording(units, this.#options.recording))
    return this.#inner.commit(tenant, Array.isArray(sealed) ? sealed : await sealed)
  }

  watch(listener: (growth: LogGrowth) => void) {
    return this.#inner.watch((growth) => {
      const { tenant, records } = growth
      listener(records ? { tenant, records: this.#openRecords(tenant, records) } : growth)
    })
  }

  async log(tenant: Tenant, after: number, limit: number) {
    return this.#openRecords(tenant, await this.#inner.log(tenant, after, limit))
  }

  async evolutions(tenant: Tenant, query: EvolutionQuery) {
    const read = (page: EvolutionQuery) => this.#inner.evolutions(tenant, page)
    return filledPage(query, read, (heads) => this.#openAll(heads, (head) => this.#openHead(tenant, head)))
  }

  async instances(tenant: Tenant, id: string, query: InstanceQuery) {
    const instances = await this.#inner.instances(tenant, id, query)
    return this.#openAll(instances, (instance) => this.#openHistory(tenant, id, instance))
  }

  async document(tenant: Tenant, collection: Collection, id: string) {
    const stored = await this.#inner.document(tenant, collection, id)
    return stored && this.#openDocument(tenant, collection, stored)
  }

  async documents(
    tenant: Tenant,
    collection: Collection,
    page: { readonly after?: string; readonly limit: number },
  ) {
    const read = (asked: typeof page) => this.#inner.documents(tenant, collection, asked)
    return filledPage(page, read, (stored) =>
      stored.flatMap((one) => this.#openDocument(tenant, collection, one) ?? []),
    )
  }

  settled(tenant: Tenant) {
    return this.#inner.settled(tenant)
  }

  generation(tenant: Tenant, types?: readonly Iri[]) {
    return this.#inner.generation(tenant, types)
  }

  historyGeneration(tenant: Tenant, id: string) {
    return this.#inner.historyGeneration(tenant, id)
  }

  version(tenant: Tenant, id: string) {
    return this.#inner.version(tenant, id)
  }

  logEnd(tenant: Tenant) {
    return this.#inner.logEnd(tenant)
  }

  condensed(tenant: Tenant, id: string, range: TimeRange) {
    return this.#inner.condensed(tenant, id, range)
  }

  aggregates(tenant: Tenant, ids: readonly string[], query: AggregateQuery) {
    return this.#inner.aggregates(tenant, ids, query)
  }

  tenants() {
    return this.#inner.tenants()
  }

  createTenant(tenant: Tenant) {
    return this.#inner.createTenant(tenant)
  }

  hiddenTenants() {
    return this.#inner.hiddenTenants()
  }

  createHidden(tenant: Tenant) {
    return this.#inner.createHidden(tenant)
  }

  dropHidden(tenant: Tenant) {
    return this.#inner.dropHidden(tenant)
  }

  counters(tenant: Tenant) {
    return this.#inner.counters(tenant)
  }

  size(tenant: Tenant) {
    return this.#inner.size(tenant)
  }

  finishErasing(tenant: Tenant) {
    return this.#inner.finishErasing(tenant)
  }

  expired(tenant: Tenant, now: Micros, limit: number) {
    return this.#inner.expired(tenant, now, limit)
  }

  close() {
    return this.#inner.close()
  }

  /** Opens what is read together: what is under a key that is lost for good is passed over, so that the rest is told. */
  #openAll<T>(sealed: readonly T[], open: (one: T) => T): readonly T[] {
    if (this.#options.lost.length === 0) return mapList(sealed, open)
    return sealed.flatMap((one) => {
      try {
        return [open(one)]
      } catch (error) {
        if (error instanceof Problem) return []
        throw error
      }
    })
  }

  #openStored<Row extends StoredEntity>(tenant: Tenant, stored: Row): Row {
    if (!mayBeSealed(stored.text)) return stored
    const entity = parseEntity(stored.text)
    const opened = this.#seal.openEntity(entity, { tenant, id: stored.id })
    return opened === entity ? stored : { ...stored, text: canonicalEntity(opened) }
  }

  #openHead(tenant: Tenant, head: EvolutionHead): EvolutionHead {
    const { id, state } = head
    const opened = state && this.#seal.openEntity(state, { tenant, id })
    return opened === state ? head : { ...head, ...(opened && { state: opened }) }
  }

  // a plain number was never sealed
  #openHistory(tenant: Tenant, id: string, told: HistoryInstance): HistoryInstance {
    if (told.instance || !told.text || !mayBeSealed(told.text)) return told
    const instance = toldInstance(told)
    const opened = this.#seal.openInstance(told.attribute, instance, { tenant, id })
    return opened === instance ? told : { ...told, text: canonicalInstance(opened) }
  }

  #openDocument(tenant: Tenant, collection: Collection, stored: StoredDocument): StoredDocument | undefined {
    if (collection === SEALING_COLLECTION) return stored
    if (isUnder(this.#options.lost, stored.document)) return undefined
    const document = this.#seal.openDocument(stored.document, { tenant, collection, id: stored.id })
    return document === stored.document ? stored : { ...stored, document }
  }

  #openRecords(tenant: Tenant, records: readonly LogRecord[]): readonly LogRecord[] {
    return mapList(records, (record) => {
      try {
        return this.#openRecord(tenant, record)
      } catch (error) {
        if (error instanceof Problem) return namedOnly(record)
        throw error
      }
    })
  }

  #openRecord(tenant: Tenant, record: LogRecord): LogRecord {
    const { collection, id, before, after, attributes } = record
    if (collection === 'evolution') return record // tells names alone
    const owner = { tenant, id }
    if (collection === 'entity') {
      const open = (state: LogRecord['before']) =>
        state && (this.#units.given(state) ?? this.#seal.openEntity(state as Entity, owner)) // of an entity
      const changes =
        attributes && (this.#units.given(attributes) ?? this.#seal.openChanges(attributes, owner))
      return opened(record, { before: open(before), after: open(after), attributes: changes })
    }
    const open = (document: LogRecord['before']) =>
      document && this.#seal.openDocument(document as JsonObject, { tenant, collection, id }) // of a document
    return opened(record, { before: open(before), after: open(after), attributes })
  }
}

type Told = { readonly [Member in 'before' | 'after' | 'attributes']: LogRecord[Member] | undefined }

function opened(record: LogRecord, told: Told): LogRecord {
  const { before, after, attributes } = told
  if (before === record.before && after === record.after && attributes === record.attributes) return record
  return { ...record, ...(before && { before }), ...(after && { after }), ...(attributes && { attributes }) }
}

function namedOnly({ before: _, after: __, attributes, ...record }: LogRecord): LogRecord {
  const names = attributes?.map(({ attribute, action }) => ({ attribute, action }))
  return { ...record, ...(names && { attributes: names }) }
}
