import type { Origin } from '../../core/model/change.ts'
import type { Duration } from '../../core/model/duration.ts'
import type { Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { TimeWindow } from '../../core/model/temporal.ts'
import type { Micros } from '../../core/model/time.ts'
import type { TypeNode } from '../../core/query/ast.ts'
import type { PastSelection } from './past-selection.ts'
import type { Store } from './store.ts'

/** Who has a history: an entity that is there, one that was deleted, or one that was only ever provisioned. */
export interface EvolutionHead {
  readonly id: string
  readonly types: readonly Iri[]
  readonly scopes?: readonly string[]
  readonly createdAt: Micros
  readonly modifiedAt: Micros
  /** Absent for what is there, and for what was only provisioned. */
  readonly deletedAt?: Micros
  /**
   * The entity as it is now, or as it was last; absent for what was only provisioned. What the caller's view judges rows by.
   */
  readonly state?: Entity
}

/** Which heads to answer, ascending by id (compared by code point). */
export interface EvolutionQuery {
  readonly ids?: readonly string[]
  /** A store answers every head that this selects, and may answer more. */
  readonly types?: TypeNode
  /** Only heads behind this id. */
  readonly after?: string
  /** Heads are wanted without the state of the entity. */
  readonly stateless?: true
  readonly limit: number
}

/** A window by a property or, without one, by observedAt, else modifiedAt (of a deletion: deletedAt), which all have. */
export type PlaceWindow = Partial<TimeWindow>

/** Which instances of one entity's history to answer. */
export interface InstanceQuery {
  /** Expanded names; absent: all. Scopes are in history under `NGSI_LD + 'scope'`. */
  readonly attributes?: readonly Iri[]
  /**
   * Absent: all of time. By a property that an instance does not have it is not found: a deletion has no observedAt, and
   * its modifiedAt is its deletedAt.
   */
  readonly window?: PlaceWindow
  /** By the window's property; without one by observedAt, else modifiedAt (of a deletion: deletedAt). */
  readonly order: 'oldest' | 'newest'
  /** At most so many of each attribute, all of its datasetIds together. */
  readonly perAttribute: number
}

/** What of an attribute to sum up. */
export interface AggregateQuery {
  readonly attribute: Iri
  /** '' is the default instance; absent: all. */
  readonly datasetIds?: readonly string[]
  /** By observedAt. Absent: all of time, and what has no observedAt counts by its modifiedAt. */
  readonly window?: TimeRange
  /** They follow each other from `start` on, before which there is nothing that is asked for. Absent: one is all. */
  readonly periods?: { readonly start: Micros; readonly length: Duration }
  /** Only of numbers that no instance tells any more (`condensed`): then there is always an answer. */
  readonly condensed?: true
}

/** From an instant on, up to one that does not belong to it; absent: open. */
export interface TimeRange {
  readonly from?: Micros
  readonly to?: Micros
}

/** An attribute of which totals alone tell something: its instances were kept no longer. */
export interface CondensedSeries {
  readonly attribute: Iri
  /** When the first and the last hour or day begin that there is such a total of. */
  readonly first: Micros
  readonly last: Micros
}

/** A change of history alone: the current state stays as it is (CIM 009 v1.9.1, 5.6.11 to 5.6.16). */
export interface EvolutionUnit {
  readonly collection: 'evolution'
  readonly id: string
  readonly at: Micros
  readonly origin: Origin
  readonly change: EvolutionChange
}

/** What of an append was there already, in its place and with its content: it stays as it is, with its times. */
export interface SameInstances {
  readonly instances: number
  /** Attributes of which the append had nothing else. */
  readonly attributes: readonly Iri[]
}

/**
 * What is to be changed. An instance takes the place of what has the same attribute, datasetId and time (observedAt, else
 * modifiedAt), unless it says the same; an append that says nothing new changes nothing. What is deleted, or replaced by id, is
 * gone for good: from history once the commit answers, and soon after out of the log and of every file, whatever happens
 * in between. What the entity is now stays, in the log too; it goes when it is no longer so. Records that told of it keep
 * their attributes' names. Where what a change needs is not there the result is `{ outcome: 'conflict', version: 0 }`.
 */
export type EvolutionChange =
  | {
      readonly action: 'append'
      /** `either`: makes the evolution where there is none; the result then says `created`. */
      readonly needs: 'present' | 'either'
      /** Added to those that are there. */
      readonly types: readonly Iri[]
      readonly scopes?: readonly string[]
      readonly instances: readonly { readonly attribute: Iri; readonly instance: Instance }[]
    }
  | {
      readonly action: 'replaceInstance'
      readonly attribute: Iri
      readonly instanceId: string
      /** Its createdAt is that of what it replaces, whatever it says; it keeps the instanceId. */
      readonly instance: Instance
    }
  | { readonly action: 'deleteInstance'; readonly attribute: Iri; readonly instanceId: string }
  | {
      readonly action: 'deleteAttribute'
      readonly attribute: Iri
      /** Absent, unless `all`: the default instances. */
      readonly datasetId?: string
      readonly all?: true
    }
  | { readonly action: 'delete' }
  /** What is selected of history and of the log, also of an id that has no history any more. */
  | { readonly action: 'erase'; readonly what: PastSelection }

/** What a store promises about temporal evolution. */
export type EvolutionStore = Pick<Store, 'evolutions' | 'instances' | 'condensed' | 'aggregates' | 'commit'>
