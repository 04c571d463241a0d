import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import { openSecrets, sealSecrets } from '../../subscriptions/read-subscription.ts'
import type { StoredSubscription, SubscriptionSecrets } from '../../subscriptions/stored-subscription.ts'
import type { Command } from '../command.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

type Sealing = Pick<SubscriptionDependencies, 'seal' | 'collection' | 'delegationLifetime'>

/** Keeps secrets in a subscription, with the rights that its owner has now and for how long they are lent to it. */
export function sealSubscription(
  { seal, collection, delegationLifetime }: Sealing,
  { caller, tenant }: Command,
  { next, secrets, now }: Sealed,
): StoredSubscription {
  const whole = { ...secrets, delegation: caller.delegation() }
  return {
    ...next,
    delegatedUntil: now + delegationLifetime,
    sealed: sealSecrets(whole, { id: next.id, tenant, collection }, seal),
  }
}

interface Sealed {
  readonly next: Omit<StoredSubscription, 'delegatedUntil' | 'sealed'>
  readonly secrets: Omit<SubscriptionSecrets, 'delegation'>
  readonly now: Micros
}

/** Opens the secrets of a subscription. @throws Problem Conflict when another hub closed them */
export function secretsOf(
  stored: StoredSubscription,
  { tenant }: Command,
  { seal, collection }: Pick<SubscriptionDependencies, 'seal' | 'collection'>,
): SubscriptionSecrets {
  const secrets = openSecrets(stored, { tenant, collection }, seal)
  if (secrets) return secrets
  throw new Problem('Conflict', `Subscription ${stored.id} was sealed by another hub: create it anew`)
}
