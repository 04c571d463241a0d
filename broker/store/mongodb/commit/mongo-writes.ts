import type { Collection as CollectionName } from '../../../core/model/change.ts'
import { isHidden, noTenant, parseTenant, type Tenant } from '../../../core/model/tenant.ts'
import type { Micros } from '../../../core/model/time.ts'
import type { Recording } from '../../../core/temporal/recording.ts'
import { QuotaKeeper, type Quotas } from '../../port/quotas.ts'
import type { LogGrowth, Unit, UnitResult } from '../../port/store.ts'
import { withRecording } from '../../port/with-recording.ts'
import { InTurn, type TakeTurn } from '../in-turn.ts'
import type { KnownCommits } from '../known/known-commits.ts'
import { drainChanges } from '../log/drain-changes.ts'
import { Drained } from '../log/drained.ts'
import type { TenantCollections } from '../mongo-documents.ts'
import { asked } from '../mongo-errors.ts'
import type { MongoTenants } from '../mongo-tenants.ts'
import type { Signals } from '../processes/signals.ts'
import { MarkedDays } from '../totals/marked-days.ts'
import { commitUnits, type UnitsHelp } from './commit-units.ts'
import { settleWrites } from './settle-writes.ts'
import { Versions } from './versions.ts'

/** How writes are made besides. */
export interface MongoWriting {
  /** What has to take notice of them. */
  readonly known: KnownCommits
  /** What history keeps of the changes of entities; undefined: everything. */
  readonly recording: Recording | undefined
  /** How many of what tenants may have; undefined: any number. */
  readonly quotas: Quotas | undefined
  /** By which days are over. */
  readonly clock: () => Micros
}

/** Topic of the signals that a log has grown, before its tenant. */
const LOG = 'log '
/** Tenants share their quotas with other processes: so much of what is left each takes at once. */
const PORTION = 16

/** Writes to MongoDB, and what brings them into the log. */
export class MongoWrites {
  readonly #tenants: MongoTenants
  readonly #writing: MongoWriting
  readonly #quotas: QuotaKeeper | undefined
  readonly #turns = new InTurn()
  readonly #versions: Versions
  readonly #drained: Drained
  readonly #days: MarkedDays
  /** Drains that have not begun. */
  readonly #draining = new Map<Tenant, Promise<void>>()
  readonly #commits = new Set<Promise<unknown>>()
  readonly #listeners = new Set<(growth: LogGrowth) => void>()
  readonly #closing = new AbortController()
  #signals: Signals | undefined

