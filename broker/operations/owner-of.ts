import { createHash } from 'node:crypto'
import type { Caller } from '../core/model/caller.ts'
import { type Tenant, visibleTenant } from '../core/model/tenant.ts'

/**
 * Names who owns what was selected with a caller's rights: this caller, as long as it sees the same. Which entities
 * were selected tells of what the selector saw, so nobody else may learn it, nor the same person with other rights.
 */
export function ownerOf(caller: Caller, tenant: Tenant): string {
  const parts = [caller.key, caller.view(visibleTenant(tenant)).id]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}
