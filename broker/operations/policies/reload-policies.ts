import type { Audit } from '../../../security/audit/audit.ts'
import type { Command } from '../command.ts'
import type { PoliciesInForce, PolicyVersion } from './policies-in-force.ts'

/** Reads the policy files again. @throws Problem Forbidden, Conflict with what is wrong with them */
export const reloadPolicies =
  ({ policies, audit }: { readonly policies: PoliciesInForce; readonly audit?: Pick<Audit, 'record'> }) =>
  async ({
    caller,
    tenant,
    origin: { requestId },
  }: Pick<Command, 'caller' | 'tenant' | 'origin'>): Promise<PolicyVersion> => {
    caller.check('update', tenant, { resource: 'policy' })
    await audit?.record({
      ...{ operation: 'policies.reload', outcome: 'done', by: caller, tenant },
      ...(requestId !== undefined && { requestId }),
    })
    return policies.reload('request')
  }
