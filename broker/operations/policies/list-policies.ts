import type { Command } from '../command.ts'
import type { PoliciesInForce, PolicyVersion, RefusedPolicies } from './policies-in-force.ts'

/** What is told of the policies. */
export interface ListedPolicies {
  readonly versions: readonly PolicyVersion[]
  readonly refused?: RefusedPolicies
}

/** Answers which rules are in force, and which were before. @throws Problem Forbidden */
export const listPolicies =
  ({ policies }: { readonly policies: PoliciesInForce }) =>
  ({ caller, tenant }: Pick<Command, 'caller' | 'tenant'>): ListedPolicies => {
    caller.check('read', tenant, { resource: 'policy' })
    const refused = policies.refused()
    return { versions: policies.versions(), ...(refused && { refused }) }
  }
