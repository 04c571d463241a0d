import type { JsonObject } from '../../core/model/json.ts'
import { invalidRequest } from '../../core/model/problem.ts'
import { textOf } from '../../operations/feeds/feed-documents.ts'
import type {
  listFeeds,
  readCheckpoint,
  readFeed,
  saveCheckpoint,
  saveFeed,
} from '../../operations/feeds/feed-state.ts'
import type {
  addToQuarantine,
  deleteQuarantine,
  listQuarantine,
  readQuarantine,
} from '../../operations/feeds/quarantine.ts'
import type { receiveRecords } from '../../operations/feeds/receive-records.ts'
import type { replayQuarantine } from '../../operations/feeds/replay-quarantine.ts'
import { checkedBody } from '../decode/checked-body.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind the resources of feeds and their quarantine. */
export interface FeedOperations {
  readonly readFeed: ReturnType<typeof readFeed>
  readonly listFeeds: ReturnType<typeof listFeeds>
  readonly saveFeed: ReturnType<typeof saveFeed>
  readonly readCheckpoint: ReturnType<typeof readCheckpoint>
  readonly saveCheckpoint: ReturnType<typeof saveCheckpoint>
  readonly addToQuarantine: ReturnType<typeof addToQuarantine>
  readonly listQuarantine: ReturnType<typeof listQuarantine>
  readonly readQuarantine: ReturnType<typeof readQuarantine>
  readonly deleteQuarantine: ReturnType<typeof deleteQuarantine>
  readonly replayQuarantine: ReturnType<typeof replayQuarantine>
  readonly receiveRecords: ReturnType<typeof receiveRecords>
}

const FEEDS = '/hub/v1/feeds'
const QUARANTINE = '/hub/v1/quarantine'
const QUARANTINE_BYTES = 16_777_216
const RECORDS_BYTES = 4_194_304
const MOST_PER_PAGE = 1000

/** Routes of `/hub/v1/feeds` and `/hub/v1/quarantine`: ours, not the standard's. */
export function feedRoutes(operations: FeedOperations): readonly Route[] {
  return [
    { ...get(FEEDS), parameters: ['limit', 'after'], handle: list },
    { ...get(`${FEEDS}/:name`), handle: read },
    { ...put(`${FEEDS}/:name`), handle: save },
    { ...get(`${FEEDS}/:name/checkpoints/:key`), handle: readPoint },
    { ...put(`${FEEDS}/:name/checkpoints/:key`), handle: savePoint },
    {
      method: 'POST',
      path: `${FEEDS}/:name/records`,
      body: 'bytes',
      maxBytes: RECORDS_BYTES,
      produces: ['application/json'],
      handle: receive,
    },
    { ...get(QUARANTINE), parameters: ['feed', 'limit', 'after'], handle: listSetAside },
    {
      ...post(QUARANTINE),
      body: 'documented',
      maxBytes: QUARANTINE_BYTES,
      createsTenant: true,
      handle: setAside,
    },
    { ...get(`${QUARANTINE}/:id`), handle: readSetAside },
    {
      method: 'DELETE',
      path: `${QUARANTINE}/:id`,
      body: 'none',
      produces: ['application/json'],
      handle: remove,
    },
    { ...post(`${QUARANTINE}/:id/replay`), body: 'none', handle: replay },
  ]

  async function list(request: HubRequest): Promise<HubAnswer> {
    const page = pageOf(request)
    return { status: 200, body: await operations.listFeeds({ ...who(request), ...page }) }
  }

  async function read(request: HubRequest): Promise<HubAnswer> {
    return { status: 200, body: await operations.readFeed(ofFeed(request)) }
  }

  async function save(request: HubRequest): Promise<HubAnswer> {
    await operations.saveFeed({ ...ofFeed(request), state: checkedBody<'NewFeedState'>(request) })
    return { status: 204 }
  }

  async function readPoint(request: HubRequest): Promise<HubAnswer> {
    return {
      status: 200,
      body: await operations.readCheckpoint({ ...ofFeed(request), key: param(request, 'key') }),
    }
  }

  async function savePoint(request: HubRequest): Promise<HubAnswer> {
    const checkpoint = checkedBody<'Checkpoint'>(request)
    await operations.saveCheckpoint({ ...ofFeed(request), key: param(request, 'key'), checkpoint })
    return { status: 204 }
  }

  async function receive(request: HubRequest): Promise<HubAnswer> {
    const { headers, bytes: body = new Uint8Array() } = request
    const summary = await operations.receiveRecords({ ...ofFeed(request), body, headers })
    const { read, written, unchanged, quarantined } = summary
    const counts = Object.entries(quarantined).filter(
      (pair): pair is [string, number] => pair[1] !== undefined,
    )
    return { status: 202, body: { read, written, unchanged, quarantined: Object.fromEntries(counts) } }
  }

  async function listSetAside(request: HubRequest): Promise<HubAnswer> {
    const feed = request.query.get('feed')
    const page = pageOf(request)
    const records = await operations.listQuarantine({
      ...who(request),
      ...page,
      ...(feed !== null && { feed }),
    })
    return { status: 200, body: { records, ...nextOf(records, page.limit) } }
  }

  async function setAside(request: HubRequest): Promise<HubAnswer> {
    const body = checkedBody<'NewQuarantine'>(request)
    const records = Array.isArray(body) ? body : [body]
    const ids = await operations.addToQuarantine({ ...who(request), records })
    return { status: 201, body: ids }
  }

  async function readSetAside(request: HubRequest): Promise<HubAnswer> {
    return { status: 200, body: await operations.readQuarantine(ofRecord(request)) }
  }

  async function remove(request: HubRequest): Promise<HubAnswer> {
    await operations.deleteQuarantine(ofRecord(request))
    return { status: 204 }
  }

  async function replay(request: HubRequest): Promise<HubAnswer> {
    return { status: 200, body: { ...(await operations.replayQuarantine(ofRecord(request))) } }
  }
}

type Shape = Pick<Route, 'path' | 'produces'>

function get(path: string): Shape & { readonly method: 'GET'; readonly body: 'none' } {
  return { method: 'GET', path, body: 'none', produces: ['application/json'] }
}

function put(
  path: string,
): Shape & { readonly method: 'PUT'; readonly body: 'documented'; readonly createsTenant: true } {
  return { method: 'PUT', path, body: 'documented', produces: ['application/json'], createsTenant: true }
}

function post(path: string): Shape & { readonly method: 'POST' } {
  return { method: 'POST', path, produces: ['application/json'] }
}

function ofFeed(request: HubRequest): ReturnType<typeof who> & { readonly feed: string } {
  return { ...who(request), feed: param(request, 'name') }
}

function ofRecord(request: HubRequest): ReturnType<typeof who> & { readonly id: string } {
  return { ...who(request), id: param(request, 'id') }
}

function param({ params }: HubRequest, name: string): string {
  return params[name] ?? ''
}

function pageOf({ query }: HubRequest): { readonly limit: number; readonly after?: string } {
  const limit = Number(query.get('limit') ?? 100)
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_PER_PAGE) {
    throw invalidRequest(`Parameter limit is not a whole number from 1 to ${MOST_PER_PAGE}`)
  }
  const after = query.get('after')
  return { limit, ...(after !== null && { after }) }
}

/** Where the next page starts; absent when this one was not full. */
function nextOf(records: readonly JsonObject[], limit: number): { readonly next?: string } {
  const last = records.at(-1)
  const next = records.length === limit && last ? textOf(last, 'id') : undefined
  return next === undefined ? {} : { next }
}
