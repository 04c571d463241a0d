import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { openSecrets } from '../../subscriptions/read-subscription.ts'
import type { StoredSubscription } from '../../subscriptions/stored-subscription.ts'
import type { Command } from '../command.ts'
import { ownUri } from './check-endpoint.ts'
import { isOwner } from './keep-subscription.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

/** Answers a subscription as a caller may read it: only its owner reads more of the endpoint than which server it is. */
export function seenSubscription(
  { seal, collection }: Pick<SubscriptionDependencies, 'seal' | 'collection'>,
  { caller, tenant }: Pick<Command, 'caller' | 'tenant'>,
  stored: StoredSubscription,
): StoredSubscription {
  const secrets = isOwner(caller, stored) ? openSecrets(stored, { tenant, collection }, seal) : undefined
  if (!secrets) return stored
  const notification = objectOf(stored.members.notification)
  const endpoint = { ...objectOf(notification.endpoint), uri: ownUri(secrets.uri) }
  return { ...stored, members: { ...stored.members, notification: { ...notification, endpoint } } }
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}
