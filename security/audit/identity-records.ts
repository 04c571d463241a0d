import { createHmac } from 'node:crypto'
import type { Caller } from '../../broker/core/model/caller.ts'
import { networkOf } from '../../broker/core/model/network-of.ts'
import type { IdentityRecords } from '../identity/identity-events.ts'
import type { Claims } from '../policy/claims.ts'
import type { Audit } from './audit.ts'

/** What the records of the provider are made with. */
export interface IdentityRecordParts {
  readonly audit: Pick<Audit, 'record' | 'attempted'>
  readonly issuer: string
  /** Key of the pseudonyms of callers. */
  readonly key: Uint8Array
  readonly withClaims: (claims: Claims) => Caller
}

const ADDRESS_HEX_DIGITS = 12

/** Takes down what happens at the provider, about the same pseudonyms that reads are on record under. */
export function identityRecords({ audit, issuer, key, withClaims }: IdentityRecordParts): IdentityRecords {
  const pseudonym = (address: string): string =>
    createHmac('sha256', key)
      .update(JSON.stringify(['address', networkOf(address)]))
      .digest('hex')
      .slice(0, ADDRESS_HEX_DIGITS)
  const account = (subject: string): string =>
    withClaims({ subject, issuer, roles: [], anonymous: false }).key
  return {
    note: async ({ operation, outcome, by, behind, address, details }) => {
      const more = {
        ...details,
        ...(behind !== undefined && { account: account(behind) }),
        ...(address !== undefined && { from: pseudonym(address) }),
      }
      const action = {
        kind: 'identity',
        operation,
        outcome,
        ...(by && { by: withClaims(by) }),
        details: more,
      } as const
      if (outcome === 'done') await audit.record(action)
      else audit.attempted(action)
    },
  }
}
