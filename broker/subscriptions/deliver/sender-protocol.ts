import type { GuardOptions } from '../../../security/egress/guard.ts'
import type { Attempt, Message } from './message.ts'

/** What the thread is started with. */
export interface SenderThreadData {
  readonly egress: GuardOptions
}

/** One message for the thread, numbered; a kind of message: such ones will come; `close`: it ends. */
export type SenderCall = { readonly call: number; readonly message: Message } | Message['kind'] | 'close'

/** What became of the message of a call. */
export interface SenderAnswer {
  readonly call: number
  readonly attempt: Attempt
}
