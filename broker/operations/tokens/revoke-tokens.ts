import type { Audit } from '../../../security/audit/audit.ts'
import type { Revocation, Revocations } from '../../../security/tokens/revocations.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Command } from '../command.ts'

export interface RevokeDependencies {
  /** Absent without access control. */
  readonly revocations?: Pick<Revocations, 'revoke'>
  /** Absent: this hub keeps no audit log. */
  readonly audit?: Pick<Audit, 'record'> | undefined
}

/** Takes tokens back before they end; at once for what they began too. It is on record who did. @throws Problem Forbidden */
export const revokeTokens =
  ({ revocations, audit }: RevokeDependencies) =>
  async ({ caller, tenant, origin, ...revocation }: RevokeTokens): Promise<void> => {
    caller.check('create', tenant, { resource: 'revocation' })
    if (!revocations)
      throw new Problem('ResourceNotFound', 'Hub without access control has no tokens to take back')
    await revocations.revoke(revocation)
    const { kind, issuer } = revocation
    const { requestId } = origin
    await audit?.record({
      operation: 'tokens.revoke',
      outcome: 'done',
      by: caller,
      tenant,
      ...(requestId !== undefined && { requestId }),
      details: { kind, issuer },
    })
  }

export type RevokeTokens = Pick<Command, 'caller' | 'tenant' | 'origin'> & Revocation
