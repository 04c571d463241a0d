import type { TermTable } from '../../core/context/term-table.ts'
import type { GeometryEngine } from '../../core/geo/engine.ts'
import type { Caller } from '../../core/model/caller.ts'
import type { LogRecord } from '../../core/model/change.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { type Micros, parseDateTime } from '../../core/model/time.ts'
import type { Registry } from '../../federation/registry/registry.ts'
import { isActive } from '../../subscriptions/compose.ts'
import type { Message } from '../../subscriptions/deliver/message.ts'
import type { GatheredChange } from '../../subscriptions/gathered-changes.ts'
import { asServed } from '../../subscriptions/notify/as-served.ts'
import type { Templates } from '../../subscriptions/notify/templates.ts'
import type { DueChanges, Subject, Subscribed } from '../../subscriptions/subject.ts'
import type { Subscription } from '../../subscriptions/subscription.ts'
import { mayRead } from '../may.ts'
import {
  judgeRegistrationChange,
  type ToldRegistration,
  type TriggerReason,
} from './judge-registration-change.ts'
import { type Judging, relevantRegistration } from './relevant-registration.ts'
import { writeRegistrations } from './write-registrations.ts'

/** What notifications of registrations are made with. */
export interface RegistrationSubjectDependencies {
  readonly clock: () => Micros
  readonly engine: GeometryEngine
  readonly registry: Registry
  /** The core alone. */
  readonly core: () => TermTable
  readonly table: (tenant: Tenant, subscription: Subscription) => Promise<TermTable>
  readonly templates: Pick<Templates, 'fill'>
  /** Who the subscriber is, with the rights that are left; undefined: none are. */
  readonly delegateOf: (subscription: Subscription) => Caller | undefined
}

const COLLECTION = 'registrationSubscription'
/** So many registrations one notification tells of at the most. */
const MOST = 1000

/** Subscriptions to registrations (CIM 009 v1.9.1, 5.11): of those alone that the subscriber may read. */
export function registrationSubject(dependencies: RegistrationSubjectDependencies): Subject {
  const { clock, engine, registry, core, delegateOf } = dependencies
  const beginnings = new WeakMap<Subscription, Beginning>()
  return {
    collection: COLLECTION,
    tellsOfItself: true,
    terms: () => [{ collection: 'registration' }, { collection: COLLECTION }],
    isDue: (subscribed, record) => {
      if (record.collection === COLLECTION) return isItself(subscribed, record)
      if (subscribed.subscription.timeInterval !== undefined) return false
      return told(subscribed, { first: record, last: record }) !== undefined
    },
    group: (subscribed, change) => told(subscribed, change)?.reason ?? '',
    composeChanges,
    composeSelected: async (subscribed, { id }) => {
      const active = isActive(subscribed.subscription, clock())
      const message = active ? await write(subscribed, id, newlyMatching(subscribed)) : undefined
      return message ? { message } : {}
    },
    composeSample: (subscribed, id) => {
      const { subscription } = subscribed
      return delegateOf(subscription) ? write(subscribed, id, newlyMatching(subscribed), true) : nothing()
    },
  }

  async function composeChanges(
    subscribed: Subscribed,
    { id, changes }: DueChanges,
  ): Promise<Message | undefined> {
    if (!isActive(subscribed.subscription, clock())) return undefined
    const own = changes.find(({ last }) => last.collection === COLLECTION)
    const others = changes.filter((change) => change !== own)
    if (own && !hasBegun(subscribed, own.last))
      return write(subscribed, id, begin(subscribed, own.last, others.length > 0))
    const all = others.flatMap((change) => told(subscribed, change) ?? [])
    const reason = all[0]?.reason ?? 'updated'
    const documents = all.filter((each) => each.reason === reason).map(({ document }) => document)
    return write(subscribed, id, { reason, documents })
  }

  /** Tells whether another record of the subscription, which may have changed since, told of all that matches already. */
  function hasBegun({ subscription }: Subscribed, { sequence }: LogRecord): boolean {
    return (beginnings.get(subscription)?.sequence ?? sequence) !== sequence
  }

  /** All that matches as the subscription is now; what was created after its record the log tells by itself, or together. */
  function begin(subscribed: Subscribed, { sequence, at }: LogRecord, together: boolean): Told {
    const { reason, documents: all } = newlyMatching(subscribed)
    const documents = together ? all : all.filter(({ createdAt }) => timeOf(createdAt) <= at)
    const known = new Map(documents.map((document) => [String(document.id), document]))
    beginnings.set(subscribed.subscription, { sequence, documents: known })
    return { reason, documents }
  }

  /** What leads from the first change of a registration to its last, as told to who may read it now. */
  function told(
    { tenant, subscription }: Subscribed,
    { first, last }: GatheredChange,
  ): ToldRegistration | undefined {
    if (last.collection === COLLECTION) return { reason: 'newlyMatching', document: {} }
    const caller = delegateOf(subscription)
    if (!caller || !mayRead(caller, tenant, { resource: 'registration', id: last.id })) return undefined
    const begun = beginnings.get(subscription)?.documents.get(last.id)
    if (begun && last.after && !isLater(last.after, begun)) return undefined
    const { before: known, ...record } = last
    // what came and went since may have been told already, with all that matched when the subscription began
    const isTold = begun && first.after && !isLater(first.after, begun)
    const before = isTold ? begun : (first.before ?? (last.action === 'deleted' ? known : undefined))
    const whole = { ...record, ...(before && { before }) }
    return judgeRegistrationChange(whole, subscription, judging())
  }

  function newlyMatching({ tenant, subscription }: Subscribed): Told {
    const caller = delegateOf(subscription)
    if (!caller) return { reason: 'newlyMatching', documents: [] }
    const readable = registry
      .all(tenant)
      .filter(({ id }) => mayRead(caller, tenant, { resource: 'registration', id }))
    const documents = readable
      .map((registration) => relevantRegistration(registration, subscription, judging()))
      .filter((document) => document !== undefined)
    return { reason: 'newlyMatching', documents: documents.slice(0, MOST) }
  }

  function judging(): Judging {
    return { engine, core: core(), now: clock() }
  }

  async function write(
    { tenant, subscription }: Subscribed,
    id: string,
    what: Told,
    alsoEmpty = false,
  ): Promise<Message | undefined> {
    if (what.documents.length === 0 && !alsoEmpty) return undefined
    const table = await dependencies.table(tenant, subscription)
    const envelope = { id, tenant, subscription, notifiedAt: clock(), table }
    const served = asServed(envelope, () => registry.all(tenant).map(({ endpoint }) => endpoint))
    return writeRegistrations(dependencies.templates, { ...served, ...what })
  }
}

/** What a subscription told of when it began, or changed. */
interface Beginning {
  /** Of the record of the subscription that it was for. */
  readonly sequence: number
  /** Registrations by id, as they were. */
  readonly documents: ReadonlyMap<string, JsonObject>
}

interface Told {
  readonly reason: TriggerReason
  readonly documents: readonly JsonObject[]
}

/** Tells whether a registration was changed after another state of it. */
function isLater(state: NonNullable<LogRecord['after']>, than: JsonObject): boolean {
  return timeOf(state.modifiedAt) > timeOf(than.modifiedAt)
}

function timeOf(member: unknown): Micros {
  return typeof member === 'string' ? (parseDateTime(member) ?? 0) : 0
}

function isItself({ subscription }: Subscribed, { id, action }: LogRecord): boolean {
  return id === subscription.id && action !== 'deleted'
}

function nothing(): Promise<undefined> {
  return Promise.resolve(undefined)
}
