import type { Revocation, Revocations } from '../../../security/tokens/revocations.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Command } from '../command.ts'

export interface RevokeDependencies {
  /** Absent without access control. */
  readonly revocations?: Pick<Revocations, 'revoke'>
}

/** Takes tokens back before they end; at once for what they began too. @throws Problem Forbidden */
export const revokeTokens =
  ({ revocations }: RevokeDependencies) =>
  async ({ caller, tenant, ...revocation }: RevokeTokens): Promise<void> => {
    caller.check('create', tenant, { resource: 'revocation' })
    if (!revocations)
      throw new Problem('NotImplemented', 'Hub without access control has no tokens that it could revoke')
    await revocations.revoke(revocation)
  }

export type RevokeTokens = Pick<Command, 'caller' | 'tenant'> & Revocation
