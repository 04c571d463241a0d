import type { Micros } from '../core/model/time.ts'

/** Who supplied one attribute instance of an answer, when, and how old it is. */
export interface Supply {
  /** The attribute in the terms of the answer. */
  readonly name: string
  readonly datasetId?: string
  /** The source as warnings name it; this hub by its pseudonym. */
  readonly source: string
  /** When the source answered, or this hub read it: earlier than the request for an answer that was kept. */
  readonly answeredAt: Micros
  readonly observedAt?: Micros
  readonly modifiedAt?: Micros
}

/** Who supplied what the caller sees of the entities of an answer, by their ids. */
export type Provenance = Map<string, readonly Supply[]>
