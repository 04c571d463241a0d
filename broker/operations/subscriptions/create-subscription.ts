import type { TermTable } from '../../core/context/term-table.ts'
import type { JsonValue } from '../../core/model/json.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import { aliasOf, readVia } from '../../federation/forward/via.ts'
import type { StoredSubscription } from '../../subscriptions/stored-subscription.ts'
import type { Command } from '../command.ts'
import { checkCarriage } from './check-carriage.ts'
import { checkSubscription } from './check-subscription.ts'
import { decodeSubscription, type SubscriptionDecoding } from './decode-subscription.ts'
import { keepSubscription } from './keep-subscription.ts'
import { sealSubscription } from './seal-subscription.ts'
import { keepSubscribedContext, subscribedContext } from './subscribed-context.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

export interface CreateSubscription extends Command {
  readonly body: JsonValue | undefined
  readonly table: TermTable
  /** The `Via` header of the request: the hubs that plant it here. */
  readonly via?: string
}

/** Create Subscription (CIM 009 v1.9.1, 5.8.1): it sees with the rights of its creator. @throws Problem */
export const createSubscription =
  (dependencies: SubscriptionDependencies) =>
  async ({ body, table, via, ...command }: CreateSubscription): Promise<{ readonly id: string }> => {
    const { caller, tenant, attempt } = command
    const target = { resource: 'subscription', own: !caller.anonymous } as const
    caller.check('create', tenant, target)
    refuseLoop(dependencies, command, via)
    const { collection } = dependencies
    if (collection === 'registrationSubscription') caller.check('read', tenant, { resource: 'registration' })
    const { members, parsed, endpoint } = decodeWhole(body, {
      table,
      collection,
      now: dependencies.clock(),
    })
    const { id: given, ...others } = members
    const id = typeof given === 'string' ? given : dependencies.newId(attempt)
    caller.check('create', tenant, { ...target, id })
    if (collection === 'subscription')
      await checkCarriage(dependencies, command, { uri: endpoint.uri, parsed })
    await dependencies.store.createTenant(tenant)
    refuseTooMany(dependencies, command)
    const isRepeated = attempt !== undefined && given === undefined
    const found = await dependencies.store.document(tenant, collection, id)
    if (found && !isRepeated) throw alreadyExists(id)
    await keepSubscribedContext(dependencies, members, { tenant, table })
    const jsonldContext = subscribedContext(members, table)
    const secrets = { ...endpoint, delivery: {} }
    await keepSubscription(dependencies, { ...command, id }, (current, now): StoredSubscription => {
      if (current && isRepeated) return current
      if (current) throw alreadyExists(id)
      const times = { createdAt: now, modifiedAt: now, since: now }
      const shown = { members: { ...others, jsonldContext }, parsed }
      const isDefault = members.jsonldContext === undefined
      const next = {
        id,
        owner: caller.key,
        ...times,
        ...shown,
        ...(isDefault && { defaultContext: true as const }),
        ...(via !== undefined && { via }),
      }
      return sealSubscription(dependencies, command, { next, secrets, now })
    })
    return { id }
  }

function decodeWhole(body: JsonValue | undefined, decoding: SubscriptionDecoding) {
  const { removed, endpoint, ...parts } = decodeSubscription(body, decoding)
  const [first] = removed
  if (first !== undefined)
    throw badRequestData(`Subscription member ${first} is null, which only updates may ask for`)
  checkSubscription(parts)
  if (!endpoint) throw badRequestData('Subscription has no endpoint')
  return { ...parts, endpoint }
}

function alreadyExists(id: string): Problem {
  return new Problem('AlreadyExists', `Subscription ${id} exists already`)
}

/** A hub that plants a subscription of this hub here again would tell it twice of everything (CIM 009 v1.9.1, 4.3.6.4). */
function refuseLoop({ alias }: SubscriptionDependencies, { tenant }: Command, via: string | undefined): void {
  if (via !== undefined && readVia(via).includes(aliasOf(alias, tenant)))
    throw new Problem('LoopDetected', 'Subscription came through this hub already')
}

/** What this process knows of is counted: with several hubs on one database there may be a few more. */
function refuseTooMany(
  { registry, maxCallerSubscriptions }: SubscriptionDependencies,
  { caller }: Command,
): void {
  if (maxCallerSubscriptions !== undefined && registry.countOf(caller.key) >= maxCallerSubscriptions)
    throw new Problem(
      'TooManyRequests',
      `Caller has ${maxCallerSubscriptions} subscriptions, the most that it may`,
    )
}
