import type { JsonObject } from '../../core/model/json.ts'
import { type Micros, parseDateTime } from '../../core/model/time.ts'

export type SubscriptionStatus = 'active' | 'paused' | 'expired'

/** How a subscription stands (CIM 009 v1.9.1, 5.2.12-2): expired goes before paused. */
export function statusAt({ isActive, expiresAt }: JsonObject, now: Micros): SubscriptionStatus {
  const end = typeof expiresAt === 'string' ? parseDateTime(expiresAt) : undefined
  if (end !== undefined && end <= now) return 'expired'
  return isActive === false ? 'paused' : 'active'
}

/** Who gives an expired subscription a new end alone wants it to go on, paused or not (CIM 009 v1.9.1, 5.8.2.4). */
export function revived(next: JsonObject, fragment: JsonObject, before: SubscriptionStatus): JsonObject {
  if (before !== 'expired' || fragment.expiresAt === undefined || fragment.isActive !== undefined) return next
  const { isActive: _, ...others } = next
  return others
}
