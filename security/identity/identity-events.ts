import type { JsonObject } from '../../broker/core/model/json.ts'
import type { Claims } from '../policy/claims.ts'

/** What happened at the provider, for the records: who came, for which application, what was given or taken back. */
export interface IdentityEvent {
  readonly operation:
    | 'identity.signIn'
    | 'identity.signOut'
    | 'identity.secondFactor'
    | 'identity.consent'
    | 'identity.token'
    | 'identity.revoke'
    | 'identity.introspect'
    | 'identity.keys.inForce'
  /** failed: a wrong secret or code; refused: not looked at, or not agreed to. */
  readonly outcome: 'done' | 'failed' | 'refused'
  /** Whom it is about, as tokens tell it; absent: nobody that is known. */
  readonly by?: Claims
  /** Subject here of that account, where the application knows it as another one. */
  readonly behind?: string
  readonly address?: string
  /** How, and how much; never a secret, a name or a token. */
  readonly details?: JsonObject
}

/** Who has to know of what happens at the provider. */
export interface IdentityRecords {
  /**
   * Takes an event down: what was done resolves when it is on disk, attempts that gave nothing are counted.
   * @throws Problem where it cannot be written: then nothing may be given
   */
  note(event: IdentityEvent): Promise<void>
}

/** For a provider whose hub keeps no log. */
export const NO_RECORDS: IdentityRecords = { note: () => Promise.resolve() }

/** What an event says of where its request came from. */
export function addressOf(request: {
  readonly socket: { readonly remoteAddress?: string | undefined }
}): Pick<IdentityEvent, 'address'> {
  const { remoteAddress } = request.socket
  return remoteAddress === undefined ? {} : { address: remoteAddress }
}
