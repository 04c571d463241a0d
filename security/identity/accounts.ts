import type { Micros } from '../../broker/core/model/time.ts'
import { hashPassword, isPasswordHash, verifyPassword } from './password.ts'

/** What policies look at, as the configuration gives it. */
export interface ConfiguredSubject {
  readonly roles?: readonly string[]
  readonly organisation?: string
  readonly city?: string
  readonly purpose?: string
}

/** Somebody who can log in. */
export interface Account extends ConfiguredSubject {
  readonly name: string
  /** Hash as `hashPassword` makes it; absent: no login with a password. */
  readonly password?: string
  /** It logs in with a second factor only. */
  readonly secondFactor?: boolean
  /** A second factor that was set up before is good no more. */
  readonly secondFactorSince?: Micros
}

/** An application or machine that can get tokens. */
export interface ConfiguredClient extends ConfiguredSubject {
  readonly id: string
  /** Hash as `hashPassword` makes it; absent, as the certificate: a public client. */
  readonly secret?: string
  /** DNS name in the certificate that it shows in place of a secret. */
  readonly certificate?: string
  /** Name for people, on the login page. */
  readonly title?: string
  readonly redirectUris?: readonly string[]
  /** Where it is told that somebody has logged out (OpenID Connect Back-Channel Logout). */
  readonly logoutUri?: string
  /** Gets tokens that are bound to a key of its own, by DPoP (RFC 9449), and no others. */
  readonly bound?: boolean
  /** People log it in by entering a code on another device (RFC 8628). */
  readonly device?: boolean
  /** Asks people for consent, and knows them under subjects of its own, without the names of their accounts. */
  readonly thirdParty?: boolean
  /** Other hubs that it may ask, by the audiences of their tokens: in its own name, or in exchange for a user's token. */
  readonly audiences?: readonly string[]
}

/** The accounts of a provider, by name and by the pseudonym that their tokens carry. */
export interface Accounts {
  named(name: string): Account | undefined
  /** Answers the account behind a subject. */
  behind(subject: string): Account | undefined
  subjectOf(account: Account): string
  verify(name: string, password: string): Promise<Account | undefined>
}

/** Nobody is known by the number of a citizen identity card, of 12 digits or the former 9. */
const NATIONAL_ID = /^\D*(?:\d{9}|\d{12})\D*$/

/** Takes in accounts; those without a password get the demo password, where there is one. */
export async function createAccounts(
  accounts: readonly Account[],
  {
    pseudonym,
    demoPassword = '',
  }: { readonly pseudonym: (name: string) => string; readonly demoPassword?: string },
): Promise<Accounts> {
  const demo = demoPassword === '' ? undefined : await hashPassword(demoPassword)
  for (const { name, password } of accounts) {
    if (NATIONAL_ID.test(name))
      throw new Error('Name of an account is a national id: give accounts other names')
    if (password !== undefined && !isPasswordHash(password)) {
      throw new Error(`Password of account ${name} is no hash: make one with hub hash-password`)
    }
  }
  const byName = new Map(accounts.map((account) => [account.name, account]))
  const bySubject = new Map(accounts.map((account) => [pseudonym(account.name), account]))
  return {
    named: (name) => byName.get(name),
    behind: (subject) => bySubject.get(subject),
    subjectOf: ({ name }) => pseudonym(name),
    verify: async (name, password) => {
      const account = byName.get(name)
      const right = await verifyPassword(password, account ? (account.password ?? demo) : undefined)
      return right ? account : undefined
    },
  }
}

/** Answers the claims about a subject that access tokens carry. */
export function tokenClaims(
  subject: ConfiguredSubject,
  name: string,
): Record<string, string | readonly string[]> {
  const { roles = [], organisation, city, purpose } = subject
  return {
    role: roles,
    account: name,
    ...(organisation && { organisation }),
    ...(city && { city }),
    ...(purpose && { purpose }),
  }
}
