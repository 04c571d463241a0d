import type { Audit, Reading } from '../../security/audit/audit.ts'
import type { Disclosures } from '../core/view/begin-disclosures.ts'

/** Who has to know of what is shown, and of what is refused. */
export type AnswerAudit = Pick<Audit, 'shown' | 'showing' | 'refused' | 'asks'>

/** Takes down that the same is shown once more. */
export type ShownAgain = ReturnType<Audit['showing']>

/** Passes pieces on once it is on disk what they show. */
export async function* audited<Piece>(
  pieces: AsyncIterable<Piece>,
  disclosures: Disclosures,
  { audit, reading }: { readonly audit: AnswerAudit; readonly reading: Reading },
): AsyncGenerator<Piece> {
  let continues = false
  for await (const piece of pieces) {
    const shown = disclosures.take()
    const waiting = shown && audit.shown({ ...reading, ...shown, continues })
    if (waiting) await waiting
    continues ||= shown?.datasets !== undefined
    yield piece
  }
}
