import type { Iri } from '../../core/model/iri.ts'
import type { ProblemCode } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { UnitResult } from '../port/store.ts'
import type { RetentionStep } from './history/retention-writer.ts'
import type { RollUpDays } from './history/roll-ups.ts'
import type { PackedUnit } from './packed-unit.ts'
import type { TextRewrite } from './text-rewriter.ts'

/** What the writer thread is told when it starts. */
export interface WriterOptions {
  readonly directory: string
  readonly maxOpenTenants: number
  /** Largest size of one tenant's file; absent: as large as the disk. */
  readonly maxTenantBytes?: number
}

/** What is asked of the writer thread: one message carries the calls of one turn of the event loop. */
export type WriterCall =
  | {
      readonly kind: 'commit'
      readonly call: number
      readonly tenant: Tenant
      readonly units: readonly PackedUnit[]
    }
  | { readonly kind: 'open' | 'create' | 'drop'; readonly call: number; readonly tenant: Tenant }
  | { readonly kind: 'reap'; readonly call: number; readonly tenant: Tenant; readonly now: Micros }
  | { readonly kind: 'rollUp'; readonly call: number; readonly tenant: Tenant; readonly days: RollUpDays }
  | { readonly kind: 'retain'; readonly call: number; readonly tenant: Tenant; readonly step: RetentionStep }
  /** `key`: of one erasure, whose rows are to go; absent: whatever is left of any. */
  | { readonly kind: 'erase'; readonly call: number; readonly tenant: Tenant; readonly key?: number }
  | { readonly kind: 'tidy'; readonly call: number; readonly tenant: Tenant }
  | {
      readonly kind: 'rewrite'
      readonly call: number
      readonly tenant: Tenant
      readonly texts: readonly TextRewrite[]
    }
  | { readonly kind: 'unpack'; readonly call: number; readonly tenant: Tenant; readonly attribute: Iri }
  | { readonly kind: 'close'; readonly call: number }

/** What the writer thread answers to one call. */
export type WriterAnswer =
  | {
      readonly call: number
      readonly results: readonly UnitResult[]
      /** Where a call that was not done with is to go on. */
      readonly next?: number
    }
  | { readonly call: number; readonly problem: WriterProblem }

/** A Problem on its way between threads. */
export interface WriterProblem {
  readonly code: ProblemCode
  readonly text: string
  /** What SQLite said, for the log. */
  readonly reason?: string
}
