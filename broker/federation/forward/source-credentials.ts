import type { EgressTls } from '../../../security/egress/egress.ts'
import type { Caller } from '../../core/model/caller.ts'
import type { Registration } from '../registry/registration.ts'

/** What shows a source who asks, and for whom. */
export interface SourceCredentials {
  readonly headers?: Readonly<Record<string, string>>
  readonly tls?: EgressTls
  /** Nobody vouches for the source: it does not get the tokens of this hub's callers either. */
  readonly foreign?: true
  /** Answers other headers, after the source refused these; undefined: there are none. @throws Error */
  readonly renew?: () => Promise<Readonly<Record<string, string>> | undefined>
}

/**
 * Answers with which credentials a source is asked. `inPerson`: for what this hub itself should have no right to there; a
 * caller whose token has ended is vouched for, where somebody here can. @throws Error when they cannot be had
 */
export type CredentialsOf = (
  caller: Caller,
  registration: Pick<Registration, 'endpoint'> & { readonly inPerson?: true },
) => Promise<SourceCredentials>
