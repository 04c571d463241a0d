import type { SourceFailure } from '../forward/exchange.ts'

/** What kinds of failure of sources are told apart. */
export const FAILURE_KINDS = ['timeout', 'unreachable', 'error', 'refused', 'invalid', 'other'] as const

/**
 * timeout: no answer in time; unreachable: no connection, or one that broke; error: it says that it is in trouble;
 * refused: any other status; invalid: an answer that cannot be used; other: it was not asked, or did not come to an end.
 */
export type FailureKind = (typeof FAILURE_KINDS)[number]

/** Tells of which kind a failure is. */
export function failureKind({ code, tired, late }: SourceFailure): FailureKind {
  if (late) return 'timeout'
  switch (code) {
    case 110:
    case 111:
      return 'invalid'
    case 199:
      return tired ? 'unreachable' : 'other'
    case 299:
      return tired ? 'error' : 'refused'
  }
}

/** Tells whether the source was heard of all the same. */
export function wasHeard(kind: FailureKind): boolean {
  return kind === 'error' || kind === 'refused' || kind === 'invalid'
}
