import type { Caller, Target } from '../core/model/caller.ts'
import { Problem } from '../core/model/problem.ts'
import type { Tenant } from '../core/model/tenant.ts'

/** Tells whether a caller may read one thing; in lists, others are passed over as if they were not there. */
export function mayRead(caller: Caller, tenant: Tenant, target: Target): boolean {
  try {
    caller.check('read', tenant, target)
    return true
  } catch (error) {
    if (error instanceof Problem) return false
    throw error
  }
}
