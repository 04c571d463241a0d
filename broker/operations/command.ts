import type { Caller } from '../core/model/caller.ts'
import type { Origin } from '../core/model/change.ts'
import type { Entity } from '../core/model/entity.ts'
import type { Iri } from '../core/model/iri.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { Disclose } from '../core/view/disclosure.ts'
import type { Distribution } from '../federation/distribute/distribution.ts'
import type { OnBehalf } from '../federation/forward/source-connection.ts'
import type { Store } from '../store/port/store.ts'
import type { Explanation } from './explanation.ts'
import type { Provenance } from './provenance.ts'
import type { Validation } from './validation/validation.ts'

/** What every operation is told: who asks, for which tenant, and as whom the log remembers it. */
export interface Command {
  readonly caller: Caller
  readonly tenant: Tenant
  readonly origin: Origin
  /** What the caller demands of the state that it changes, as it sees it. */
  readonly precondition?: Precondition
  /** Tells whether what was found out before it is decided still holds; asked in the turn in which it is committed. */
  readonly stands?: () => boolean
  /** Names this attempt of a creation that is to happen once: what is made up for it is made up again the same. */
  readonly attempt?: string
  /** What that attempt did already before it was cut off: ids of what it changed here. */
  readonly carriedOut?: readonly string[]
  /** Takes down how a query is answered, for a caller who may know. */
  readonly explanation?: Explanation
  /** Takes down which source supplied what of the answer. */
  readonly provenance?: Provenance
  /** Takes down what is put into the answer of persons; absent: nobody has to know. */
  readonly disclose?: Disclose
}

/**
 * Judges what a caller sees of an entity that it is about to change; undefined: there is none here. `elsewhere`: other
 * hubs hold what is to be changed, in a state that nobody here can name. @throws Problem
 */
export type Precondition = (seen: Entity | undefined, elsewhere?: true) => void

/** A write that other hubs may have a part in. */
export interface DistributedCommand extends Command {
  /** How it is handed on; absent: to nobody (`local=true`, CIM 009 v1.9.1, 6.3.18). */
  readonly onward?: Pick<OnBehalf, 'table' | 'via' | 'headers'>
}

/** What every write works with. */
export interface WriteDependencies {
  readonly store: Store
  readonly clock: () => Micros
  /** Largest canonical text of an entity after a write, bytes. */
  readonly maxEntityBytes: number
  /** Class of personal data of an attribute; where it is there, a write of what has none is refused. */
  readonly classOf?: ((attribute: Iri, types: readonly Iri[]) => string | undefined) | undefined
  /** Judges what is written by the ontology; absent: nothing is. */
  readonly validation?: Validation | undefined
}

/** What writes of single entities work with. */
export interface EntityWriteDependencies extends WriteDependencies {
  readonly distribution: Distribution
}
