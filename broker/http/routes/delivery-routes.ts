import type { JsonObject } from '../../core/model/json.ts'
import { formatDateTime } from '../../core/model/time.ts'
import { parseMemberQuery } from '../../operations/member-query.ts'
import type {
  deleteDeadLetters,
  listDeadLetters,
  replayDeadLetters,
} from '../../operations/subscriptions/dead-letters.ts'
import { DELIVERY_MEMBERS, type queryDeliveries } from '../../operations/subscriptions/query-deliveries.ts'
import type { retrieveDelivery } from '../../operations/subscriptions/retrieve-delivery.ts'
import type { saveDelivery } from '../../operations/subscriptions/save-delivery.ts'
import type { testDelivery } from '../../operations/subscriptions/test-delivery.ts'
import type { DeadLetter } from '../../subscriptions/dead-letters.ts'
import { checkedBody } from '../decode/checked-body.ts'
import { pageRequest } from '../decode/entity-parameters.ts'
import { placeOf } from '../decode/place-of.ts'
import { sysAttrs } from '../decode/system-attributes.ts'
import { who } from '../decode/who.ts'
import { nextPlace } from '../encode/next-place.ts'
import { pagingLinks } from '../encode/paging-links.ts'
import type { PageSettings } from '../page-settings.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'
import { subscriptionId } from './subscription-routes.ts'

/** The operations on how subscriptions are delivered. */
export interface DeliveryOperations {
  readonly queryDeliveries: ReturnType<typeof queryDeliveries>
  readonly retrieveDelivery: ReturnType<typeof retrieveDelivery>
  readonly saveDelivery: ReturnType<typeof saveDelivery>
  readonly testDelivery: ReturnType<typeof testDelivery>
  readonly listDeadLetters: ReturnType<typeof listDeadLetters>
  readonly deleteDeadLetters: ReturnType<typeof deleteDeadLetters>
  readonly replayDeadLetters: ReturnType<typeof replayDeadLetters>
}

const COLLECTION = '/hub/v1/subscriptions'
const MOST_BYTES = 262_144

/** Routes of what this hub adds to subscriptions: their delivery, its state, trials, and what was given up. */
export function deliveryRoutes(
  operations: DeliveryOperations,
  { seal, limits }: PageSettings,
): readonly Route[] {
  const item = `${COLLECTION}/:id`
  const letters = `${item}/deadLetters`
  const page = ['limit', 'count'] as const
  return [
    {
      method: 'GET',
      path: COLLECTION,
      body: 'none',
      parameters: ['q', 'options', 'offset', ...page],
      handle: query,
    },
    { method: 'GET', path: item, body: 'none', parameters: ['options'], handle: retrieve },
    { method: 'PUT', path: `${item}/delivery`, body: 'documented', maxBytes: MOST_BYTES, handle: save },
    { method: 'POST', path: `${item}/test`, body: 'none', handle: test },
    { method: 'GET', path: letters, body: 'none', parameters: ['limit', 'after'], handle: list },
    { method: 'DELETE', path: letters, body: 'none', parameters: ['letter'], handle: remove },
    { method: 'POST', path: `${letters}/replay`, body: 'none', parameters: ['letter'], handle: replay },
  ]

  async function query(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const wanted = pageRequest(request.query, limits)
    const text = request.query.get('q')
    const { subscriptions, more, count } = await operations.queryDeliveries({
      ...who(request),
      table,
      sysAttrs: sysAttrs(request.query),
      limit: wanted.limit,
      offset: wanted.offset ?? 0,
      count: wanted.count,
      ...(text !== null && { q: parseMemberQuery(text, DELIVERY_MEMBERS, 'subscription') }),
    })
    const links = pagingLinks(request.path, request.query, wanted, { more }, request.accept)
    return {
      status: 200,
      linkedData: subscriptions,
      table,
      headers: {
        ...(links.length > 0 && { Link: links }),
        ...(count !== undefined && { 'NGSILD-Results-Count': String(count) }),
      },
    }
  }

  async function retrieve(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const command = { ...who(request), id: subscriptionId(request), table, sysAttrs: sysAttrs(request.query) }
    return { status: 200, linkedData: await operations.retrieveDelivery(command), table }
  }

  async function save(request: HubRequest): Promise<HubAnswer> {
    const options = checkedBody<'DeliveryOptions'>(request)
    await operations.saveDelivery({ ...who(request), id: subscriptionId(request), options })
    return { status: 204 }
  }

  async function test(request: HubRequest): Promise<HubAnswer> {
    const attempt = await operations.testDelivery({ ...who(request), id: subscriptionId(request) })
    return { status: 200, body: { ...attempt } }
  }

  async function list(request: HubRequest): Promise<HubAnswer> {
    const id = subscriptionId(request)
    const wanted = pageRequest(request.query, limits)
    const boundTo = `deadLetters ${request.tenant} ${id}`
    const after = wanted.after === undefined ? undefined : placeOf(wanted.after, seal, boundTo)
    const { letters, next } = await operations.listDeadLetters({
      ...who(request),
      id,
      limit: wanted.limit,
      ...(after !== undefined && { after }),
    })
    return {
      status: 200,
      body: letters.map(encodeLetter),
      ...nextPlace(request, wanted, { next, seal, boundTo }),
    }
  }

  async function remove(request: HubRequest): Promise<HubAnswer> {
    await operations.deleteDeadLetters({ ...who(request), id: subscriptionId(request), ...letterOf(request) })
    return { status: 204 }
  }

  async function replay(request: HubRequest): Promise<HubAnswer> {
    const command = { ...who(request), id: subscriptionId(request), ...letterOf(request) }
    return { status: 202, body: { ...(await operations.replayDeadLetters(command)) } }
  }
}

function letterOf({ query }: HubRequest): { readonly letter?: string } {
  const letter = query.get('letter')
  return letter === null ? {} : { letter }
}

/** What was in it is seen by whoever may see it when it is sent: which entities it told of is not said. */
function encodeLetter({ id, reason, attempts, positions, changedAt, givenUpAt }: DeadLetter): JsonObject {
  return {
    id,
    changes: positions.length,
    reason,
    attempts,
    changedAt: formatDateTime(changedAt),
    givenUpAt: formatDateTime(givenUpAt),
  }
}
