import type { Command } from '../command.ts'
import type { PoliciesInForce, PolicyVersion } from './policies-in-force.ts'

/** Reads the policy files again. @throws Problem Forbidden, Conflict with what is wrong with them */
export const reloadPolicies =
  ({ policies }: { readonly policies: PoliciesInForce }) =>
  ({ caller, tenant }: Pick<Command, 'caller' | 'tenant'>): Promise<PolicyVersion> => {
    caller.check('update', tenant, { resource: 'policy' })
    return policies.reload('request')
  }
