import { Problem } from '../core/model/problem.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Attempt } from './deliver/message.ts'
import type { Subscription } from './subscription.ts'
import type { SubscriptionsOptions } from './subscriptions-options.ts'

/** What subscriptions are tried out with. */
export interface TrialDependencies
  extends Pick<SubscriptionsOptions, 'clock' | 'name' | 'subject' | 'sender'> {
  /** Answers a subscription as the hub works with it; undefined: there is none. */
  readonly find: (tenant: Tenant, id: string) => Promise<Subscription | undefined>
}

const NO_RIGHTS: Attempt = {
  delivered: false,
  reason: 'Subscriber may not read anything now',
  milliseconds: 0,
}

/**
 * Makes what sends one notification of a subscription as a trial, past all queues. @throws Problem TooManyRequests while
 * another trial of the same owner is under way
 */
export function createTrials({
  clock,
  name,
  subject,
  sender,
  find,
}: TrialDependencies): (tenant: Tenant, id: string) => Promise<Attempt> {
  /** Owners of which a trial is under way. */
  const trying = new Set<string>()

  return async (tenant, id) => {
    const subscription = await find(tenant, id)
    if (!subscription) return NO_RIGHTS
    const owner = `${tenant} ${subscription.owner}`
    if (trying.has(owner))
      throw new Problem('TooManyRequests', 'Another trial of the same owner is under way')
    trying.add(owner)
    try {
      const at = clock()
      const trial = name({ tenant, subscriptionId: subscription.id, since: at, position: at })
      const message = await subject.composeSample({ tenant, subscription }, trial)
      return message ? await sender.send(message) : NO_RIGHTS
    } finally {
      trying.delete(owner)
    }
  }
}
