import { isIri } from '../../core/model/iri.ts'
import { badRequestData } from '../../core/model/problem.ts'
import type { createSubscription } from '../../operations/subscriptions/create-subscription.ts'
import type { deleteSubscription } from '../../operations/subscriptions/delete-subscription.ts'
import type { querySubscriptions } from '../../operations/subscriptions/query-subscriptions.ts'
import type { retrieveSubscription } from '../../operations/subscriptions/retrieve-subscription.ts'
import type { updateSubscription } from '../../operations/subscriptions/update-subscription.ts'
import type { SubscriptionCollection } from '../../subscriptions/stored-subscription.ts'
import { pageRequest } from '../decode/entity-parameters.ts'
import { preferences, versionHeader } from '../decode/prefer.ts'
import { sysAttrs } from '../decode/system-attributes.ts'
import { who } from '../decode/who.ts'
import { pagingLinks } from '../encode/paging-links.ts'
import { pathSegment } from '../encode/path-segment.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind the subscription resources. */
export interface SubscriptionOperations {
  readonly createSubscription: ReturnType<typeof createSubscription>
  readonly updateSubscription: ReturnType<typeof updateSubscription>
  readonly retrieveSubscription: ReturnType<typeof retrieveSubscription>
  readonly querySubscriptions: ReturnType<typeof querySubscriptions>
  readonly deleteSubscription: ReturnType<typeof deleteSubscription>
}

const PATHS: Readonly<Record<SubscriptionCollection, string>> = {
  subscription: '/ngsi-ld/v1/subscriptions',
  registrationSubscription: '/ngsi-ld/v1/csourceSubscriptions',
}
const MOST_BYTES = 262_144

/** Routes of `/subscriptions` and `/csourceSubscriptions` (CIM 009 v1.9.1, 6.10 to 6.13). */
export function subscriptionRoutes(
  operations: SubscriptionOperations,
  collection: SubscriptionCollection,
  limits: { readonly standard: number; readonly most: number },
): readonly Route[] {
  const path = PATHS[collection]
  const item = `${path}/:id`
  const body = { body: 'ld', maxBytes: MOST_BYTES } as const
  return [
    {
      method: 'POST',
      path,
      ...body,
      createsTenant: true,
      idempotent: 'subscription',
      handle: create,
    },
    {
      method: 'GET',
      path,
      body: 'none',
      parameters: ['options', 'limit', 'offset', 'count'],
      handle: query,
    },
    { method: 'GET', path: item, body: 'none', parameters: ['options'], handle: retrieve },
    { method: 'PATCH', path: item, ...body, handle: update },
    { method: 'DELETE', path: item, body: 'none', handle: remove },
  ]

  async function create(request: HubRequest): Promise<HubAnswer> {
    const { via } = request.headers
    const { id } = await operations.createSubscription({
      ...who(request),
      body: request.body,
      table: await request.table(),
      ...(via !== undefined && { via }),
    })
    return { status: 201, headers: { Location: `${path}/${pathSegment(id)}` } }
  }

  async function query(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const page = pageRequest(request.query, limits)
    const { subscriptions, more, count } = await operations.querySubscriptions({
      ...who(request),
      table,
      sysAttrs: sysAttrs(request.query),
      limit: page.limit,
      offset: page.offset ?? 0,
      count: page.count,
    })
    const links = pagingLinks(request.path, request.query, page, { more }, request.accept)
    return {
      status: 200,
      linkedData: subscriptions,
      table,
      headers: {
        ...versionHeader(preferences(request.headers.prefer)),
        ...(links.length > 0 && { Link: links }),
        ...(count !== undefined && { 'NGSILD-Results-Count': String(count) }),
      },
    }
  }

  /** No member of a subscription came with a version: what is preferred applies, and changes nothing (4.3.6.8). */
  async function retrieve(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const id = subscriptionId(request)
    return {
      status: 200,
      linkedData: await operations.retrieveSubscription({
        ...who(request),
        id,
        table,
        sysAttrs: sysAttrs(request.query),
      }),
      table,
      headers: versionHeader(preferences(request.headers.prefer)),
    }
  }

  async function update(request: HubRequest): Promise<HubAnswer> {
    await operations.updateSubscription({
      ...who(request),
      id: subscriptionId(request),
      body: request.body,
      table: await request.table(),
    })
    return { status: 204 }
  }

  async function remove(request: HubRequest): Promise<HubAnswer> {
    await operations.deleteSubscription({ ...who(request), id: subscriptionId(request) })
    return { status: 204 }
  }
}

/** Reads the id in the path. @throws Problem BadRequestData */
export function subscriptionId({ params }: HubRequest): string {
  const id = params.id ?? ''
  if (!isIri(id)) throw badRequestData(`Subscription id ${JSON.stringify(id)} of the path is no URI`)
  return id
}
