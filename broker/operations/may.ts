import type { Action, Caller, Target } from '../core/model/caller.ts'
import { Problem } from '../core/model/problem.ts'
import type { Tenant } from '../core/model/tenant.ts'

/** Tells whether a caller may read one thing; in lists, others are passed over as if they were not there. */
export function mayRead(caller: Caller, tenant: Tenant, target: Target): boolean {
  return may(caller, 'read', tenant, target)
}

/**
 * Tells whether a caller may do something to one thing; a target that says less stands for any of its kind that there could
 * be.
 */
export function may(caller: Caller, action: Action, tenant: Tenant, target: Target): boolean {
  try {
    caller.check(action, tenant, target)
    return true
  } catch (error) {
    if (error instanceof Problem) return false
    throw error
  }
}
