import { Problem } from '../../core/model/problem.ts'
import type { Waiting } from './lane.ts'
import type { Attempt, Message, Sender } from './message.ts'

/** What became of one try. */
export type Outcome =
  | { readonly kind: 'sent'; readonly attempt: Attempt }
  | { readonly kind: 'unwritten'; readonly attempt: Attempt }
  /** Nothing is due any more. */
  | { readonly kind: 'undue' }
  | { readonly kind: 'called-off' }

/** Writes a message and sends it, unless it is called off meanwhile; never rejects. */
export async function attemptDelivery(
  sender: Sender,
  waiting: Waiting,
  isCalledOff: () => boolean,
): Promise<Outcome> {
  let message: Message | undefined
  try {
    message = await waiting.delivery.compose()
  } catch (error) {
    return {
      kind: 'unwritten',
      attempt: { delivered: false, reason: unwrittenReason(error), milliseconds: 0 },
    }
  }
  if (!message) return { kind: 'undue' }
  return isCalledOff() ? { kind: 'called-off' } : { kind: 'sent', attempt: await sender.send(message) }
}

/** Only the texts of problems are known to hold nothing personal. */
function unwrittenReason(error: unknown): string {
  const text = 'Notification cannot be written'
  return error instanceof Problem ? `${text}: ${error.message}` : text
}
