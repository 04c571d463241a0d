import type { GuardOptions } from '../../../security/egress/guard.ts'
import type { Attempt, Message } from './message.ts'

/** What the thread is started with. */
export interface SenderThreadData {
  readonly egress: GuardOptions
}

/** One message for the thread, numbered; `close`: it ends. */
export type SenderCall = { readonly call: number; readonly message: Message } | 'close'

/** What became of the message of a call. */
export interface SenderAnswer {
  readonly call: number
  readonly attempt: Attempt
}
