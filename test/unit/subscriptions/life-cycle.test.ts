import { expect } from 'chai'
import fc from 'fast-check'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { formatDateTime, type Micros, parseDateTime } from '../../../broker/core/model/time.ts'
import { decodeSubscription } from '../../../broker/operations/subscriptions/decode-subscription.ts'
import { type SubscriptionStatus, statusAt } from '../../../broker/operations/subscriptions/life-cycle.ts'
import { overlaySubscription } from '../../../broker/operations/subscriptions/overlay-subscription.ts'
import type { StoredSubscription } from '../../../broker/subscriptions/stored-subscription.ts'
import { table } from '../query/builders.ts'

const START = parseDateTime('2026-01-01T00:00:00Z') ?? 0
const SECOND: Micros = 1_000_000

/** What happens: time goes by, and then perhaps an update. */
interface Step {
  readonly wait: number
  readonly isActive?: boolean
  /** Seconds from then. */
  readonly ends?: number
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record(
    { wait: fc.integer({ min: 0, max: 5 }), isActive: fc.boolean(), ends: fc.integer({ min: 1, max: 6 }) },
    { requiredKeys: ['wait'] },
  ),
  { maxLength: 30 },
)

/** The rules of 5.8.2.4 as they are written there, on the status and nothing else. */
function ruled(before: SubscriptionStatus, { isActive, ends }: Step): SubscriptionStatus {
  if (isActive === true) return ends === undefined && before === 'expired' ? before : 'active'
  if (isActive === false) return ends === undefined && before === 'expired' ? before : 'paused'
  return ends !== undefined && before === 'expired' ? 'active' : before
}

describe('5.8.2.4 life cycle of a subscription', () => {
  it('is what the rules say after any updates at any times, and begins anew only when it is made active', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (all, isActive) => {
        let now = START
        let stored = subscription({ isActive })
        let status: SubscriptionStatus = isActive ? 'active' : 'paused'
        let end = Number.POSITIVE_INFINITY
        for (const step of all) {
          now += step.wait * SECOND
          if (end <= now) status = 'expired'
          expect(statusAt(stored.members, now)).to.equal(status)
          const before = { since: stored.since, status }
          stored = updated(stored, step, now)
          status = ruled(status, step)
          if (step.ends !== undefined) end = now + step.ends * SECOND
          expect(statusAt(stored.members, now)).to.equal(status)
          const begins = before.status !== 'active' && status === 'active'
          expect(stored.since).to.equal(begins ? now : before.since)
        }
      }),
    )
  })
})

function subscription(members: JsonObject): StoredSubscription {
  const body = {
    type: 'Subscription',
    entities: [{ type: 'Bus' }],
    notification: { endpoint: { uri: 'http://receiver.example/' } },
    ...members,
  }
  const times = { createdAt: START, modifiedAt: START, since: START, delegatedUntil: START }
  return {
    id: 'urn:s:1',
    owner: 'ash',
    ...times,
    ...decodeSubscription(body, { table, collection: 'subscription', now: START }),
    sealed: '',
  }
}

function updated(current: StoredSubscription, { isActive, ends }: Step, now: Micros): StoredSubscription {
  const body = {
    ...(isActive !== undefined && { isActive }),
    ...(ends !== undefined && { expiresAt: formatDateTime(now + ends * SECOND) }),
  }
  return overlaySubscription(
    current,
    decodeSubscription(body, { table, collection: 'subscription', now, current }),
    now,
  )
}
