import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LogRecord } from '../../core/model/change.ts'
import type { Attributes, Entity } from '../../core/model/entity.ts'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Store } from '../../store/port/store.ts'
import { type ClassOf, type Finding, type Findings, noteFindings } from './unclassified-finding.ts'

/** What the watch works with. */
export interface WatchDependencies {
  readonly store: Pick<Store, 'watch' | 'log' | 'logEnd' | 'document' | 'commit' | 'tenants'>
  readonly classOf: ClassOf
  readonly clock: () => Micros
  /** Told of each finding, for the metric. */
  readonly found: (detector: string) => void
  readonly failed: (error: unknown) => void
}

/** What was found in one tenant, and how many records of the log were passed over because there were too many. */
export interface UnclassifiedReport {
  readonly findings: readonly Finding[]
  readonly passedOver: number
}

interface Place {
  /** In which it is kept. */
  version: number
  position: number
  passedOver: number
  readonly findings: Findings
}

const LOOK_MILLISECONDS = 5000
/** So many records are looked at in one turn, some together before others are served; a longer way behind, a sample must do. */
const PER_TURN = 500
const TOGETHER = 25
const FAR_BEHIND = 20_000
const COLLECTION = 'unclassified'
const ORIGIN = { by: 'hub' }

/**
 * Follows the log and notes which attributes that nobody classified carry identifiers, beside all requests: writes are not
 * looked at when they come, but within seconds, and of very many a part.
 */
export class UnclassifiedWatch {
  readonly #dependencies: WatchDependencies
  readonly #places = new Map<Tenant, Place>()
  readonly #grown = new Set<Tenant>()
  #unwatch: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined
  #turn: Promise<void> = Promise.resolve()

  constructor(dependencies: WatchDependencies) {
    this.#dependencies = dependencies
  }

  async start(): Promise<void> {
    const { store, failed } = this.#dependencies
    this.#unwatch ??= store.watch(({ tenant }) => void this.#grown.add(tenant))
    for (const tenant of await store.tenants()) this.#grown.add(tenant)
    this.#timer = setInterval(() => this.#lookAll().catch(failed), LOOK_MILLISECONDS).unref()
  }

  /** Looks no more; resolves when nothing is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#unwatch?.()
    await this.#turn
  }

  /** Answers what was found up to now, without what has been classified since. */
  async report(tenant: Tenant): Promise<UnclassifiedReport> {
    await this.#inTurn(() => this.#look(tenant))
    const { findings, passedOver } = await this.#placeOf(tenant)
    const { classOf } = this.#dependencies
    const open = [...findings.values()].filter(
      ({ type, attributes }) => classOf(attributes.at(-1) ?? '', [type]) === undefined,
    )
    return { findings: open.sort((one, other) => other.count - one.count), passedOver }
  }

  async #lookAll(): Promise<void> {
    const grown = [...this.#grown]
    this.#grown.clear()
    for (const tenant of grown) await this.#inTurn(() => this.#look(tenant))
  }

  /** One after the other, whoever asks. */
  #inTurn(look: () => Promise<void>): Promise<void> {
    const next = this.#turn.then(look)
    this.#turn = next.catch(() => undefined)
    return next
  }

  async #look(tenant: Tenant): Promise<void> {
    const { store } = this.#dependencies
    const place = await this.#placeOf(tenant)
    const end = await store.logEnd(tenant)
    if (end - place.position > FAR_BEHIND) {
      place.passedOver += end - PER_TURN - place.position
      place.position = end - PER_TURN
    }
    const records = await store.log(tenant, place.position, PER_TURN)
    if (records.length === 0) return
    for (const [at, record] of records.entries()) {
      this.#note(record, place.findings)
      if (at % TOGETHER === TOGETHER - 1) await nextTurn()
    }
    place.position = records.at(-1)?.sequence ?? place.position
    if (records.length === PER_TURN) this.#grown.add(tenant)
    await this.#save(tenant, place)
  }

  #note({ collection, after, attributes = [], at }: LogRecord, findings: Findings): void {
    if (collection !== 'entity' || !after) return
    const { types } = after as unknown as Entity // records of this collection have entities
    const { classOf, found } = this.#dependencies
    for (const detector of noteFindings(findings, { types, attributes: writtenIn(attributes), at }, classOf))
      found(detector)
  }

  async #placeOf(tenant: Tenant): Promise<Place> {
    const known = this.#places.get(tenant)
    if (known) return known
    const kept = await this.#dependencies.store.document(tenant, COLLECTION, COLLECTION)
    const place = placeIn(kept?.document, kept?.version)
    this.#places.set(tenant, place)
    return place
  }

  /** Where another process looked meanwhile, what it found counts, and this one goes on from there. */
  async #save(tenant: Tenant, place: Place): Promise<void> {
    const { store, clock } = this.#dependencies
    const { version: expectedVersion, position, passedOver, findings } = place
    const next = { position, passedOver, findings: [...findings] as unknown as JsonValue } // plain data
    const unit = {
      collection: COLLECTION,
      id: COLLECTION,
      at: clock(),
      origin: ORIGIN,
      logged: false,
    } as const
    const [result] = await store.commit(tenant, [{ ...unit, next, expectedVersion }])
    if (result?.outcome === 'kept') place.version = result.version
    else this.#places.delete(tenant)
  }
}

function writtenIn(changes: NonNullable<LogRecord['attributes']>): Attributes {
  const written: Record<string, NonNullable<(typeof changes)[number]['after']>[]> = {}
  for (const { attribute, after } of changes) {
    if (!after) continue
    written[attribute] ??= []
    written[attribute].push(after)
  }
  return written
}

function placeIn(document: JsonObject | undefined, version = 0): Place {
  const { position, passedOver, findings } = document ?? {}
  return {
    version,
    position: typeof position === 'number' ? position : 0,
    passedOver: typeof passedOver === 'number' ? passedOver : 0,
    findings: new Map(Array.isArray(findings) ? (findings as unknown as readonly [string, Finding][]) : []), // kept by `#save`
  }
}
