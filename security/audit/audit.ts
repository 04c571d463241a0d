import type { Caller } from '../../broker/core/model/caller.ts'
import type { JsonObject } from '../../broker/core/model/json.ts'
import type { Tenant } from '../../broker/core/model/tenant.ts'
import type { Datasets, Disclosure } from '../../broker/core/view/disclosure.ts'
import type { AuditEntry } from './audit-entry.ts'
import type { AuditNumbers } from './audit-log.ts'
import type { Exchange, ExchangeDays } from './exchanges.ts'
import type { AuditSelection, AuditStep } from './read-audit.ts'
import type { SignedHead } from './signed-head.ts'

export type { AuditStep } from './read-audit.ts'

/** That somebody is about to be shown something, once or again and again. */
export interface Showing {
  readonly kind?: 'read' | 'notification'
  readonly caller: Caller
  readonly tenant: Tenant
  /** Method and pattern of a route, or what else shows it. */
  readonly operation: string
  /** What is shown of persons; absent: nothing. */
  readonly disclosed?: Disclosure | undefined
  /** How many entities of each type are shown. */
  readonly datasets?: Datasets
  readonly details?: JsonObject
}

/** That somebody is about to be shown something by a request. */
export interface Reading extends Showing {
  readonly requestId?: string
  /** It goes on with what was begun to be shown before: no exchange of its own. */
  readonly continues?: boolean
}

/** Takes down that something is shown once more; to be waited for as `Audit.shown` says. */
export type Shown = (requestId?: string, continues?: boolean) => Promise<void> | undefined

/** That somebody was refused something. */
export interface Refusal {
  /** Absent: nobody knows who it was. */
  readonly caller?: Caller
  readonly operation: string
  /** Code of the problem. */
  readonly code: string
}

/** What somebody does to the hub itself, to what it knows of a person, or to be known. */
export interface Administration {
  readonly kind?: 'administration' | 'identity'
  /** Such as `privacy.erase` or `policies.reload`. */
  readonly operation: string
  readonly outcome: 'done' | 'failed' | 'refused'
  /** Absent: the hub by itself. */
  readonly by?: Caller
  readonly tenant?: Tenant
  /** Ids of the entities concerned: they are written down as pseudonyms. */
  readonly entities?: readonly string[]
  readonly requestId?: string
  /** Counts, names of rules and the like; never a value, never an id of a person. */
  readonly details?: JsonObject
}

/** What the hub answers for: who saw or changed what of whom, by which rules. */
export interface Audit {
  /**
   * Has to be waited for before anything is shown: resolves when it is on disk that it was. undefined: there is nothing to
   * wait for. @throws Problem InsufficientStorage or ServiceUnavailable: then nothing may be shown
   */
  shown(reading: Reading): Promise<void> | undefined
  /** Makes what does the same each time that it is called: for what is shown to one caller many times as it is. */
  showing(reading: Showing): Shown
  /** Remembers who makes a request that may change something: changes name the request alone. */
  asks(caller: Caller, tenant: Tenant, requestId: string): void
  /** Counts a refusal; written a little later, with others like it. */
  refused(refusal: Refusal): void
  /** Resolves when it is on disk. @throws Problem as `shown` */
  record(action: Administration): Promise<void>
  /** Counts what gave nothing, such as a wrong password: written within a minute, and so many different ones at most. */
  attempted(action: Administration): void
  /** Destroys the keys by which records lead to these entities. */
  forget(tenant: Tenant, entities: readonly string[]): Promise<void>
  /** The pseudonym of an entity in the records; undefined: none lead to it. */
  subject(tenant: Tenant, entity: string): Promise<string | undefined>
  /** Reads the records that are wanted, oldest first. */
  read(wanted: AuditSelection): AsyncIterable<AuditStep>
  /** Appends a record as it is. */
  append(entry: AuditEntry): Promise<void>
  /** Signs where the log ends. */
  seal(): Promise<SignedHead | undefined>
  /** Answers how often who was given how much of which types, by days; what was counted up to now is in it. */
  exchanges(days: ExchangeDays): AsyncIterable<Exchange>
  numbers(): AuditNumbers
  /** @throws Problem while the log cannot be written */
  check(): Promise<void>
  close(): Promise<void>
}
