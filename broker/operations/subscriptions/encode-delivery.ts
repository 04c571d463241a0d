import type { JsonObject } from '../../core/model/json.ts'
import { formatDateTime, type Micros } from '../../core/model/time.ts'
import { openSecrets } from '../../subscriptions/read-subscription.ts'
import type { StoredSubscription } from '../../subscriptions/stored-subscription.ts'
import type { DeliveryOptions } from '../../subscriptions/subscription.ts'
import type { SubscriptionAttempt, SubscriptionState } from '../../subscriptions/subscription-registry.ts'
import type { Command } from '../command.ts'
import { HIDDEN } from '../credentials.ts'
import { encodeSubscription, type SubscriptionView } from './encode-subscription.ts'
import { seenSubscription } from './seen-subscription.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

/** Writes a subscription as the standard has it, and in the member `delivery` how its notifications are delivered. */
export async function encodeDelivery(
  dependencies: Pick<SubscriptionDependencies, 'registry' | 'seal' | 'collection'>,
  command: Pick<Command, 'caller' | 'tenant'>,
  { stored, view }: { readonly stored: StoredSubscription; readonly view: SubscriptionView },
): Promise<JsonObject & { readonly delivery: JsonObject }> {
  const { registry, seal, collection } = dependencies
  const { tenant } = command
  const state = await registry.state(tenant, stored.id)
  const secrets = openSecrets(stored, { tenant, collection }, seal)
  return {
    ...encodeSubscription(seenSubscription(dependencies, command, stored), state, view),
    delivery: {
      ...encodeQueue(state),
      delegatedUntil: formatDateTime(stored.delegatedUntil),
      options: secrets ? shownOptions(secrets.delivery) : {},
    },
  }
}

/** Writes what became of one attempt. */
export function encodeAttempt({ at, ...attempt }: SubscriptionAttempt): JsonObject {
  return { at: formatDateTime(at), ...attempt }
}

function encodeQueue({ waiting, behind, dropped, breaker, retryAt }: SubscriptionState): JsonObject {
  return { waiting, behind, dropped, breaker, ...time('retryAt', retryAt) }
}

/** Certificates are public, keys are not. */
function shownOptions({ signingSecret, certificateKey, ...rest }: DeliveryOptions): JsonObject {
  return {
    ...rest,
    ...(signingSecret !== undefined && { signingSecret: HIDDEN }),
    ...(certificateKey !== undefined && { certificateKey: HIDDEN }),
  }
}

function time(name: string, at: Micros | undefined): JsonObject {
  return at === undefined ? {} : { [name]: formatDateTime(at) }
}
