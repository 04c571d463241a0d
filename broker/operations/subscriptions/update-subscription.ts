import type { TermTable } from '../../core/context/term-table.ts'
import { isJsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { StoredSubscription, SubscriptionSecrets } from '../../subscriptions/stored-subscription.ts'
import { checkCarriage } from './check-carriage.ts'
import { checkServed } from './check-delivery.ts'
import type { EndpointSecrets } from './check-endpoint.ts'
import { decodeSubscription, type SubscriptionFragment } from './decode-subscription.ts'
import {
  checkSubscriptionRight,
  type DecideSubscription,
  findSubscription,
  isOwner,
  keepSubscription,
  type OfSubscription,
} from './keep-subscription.ts'
import { overlaySubscription } from './overlay-subscription.ts'
import { sealSubscription, secretsOf } from './seal-subscription.ts'
import { keepSubscribedContext, subscribedContext } from './subscribed-context.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

export interface UpdateSubscription extends OfSubscription {
  readonly body: JsonValue | undefined
  readonly table: TermTable
}

/** Update Subscription (CIM 009 v1.9.1, 5.8.2): replaces the given members, null removes. @throws Problem */
export const updateSubscription =
  (dependencies: SubscriptionDependencies) =>
  async (command: UpdateSubscription): Promise<void> => {
    const { caller, tenant, id, body } = command
    caller.check('update', tenant, { resource: 'subscription', id })
    const decide = decideUpdate(dependencies, command)
    if (isJsonObject(body)) {
      // nothing is kept for an update that is refused
      const next = decide(await findSubscription(dependencies, command, 'update'), dependencies.clock())
      if (next && TELLING.some((member) => body[member] !== undefined))
        await checkTold(dependencies, command, next)
      if (body.jsonldContext !== undefined) await keepSubscribedContext(dependencies, body, command)
    }
    await keepSubscription(dependencies, command, decide)
  }

/** Members that say what is told, and where to. */
const TELLING = ['entities', 'notification']

/** What a subscription tells after an update has to be fit to travel where it is sent then. @throws Problem Forbidden */
async function checkTold(
  dependencies: SubscriptionDependencies,
  command: UpdateSubscription,
  next: StoredSubscription,
): Promise<void> {
  if (dependencies.collection !== 'subscription') return
  const { uri } = secretsOf(next, command, dependencies)
  await checkCarriage(dependencies, command, { uri, parsed: next.parsed })
}

function decideUpdate(
  dependencies: SubscriptionDependencies,
  { body, table, ...command }: UpdateSubscription,
): DecideSubscription {
  const { caller, tenant, id } = command
  const { collection } = dependencies
  // a context that is taken away is replaced by that of the request, as if the subscription was created now
  const asksForContext = isJsonObject(body) && body.jsonldContext !== undefined
  const context = asksForContext && { jsonldContext: subscribedContext(body, table) }
  return (stored, now) => {
    const current = checkSubscriptionRight(command, 'update', stored)
    const decoded = decodeSubscription(body, { table, now, current, collection })
    const fragment = { ...decoded, members: { ...decoded.members, ...context } }
    checkIdentity(fragment, id)
    const next = overlaySubscription(current, fragment, now)
    if (!isOwner(caller, current)) {
      refuseOthers(fragment)
      return next
    }
    const secrets = moved(secretsOf(current, command, dependencies), fragment.endpoint)
    checkServed(secrets.delivery, { uri: secrets.uri, tenant }, dependencies)
    return sealSubscription(dependencies, command, { next, secrets, now })
  }
}

function checkIdentity({ members, removed }: SubscriptionFragment, id: string): void {
  if (members.id !== undefined && members.id !== id)
    throw badRequestData('Subscription id of the body is not the one of the path')
  if (removed.includes('id')) throw badRequestData('Subscription id cannot be removed')
}

/** A subscription sees with the rights of its owner: nobody else may say what it sends, or where to. @throws Problem Forbidden */
function refuseOthers({ members, removed }: SubscriptionFragment): void {
  const changed = [...Object.keys(members), ...removed]
  if (changed.every((name) => ['id', 'type', 'isActive', 'expiresAt'].includes(name))) return
  throw new Problem(
    'Forbidden',
    'Only the owner of a subscription may change more of it than isActive and expiresAt',
  )
}

/** Keys of the delivery were given for one server: they do not follow the endpoint to another one. @throws Problem BadRequestData */
function moved(secrets: SubscriptionSecrets, endpoint: EndpointSecrets | undefined): SubscriptionSecrets {
  if (!endpoint) return secrets
  const { signingSecret, certificateKey } = secrets.delivery
  const keyed = signingSecret !== undefined || certificateKey !== undefined
  if (keyed && !isSameServer(endpoint.uri, secrets.uri))
    throw badRequestData('Subscription keeps keys of its endpoint: take them out of its delivery first')
  return { ...secrets, ...endpoint }
}

function isSameServer(left: string, right: string): boolean {
  const [one, other] = [new URL(left), new URL(right)]
  return one.protocol === other.protocol && one.host === other.host
}
