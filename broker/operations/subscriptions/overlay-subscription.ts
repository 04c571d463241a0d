import type { JsonObject } from '../../core/model/json.ts'
import type { Micros } from '../../core/model/time.ts'
import type { ParsedMembers, StoredSubscription } from '../../subscriptions/stored-subscription.ts'
import { checkSubscription } from './check-subscription.ts'
import type { SubscriptionFragment } from './decode-subscription.ts'
import { revived, statusAt } from './life-cycle.ts'

/** Replaces and removes members of a subscription, and says how it stands after that (CIM 009 v1.9.1, 5.5.8, 5.8.2.4). @throws Problem */
export function overlaySubscription(
  current: StoredSubscription,
  fragment: SubscriptionFragment,
  now: Micros,
): StoredSubscription {
  const { id: _, ...given } = fragment.members
  const gone = new Set([...fragment.removed, ...Object.keys(given)])
  const before = statusAt(current.members, now)
  const members = revived({ ...without(current.members, gone), ...given }, given, before)
  const parsed = { ...without(current.parsed, gone), ...fragment.parsed }
  checkSubscription({ members, parsed })
  const starts = before !== 'active' && statusAt(members, now) === 'active'
  const { defaultContext, ...kept } = current
  const asksForNone = fragment.removed.includes('jsonldContext')
  const isDefault = asksForNone || (defaultContext && given.jsonldContext === undefined)
  return {
    ...kept,
    ...{ members, parsed, modifiedAt: now },
    ...(isDefault && { defaultContext: true }),
    ...(starts && { since: now }),
  }
}

function without<T extends JsonObject | ParsedMembers>(object: T, names: ReadonlySet<string>): T {
  const kept = Object.entries(object).filter(([name]) => !names.has(name))
  return Object.fromEntries(kept) as T // whose members may all be absent
}
