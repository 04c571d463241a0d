import type { Caller, Target } from '../../core/model/caller.ts'
import type { LogRecord } from '../../core/model/change.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Disclose, Disclosure } from '../../core/view/disclosure.ts'
import type { Terms } from '../../subscriptions/index/terms.ts'

/** What is written when it is its turn: nothing, when it is not to be told after all, or why nothing follows. */
export interface LaterTold {
  /** Members of a JSON object, without braces. */
  readonly text?: string
  readonly reason?: string
  /** What the text shows of persons. */
  readonly disclosed?: Disclosure
  /** How many entities of each type it is of, or the types of one. */
  readonly of?: Parameters<Disclose>[1]
}

/** What a record is told as: written already, or to be written; undefined: it is none of the caller's business. */
export type ToldRecord = ToldText | (() => Promise<LaterTold>) | undefined

/** What is written already: members of a JSON object, without braces. */
export type ToldText = LaterTold & { readonly text: string }

/** What a stream tells, whoever listens. */
export interface Telling {
  /** What its caller has to be allowed to read, as long as it listens. */
  readonly targets: readonly Target[]
  readonly needsGeometry?: true
  /** Begins to tell somebody, with the rights that it has now. */
  begin(listener: { readonly tenant: Tenant; readonly caller: Caller }): {
    readonly terms: readonly Terms[]
    readonly tell: (record: LogRecord) => ToldRecord
  }
}
