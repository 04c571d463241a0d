import { randomUUID } from 'node:crypto'

/** One line about a finished request: no body, no token, no query text, no personal data. */
export interface AccessRecord {
  readonly requestId: string
  readonly method: string
  /** The route's pattern, never the path with its ids. */
  readonly route: string
  readonly status: number
  readonly milliseconds: number
  /** Keyed pseudonym of the caller. */
  readonly caller?: string
}

/** Answers the milliseconds since `started` of `performance.now()`, to the microsecond: more digits would be rounding. */
export function millisecondsSince(started: number): number {
  return Math.round((performance.now() - started) * 1000) / 1000
}

/** Answers the id of a request: the one that it brings where that is a short plain text, else a new one. */
export function requestIdOf(sent: string | readonly string[] | undefined): string {
  return typeof sent === 'string' && /^[A-Za-z0-9._-]{8,64}$/.test(sent) ? sent : randomUUID()
}
