import type { Page } from '../store/port/store.ts'

/** How a query came to its answer: for callers who may know of rows that they do not see. */
export interface Explanation {
  /** The page was remembered, so that nothing was read; absent: pages are not remembered here. */
  cache?: 'hit' | 'miss'
  /** What the store took the candidates from, each once: `entity` is all of them. */
  readonly drivers: string[]
  /** The store's translation said it all: no candidate had to be judged. */
  exact: boolean
  /** Reads of the store, the candidates that they answered, and those that matched on what the caller sees. */
  reads: number
  candidates: number
  matches: number
  /** Copies that other hubs answered. */
  copies?: number
}

/** Makes an explanation of what has not begun yet. */
export function newExplanation(): Explanation {
  return { drivers: [], exact: true, reads: 0, candidates: 0, matches: 0 }
}

/** Notes one read of the store. */
export function noteRead(explanation: Explanation | undefined, { driver, rows }: Page, exact: boolean): void {
  if (!explanation) return
  explanation.reads++
  explanation.candidates += rows.length
  explanation.exact &&= exact
  const name = driver ?? 'unknown'
  if (!explanation.drivers.includes(name)) explanation.drivers.push(name)
}
