import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JSONWebKeySet } from 'jose'
import type { Micros } from '../../broker/core/model/time.ts'
import type { Store } from '../../broker/store/port/store.ts'
import type { Egress } from '../egress/egress.ts'
import type { Claims } from '../policy/claims.ts'
import type { Account, ConfiguredClient, ConfiguredSubject } from './accounts.ts'
import type { IdentityRecords } from './identity-events.ts'
import type { Lifetimes } from './lifetimes.ts'
import type { Revocations } from './own-tokens.ts'

/** What the built-in provider is made of. */
export interface IdentityProviderOptions {
  /** URL under which the provider is mounted, such as `http://127.0.0.1:1026/oidc`. */
  readonly issuer: string
  /** How authenticators of people call the provider. */
  readonly name: string
  readonly store: Store
  readonly accounts: readonly Account[]
  readonly clients: readonly ConfiguredClient[]
  /** Audience of the access tokens. */
  readonly resource: string
  /** URLs by which clients may ask for the same tokens (RFC 8707); default: none. */
  readonly resourceUrls?: readonly string[]
  /** Offers tokens of accounts to callers on loopback without a password. */
  readonly demoGrant?: boolean
  /** Password of the accounts that have none of their own; for demonstrations only. */
  readonly demoPassword?: string
  /** The hub's own secret: seals what the provider keeps. */
  readonly secret: Uint8Array
  /** After so many days the next key signs. */
  readonly keyDays: number
  readonly lifetimes: Lifetimes
  /** Where applications are told of logouts through. */
  readonly egress: Egress
  /** Hears of every token and grant that is taken back; absent: access tokens are good until they end. */
  readonly revocations?: Revocations
  /** Answers the claims of a token that this hub takes, which can be exchanged then. @throws Problem */
  readonly verify: (token: string) => Promise<Claims>
  readonly clock: () => Micros
  /** Has on record what happens before it is answered; absent: nobody has. */
  readonly records?: IdentityRecords
  readonly log?: (record: { readonly err: unknown }, text: string) => void
}

/** A key whose public half is published. */
export interface PublishedKey {
  readonly id: string
  readonly use: 'signs' | 'next' | 'former'
  /** Since when it signs. */
  readonly since?: Micros
  /** Until when it is published, after it signed. */
  readonly until?: Micros
}

/** An OpenID Connect provider, to be mounted under the path of its issuer. */
export interface IdentityProvider {
  readonly issuer: string
  /** Answers a request whose URL has the mount path stripped and is kept whole in `originalUrl`. */
  callback(request: IncomingMessage, response: ServerResponse): void
  /** Public keys of its tokens. */
  keys(): JSONWebKeySet
  /** Answers the keys that are published, the one that signs first. */
  publishedKeys(): readonly PublishedKey[]
  /** Lets the next key sign now; `withdraw`: takes back all present keys, with every token that they signed. */
  rotateKeys(how: { readonly withdraw: boolean }): Promise<void>
  /** Takes over the keys that another process over the same store lets sign, and takes back none but those. */
  loadKeys(): Promise<void>
  /** Answers a token with which a client acts for an account at another hub; undefined: the account is gone. */
  issueFor(whom: {
    readonly subject: string
    readonly actor: string
    readonly audience: string
  }): Promise<string | undefined>
  /** Answers the account or the client that a token was for, as it is configured now; undefined: it is gone. */
  behind(token: { readonly subject: string; readonly client?: string }): ConfiguredSubject | undefined
}

/** Opens the built-in OpenID Connect provider (loads oidc-provider only now). @throws Error for unusable settings */
export async function createIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const { buildProvider } = await import('./build-provider.ts')
  return buildProvider(options)
}
