import { request } from 'undici'
import type { EntityDocument } from '../values/entity-document.ts'
import type { Json } from '../values/json.ts'
import { isJsonMap, member } from '../values/json.ts'
import { RETRY, type RetryPlan, withRetry } from './backoff.ts'
import { HubAway, type HubConnection, HubRefusal } from './hub-connection.ts'

const TIMEOUT_MS = 60_000
const AWAY = new Set([408, 425, 429, 500, 502, 503, 504, 507])

/** What a hub answered: the status and the JSON body, if there was one. */
export interface HubReply {
  readonly status: number
  readonly body: Json | undefined
}

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: Json
  readonly headers?: Readonly<Record<string, string>>
}

/** The requests that feeds make to a hub. */
export interface HubClient {
  /**
   * Batch Entity Upsert, update mode (CIM 009 v1.9.1, 5.6.8); older observations go into history only. Answers refusals
   * too. @throws HubAway, HubRefusal
   */
  upsert(documents: readonly EntityDocument[], context: string): Promise<HubReply>
  /** Reads entities of one type, compacted by the context; unknown ones are left out. */
  entities(type: string, ids: readonly string[], context: string): Promise<readonly EntityDocument[]>
  /** Reads a document of the hub's own; undefined when it is not there. */
  read(path: string): Promise<Json | undefined>
  /** Writes or adds a document of the hub's own. */
  write(method: 'PUT' | 'POST', path: string, body: Json): Promise<void>
}

/** Makes a client that tries again while the hub is away. */
export function hubClient(connection: HubConnection, retry: Partial<RetryPlan> = {}): HubClient {
  const plan = { ...RETRY, ...retry }
  const send = (call: Call): Promise<HubReply> => withRetry(plan, () => exchange(connection, call))
  return {
    upsert: async (documents, context) => upsertReply(await send(upsertCall(documents, context))),
    entities: async (type, ids, context) => entitiesOf(await send(entitiesCall(type, ids, context))),
    read: async (path) => {
      const reply = await send({ method: 'GET', path })
      return reply.status === 404 ? undefined : accepted(reply, 'GET', path).body
    },
    write: async (method, path, body) => {
      accepted(await send({ method, path, body }), method, path)
    },
  }
}

function upsertCall(documents: readonly EntityDocument[], context: string): Call {
  const linked = documents.some((document) => Object.hasOwn(document, '@context'))
  const body = linked ? documents.map((document) => ({ '@context': context, ...document })) : documents
  const headers = {
    'hub-late-observations': 'history',
    ...(linked ? { 'content-type': 'application/ld+json' } : linkHeader(context)),
  }
  return { method: 'POST', path: '/ngsi-ld/v1/entityOperations/upsert?options=update', body, headers }
}

/** A batch may be refused as a whole for what one of its entities is; 401, 403 and 404 are about the feed. */
function upsertReply(reply: HubReply): HubReply {
  if ([401, 403, 404, 405].includes(reply.status)) throw refusal(reply, 'POST', 'entityOperations/upsert')
  return reply
}

function entitiesCall(type: string, ids: readonly string[], context: string): Call {
  const query = new URLSearchParams({ type, id: ids.join(','), limit: String(ids.length) })
  return { method: 'GET', path: `/ngsi-ld/v1/entities?${query}`, headers: linkHeader(context) }
}

function entitiesOf(reply: HubReply): readonly EntityDocument[] {
  if (reply.status === 404) return []
  const { body } = accepted(reply, 'GET', 'entities')
  const list: readonly Json[] = Array.isArray(body) ? body : []
  return list.filter((item): item is EntityDocument => typeof member(item, 'id') === 'string')
}

function linkHeader(context: string): Record<string, string> {
  return { link: `<${context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"` }
}

function accepted(reply: HubReply, method: string, path: string): HubReply {
  if (reply.status >= 300) throw refusal(reply, method, path)
  return reply
}

function refusal(reply: HubReply, method: string, path: string): HubRefusal {
  const text = `Hub refuses ${method} ${path} with ${reply.status}: ${problemText(reply.body)}`
  return new HubRefusal(reply.status, text)
}

/** Answers what a problem document says is wrong (RFC 9457). */
export function problemText(problem: Json | undefined): string {
  const texts = ['title', 'detail']
    .map((name) => member(problem, name))
    .filter((text) => typeof text === 'string')
  return texts.length > 0 ? texts.join(': ') : 'no reason given'
}

async function exchange(connection: HubConnection, call: Call): Promise<HubReply> {
  const reply = await connected(connection, call)
  const away = AWAY.has(reply.status) && !isContextProblem(reply.body)
  if (away)
    throw new HubAway(`Hub answers ${reply.status}: ${problemText(reply.body)}`, { status: reply.status })
  return reply
}

/** An @context that cannot be had is the fault of the entity which names it, not of the hub. */
function isContextProblem(body: Json | undefined): boolean {
  const type = isJsonMap(body) ? body.type : undefined
  return typeof type === 'string' && type.endsWith('/LdContextNotAvailable')
}

async function connected(connection: HubConnection, call: Call): Promise<HubReply> {
  const { timeoutMs = TIMEOUT_MS } = connection
  const token = await connection.token()
  const headers = {
    accept: 'application/json',
    ...(call.body !== undefined && { 'content-type': 'application/json' }),
    ...(connection.tenant !== '' && { 'ngsild-tenant': connection.tenant }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...call.headers,
  }
  try {
    const answer = await request(new URL(call.path, connection.baseUrl), {
      method: call.method,
      headers,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
    })
    return { status: answer.statusCode, body: parseBody(await answer.body.text()) }
  } catch (cause) {
    throw new HubAway(`Hub at ${connection.baseUrl} cannot be reached`, { cause })
  }
}

function parseBody(text: string): Json | undefined {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as Json // JSON.parse answers nothing else
  } catch {
    return undefined
  }
}
