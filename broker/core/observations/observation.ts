import type { Iri } from '../model/iri.ts'
import type { Problem } from '../model/problem.ts'
import type { HistoricInstance } from '../temporal/history-instances.ts'

/** What one line of a file tells of an entity in the past. */
export interface Observation {
  readonly id: string
  readonly types: readonly Iri[]
  readonly scopes?: readonly string[]
  readonly instances: readonly HistoricInstance[]
}

/** Lines that came together, and so many bytes of what came. */
export interface ObservedLines {
  readonly lines: readonly ObservedLine[]
  readonly bytes: number
}

/** A line with what it tells, or why it tells nothing. */
export type ObservedLine = ToldLine | RefusedLine

export interface ToldLine extends NumberedLine {
  readonly observation: Observation
}

export interface RefusedLine extends NumberedLine {
  readonly problem: Problem
}

interface NumberedLine {
  /** From 1. */
  readonly number: number
  /** The last of those that it takes. */
  readonly last: number
}
