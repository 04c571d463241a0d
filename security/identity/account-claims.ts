import type { Claims } from '../policy/claims.ts'
import { claimsOf } from '../tokens/claims-of.ts'
import { type Accounts, tokenClaims } from './accounts.ts'

/** Answers what tokens of an account would say of it now; undefined: there is none with this subject. */
export function accountClaims(
  { accounts, issuer }: { readonly accounts: Accounts; readonly issuer: string },
  { subject, client, acr }: { readonly subject: string; readonly client?: string; readonly acr?: string },
): Claims | undefined {
  const account = accounts.behind(subject)
  if (!account) return undefined
  const more = { ...(client !== undefined && { client_id: client }), ...(acr !== undefined && { acr }) }
  return claimsOf({ ...tokenClaims(account, account.name), sub: subject, ...more }, { issuer })
}
