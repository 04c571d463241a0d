import type { Audit, Reading } from '../../security/audit/audit.ts'
import { type Disclose, type Disclosure, sumOf } from '../core/view/disclosure.ts'

/** Who has to know of what is shown, and of what is refused. */
export type AnswerAudit = Pick<Audit, 'shown' | 'refused' | 'asks'>

/** What an answer shows, while it is made. */
export interface Disclosures {
  readonly disclose: Disclose
  /** Takes what was put into the answer since it was asked last; undefined: no entities. */
  take(): Shown | undefined
}

/** Entities that are shown, and what of persons; absent: nothing. */
export interface Shown {
  readonly disclosed?: Disclosure
}

/** Begins to take down what an answer shows. */
export function beginDisclosures(): Disclosures {
  let shown: (Disclosure | undefined)[] = []
  return {
    disclose: (each) => {
      shown.push(each)
    },
    take: () => {
      if (shown.length === 0) return undefined
      const disclosed = sumOf(shown)
      shown = []
      return disclosed ? { disclosed } : {}
    },
  }
}

/** Passes pieces on once it is on disk what they show. */
export async function* audited<Piece>(
  pieces: AsyncIterable<Piece>,
  disclosures: Disclosures,
  { audit, reading }: { readonly audit: AnswerAudit; readonly reading: Reading },
): AsyncGenerator<Piece> {
  for await (const piece of pieces) {
    const shown = disclosures.take()
    const waiting = shown && audit.shown({ ...reading, ...shown })
    if (waiting) await waiting
    yield piece
  }
}