  constructor(tenants: MongoTenants, writing: MongoWriting) {
    const { quotas } = writing
    this.#tenants = tenants
    this.#writing = writing
    this.#versions = new Versions(writing.known, this.#turns)
    this.#drained = new Drained(writing.known)
    this.#days = new MarkedDays(writing.clock)
    this.#quotas =
      quotas && new QuotaKeeper({ quotas, count: (...of) => this.#count(...of), portion: PORTION })
  }

  /** Commits units, each on the disks of a majority. @throws Problem NonexistentTenant */
  commit(tenant: Tenant, units: readonly Unit[]): Promise<readonly UnitResult[]> {
    if (!this.#quotas) return this.#commitNoted(tenant, units)
    return this.#quotas.commit(tenant, units, (those) => this.#commitNoted(tenant, those))
  }

  /** Resolves when no commit is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#commits])
  }

  /** Tells of commits until the answer is called. */
  watch(listener: (growth: LogGrowth) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Tells those who watch that the log of a tenant has grown. */
  tell(tenant: Tenant): void {
    for (const listener of this.#listeners) listener({ tenant })
  }

  /** Waits no longer for a server that is away. */
  close(): void {
    this.#closing.abort()
  }

  /** Tells of what other processes commit too, and them of what is committed here. */
  follow(signals: Signals): void {
    this.#signals = signals
    signals.listen((topic) => {
      if (topic === undefined) for (const [tenant] of this.#tenants.opened) this.tell(tenant)
      else if (topic.startsWith(LOG)) this.tell(parseTenant(topic.slice(LOG.length)))
    })
  }

  /** Moves what has been committed of a tenant into its log and history. */
  async drain(tenant: Tenant, collections: TenantCollections): Promise<void> {
    if (!this.#drained.isSo(tenant)) await this.#drainNext(tenant, collections)
  }

  /** Does something while no changes of a tenant are on their way into its log. */
  betweenDrains<T>(tenant: Tenant, task: () => Promise<T>): Promise<T> {
    return this.#turns.run(`${tenant}/drain`, task)
  }

  /**
   * Makes turns of a tenant. Each write is atomic on MongoDB anyway; turns within the process save conflicts, and servers that
   * only speak its protocol may not be atomic.
   */
  takeTurn(tenant: Tenant, of: 'units' | 'document'): TakeTurn {
    return (key, task) => this.#turns.run(`${tenant}/${of}/${key}`, task)
  }

  /** All who ask while a drain is under way share the one behind it. */
  #drainNext(tenant: Tenant, collections: TenantCollections): Promise<void> {
    const waiting = this.#draining.get(tenant)
    if (waiting) return waiting
    const next = this.betweenDrains(tenant, async () => {
      this.#draining.delete(tenant)
      if (this.#drained.isSo(tenant)) return // the one before did it
      await this.#drained.by(tenant, async () => {
        const any = await drainChanges(collections, {
          inTurn: this.takeTurn(tenant, 'document'),
          days: this.#days,
        })
        // not waited for: a signal is early or late anyway
        if (any && !isHidden(tenant)) this.#signals?.tell(LOG + tenant).catch(() => {})
      })
    })
    this.#draining.set(tenant, next)
    return next
  }

  #commitNoted(tenant: Tenant, units: readonly Unit[]): Promise<readonly UnitResult[]> {
    const committed = this.#commit(tenant, units)
    this.#commits.add(committed)
    const end = (): void => void this.#commits.delete(committed)
    committed.then(end, end)
    return committed
  }

  async #commit(tenant: Tenant, units: readonly Unit[]): Promise<readonly UnitResult[]> {
    const collections = await this.#tenants.find(tenant)
    if (!collections) throw noTenant(tenant)
    if (units.length === 0) return []
    return asked(async () => {
      const first = await this.#versions.take(tenant, collections, units.length)
      const help: UnitsHelp = {
        first,
        unitsInTurn: this.takeTurn(tenant, 'units'),
        newVersion: () => this.#versions.take(tenant, collections, 1),
        drain: () => {
          this.#drained.written(tenant) // its own records wait too
          return this.drain(tenant, collections)
        },
        inTurn: this.takeTurn(tenant, 'document'),
        told: (unit, result) => {
          const { known } = this.#writing
          known.changed(tenant, unit, result)
          if (result || ('logged' in unit && unit.logged === false)) return
          const settled = settleWrites(collections, unit, { ...help, signal: this.#closing.signal })
          const noted = settled.then(() => this.#drained.written(tenant))
          known.doubted(tenant, noted).catch(() => {}) // nothing is known of the tenant any more
        },
      }
      const recorded = withRecording(units, this.#writing.recording)
      this.#drained.written(tenant)
      const results = await commitUnits(collections, recorded, help).finally(() => {
        this.#drained.written(tenant)
        this.tell(tenant)
      })
      void this.drain(tenant, collections).catch(() => {}) // what is left is drained by the next reader of the log
      return results
    })
  }

  /** All that were ever there are counted without looking at them; only where those are too many, those that are. */
  #count(tenant: Tenant, collection: CollectionName, most: number): Promise<number> {
    return asked(async () => {
      const collections = await this.#tenants.find(tenant)
      if (!collections) return 0
      const { entities, documents } = collections
      const there = { text: { $exists: true } }
      if (collection !== 'entity') return documents.countDocuments({ ...there, collection }, { limit: most })
      const ever = await entities.estimatedDocumentCount()
      return ever < most ? ever : entities.countDocuments(there, { limit: most })
    })
  }
}
