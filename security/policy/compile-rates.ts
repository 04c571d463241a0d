import type { RequestRate } from '../../broker/core/model/caller.ts'
import type { Tenant } from '../../broker/core/model/tenant.ts'
import { applicableRules } from './applicable-rules.ts'
import type { Claims } from './claims.ts'
import type { PolicySet } from './rule.ts'

/** Answers how often the rules that speak of a caller let it ask, whatever it asks for: each of them holds. */
export function compileRates(policies: PolicySet, claims: Claims, tenant: Tenant): readonly RequestRate[] {
  return applicableRules(policies, claims, tenant).flatMap(({ id, obligations }): readonly RequestRate[] =>
    obligations?.limit ? [{ id: `rule ${id}`, kind: 'policy', ...obligations.limit }] : [],
  )
}
