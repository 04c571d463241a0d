import type { ContextService } from '../contexts/context-service.ts'
import type { TermTable } from '../core/context/term-table.ts'
import type { Caller } from '../core/model/caller.ts'
import type { JsonValue } from '../core/model/json.ts'
import { badRequestData, invalidRequest, Problem } from '../core/model/problem.ts'
import { DEFAULT_TENANT, noTenant, parseTenant, type Tenant } from '../core/model/tenant.ts'
import { beginDisclosures, type Disclosures, type Shown } from '../core/view/begin-disclosures.ts'
import type { Store } from '../store/port/store.ts'
import type { MakeAnswer } from './answer-exchange.ts'
import { agreeOnMediaType } from './decode/accept.ts'
import { checkJsonHeaders, parseJson, readBytes, refuseCoding } from './decode/body.ts'
import type { CheckBody } from './decode/body-shape.ts'
import { contextOfBody, contextOfHeaders, contextOfLink } from './decode/link-context.ts'
import { enterSnapshot, type UseSnapshot } from './decode/snapshot-scope.ts'
import { type AnswerAudit, audited } from './disclosures.ts'
import { type WrittenAnswer, writeAnswer } from './encode/write-answer.ts'
import { type Exchange, vary } from './exchange.ts'
import { allowMethods } from './middleware/allow-methods.ts'
import type { RequestRates } from './request-rates.ts'
import type { HubAnswer, HubRequest, MediaType, Route } from './route.ts'
import { type FoundPath, type FoundRoute, routeTable } from './route-table.ts'

/** What the API's answers are made of. */
export interface ApiDependencies {
  readonly routes: readonly Route[]
  readonly store: Pick<Store, 'tenants'>
  readonly contexts: ContextService
  /** Finds out who asks. @throws Problem Unauthorized */
  readonly caller: (request: Exchange['request']) => Promise<Caller>
  /** Takes a ticket that stands for a token, for once. @throws Problem Unauthorized */
  readonly useTicket: (ticket: string) => Promise<Caller>
  readonly maxBodyBytes: number
  /** Checks bodies of routes with `body: 'documented'`. @throws Problem */
  readonly checkBody: CheckBody
  /** Finds the tenant that holds a snapshot. @throws Problem */
  readonly useSnapshot: UseSnapshot
  /** Keeps the inline @context of a table whose URL an answer links to. */
  readonly keepLinked: (tenant: Tenant, table: TermTable) => Promise<void>
  /** Who has to know of what is shown of persons; absent: nobody. */
  readonly audit?: AnswerAudit
  /** What callers are held to; absent: nothing. */
  readonly rates?: Pick<RequestRates, 'check'>
}

const DEFAULT_PRODUCES: readonly MediaType[] = ['application/json', 'application/ld+json']

/** Request headers that say what an answer holds: a cache in between may not give it to a request with others. */
const VARYING = [
  ...['Accept', 'Authorization', 'Link', 'Prefer', 'NGSILD-Tenant', 'NGSILD-Snapshot', 'NGSILD-EntityMap'],
  ...['Hub-On-Behalf-Of', 'Hub-Purpose', 'Hub-Unit', 'Hub-CRS'],
].join(', ')

/** The API's routes at work. */
export interface Api {
  /** Makes an answer: decode, decide and keep, encode. */
  readonly answer: MakeAnswer
  /** Decodes and decides alone. @throws Problem */
  readonly decide: (exchange: Exchange) => Promise<HubAnswer>
}

/** Serves the API's routes. */
export function serveApi(dependencies: ApiDependencies): Api {
  const table = routeTable(dependencies.routes)
  const find = (exchange: Exchange): FoundPath => {
    checkSegments(exchange.path)
    const path = table(exchange.path)
    if (path) return path
    throw new Problem('ResourceNotFound', `Path ${exchange.path} leads to nothing here`)
  }
  return {
    answer: async (exchange) => {
      const path = find(exchange)
      const found = path.route(exchange.method)
      return found ? serve(exchange, found, dependencies) : allowMethods(exchange.method, path.methods)
    },
    decide: async (exchange) => {
      const found = find(exchange).route(exchange.method)
      if (!found) throw new Problem('MethodNotAllowed', `Method ${exchange.method} is not known here`)
      exchange.route = `${found.route.method} ${found.route.path}`
      return decide(exchange, found, dependencies)
    },
  }
}

/** An empty segment is an id or a name that is not there, which the operations call a fault of the data (5.6.2 to 5.6.19). */
function checkSegments(path: string): void {
  const [, of] = /^\/ngsi-ld\/v1\/(?:temporal\/)?entities\/([^/]+\/attrs\/)?\//.exec(path) ?? [
    undefined,
    null,
  ]
  if (of !== null) throw badRequestData(`Path has no ${of === undefined ? 'entity id' : 'attribute name'}`)
}

async function serve(
  exchange: Exchange,
  found: FoundRoute,
  dependencies: ApiDependencies,
): Promise<WrittenAnswer> {
  const { route } = found
  const { contexts, keepLinked } = dependencies
  exchange.route = `${route.method} ${route.path}`
  if (route.method === 'GET') vary(exchange, route.spoken ? `${VARYING}, Accept-Language` : VARYING)
  const disclosures = dependencies.audit && beginDisclosures()
  const request = await decode(exchange, found, dependencies, disclosures)
  const answer = await route.handle(request)
  const { table, lasting } = answer
  const shown = disclosures && (await showing(exchange, request, { answer, disclosures, ...dependencies }))
  if (table && lasting && route.method === 'GET')
    exchange.basis = {
      route: exchange.route,
      caller: request.caller,
      table,
      lasting,
      ...(shown && { shown }),
    }
  const linked = table && request.accept !== 'application/ld+json'
  if (linked && contexts.inlineId(table) !== undefined) await keepLinked(request.tenant, table)
  const written = writeAnswer(answer, request.accept, request.headers.prefer)
  return disclosures ? withAudit(written, exchange, request, { disclosures, ...dependencies }) : written
}

/** Decides alone, for what is sent by other means: its stream passes on what was taken down. */
async function decide(
  exchange: Exchange,
  found: FoundRoute,
  dependencies: ApiDependencies,
): Promise<HubAnswer> {
  const disclosures = dependencies.audit && beginDisclosures()
  const request = await decode(exchange, found, dependencies, disclosures)
  const answer = await found.route.handle(request)
  const { stream } = answer
  const { audit } = dependencies
  if (!stream || !disclosures || !audit) return answer
  const reading = readingOf(exchange, request)
  return { ...answer, stream: (gone) => audited(stream(gone), disclosures, { audit, reading }) }
}

interface Auditing extends Pick<ApiDependencies, 'audit'> {
  readonly disclosures: Disclosures
}

/** Waits until it is on disk what an answer shows; a body that is not sent shows nothing. @throws Problem */
async function showing(
  exchange: Exchange,
  request: HubRequest,
  { answer, disclosures, audit }: Auditing & { readonly answer: HubAnswer },
): Promise<Shown | undefined> {
  const shown = disclosures.take()
  if (!shown || answer.status === 304 || exchange.method === 'HEAD') return undefined
  const waiting = audit?.shown({ ...readingOf(exchange, request), ...shown })
  if (waiting) await waiting
  return waiting || shown.disclosed || shown.datasets ? shown : undefined
}

/** Each piece of a stream leaves when it is on disk what it shows. */
function withAudit(
  written: WrittenAnswer,
  exchange: Exchange,
  request: HubRequest,
  { disclosures, audit }: Auditing,
): WrittenAnswer {
  const { stream } = written
  if (!stream || !audit) return written
  const reading = readingOf(exchange, request)
  return { ...written, stream: (gone) => audited(stream(gone), disclosures, { audit, reading }) }
}

function readingOf(
  { route = '' }: Exchange,
  { caller, tenant, requestId }: HubRequest,
): Parameters<AnswerAudit['shown']>[0] {
  return { caller, tenant, operation: route, requestId }
}

/** The decode room: caller, tenant, parameters, representation, body; in this order, so that strangers learn nothing. */
async function decode(
  exchange: Exchange,
  { route, params }: FoundRoute,
  dependencies: ApiDependencies,
  disclosures: Disclosures | undefined,
): Promise<HubRequest> {
  const { method, requestId } = exchange
  const { headers, url = '' } = exchange.request
  const caller = exchange.asker ?? (await callerOf(exchange, route, dependencies))
  exchange.caller = caller.key
  exchange.asker = caller
  dependencies.rates?.check({
    caller,
    tenant: askedTenant(exchange),
    socket: exchange.request.socket,
  })
  const accept = agreeOnMediaType(headers.accept, route.produces ?? DEFAULT_PRODUCES)
  const query = parameters(exchange, route)
  const named = await tenantOf(exchange, route, dependencies.store)
  const tenant =
    headers['ngsild-snapshot'] === undefined
      ? named
      : await enterSnapshot(exchange, route, {
          scope: { caller, tenant: named, query },
          useSnapshot: dependencies.useSnapshot,
        })
  if (method !== 'GET') dependencies.audit?.asks(caller, tenant, requestId)
  const { body, bytes, stream } = await readBody(exchange, route, dependencies)
  return {
    method,
    path: url,
    params,
    query,
    headers: headers as HubRequest['headers'], // only `set-cookie`, which no request has, is a list (node's http)
    ...(body !== undefined && { body }),
    ...(bytes && { bytes }),
    ...(stream && { stream }),
    caller,
    tenant,
    requestId,
    origin: { by: caller.key, requestId },
    ...(disclosures && caller.identity && { disclose: disclosures.disclose }),
    accept,
    ...(route.addressed && addressOf(exchange)),
    table: tables(headers, body, { contexts: dependencies.contexts, tenant: named }),
  }
}

function callerOf(
  { request, search }: Exchange,
  route: Route,
  { caller, useTicket }: ApiDependencies,
): Promise<Caller> {
  const ticket = route.tickets && new URLSearchParams(search).get('ticket')
  return ticket ? useTicket(ticket) : caller(request)
}

function addressOf({ request }: Exchange): Pick<HubRequest, 'address'> {
  const address = request.socket.remoteAddress
  return address === undefined ? {} : { address }
}

/** Empty values count as absent; unknown names are refused (CIM 009 v1.9.1, 6.3.20). */
function parameters({ search }: Exchange, route: Route): URLSearchParams {
  if (search === '') return new URLSearchParams()
  const query = new URLSearchParams(search)
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name)
    if (values.every((value) => value === '')) query.delete(name)
    else if (!route.parameters?.includes(name)) {
      throw invalidRequest(
        `Parameter ${name} is not known here; known are: ${route.parameters?.join(', ') || 'none'}`,
      )
    } else if (values.length > 1) throw invalidRequest(`Parameter ${name} is given more than once`)
  }
  return query
}

/** The tenant that a request names. @throws Problem BadRequestData for what is no name */
function askedTenant({ request }: Pick<Exchange, 'request'>): Tenant {
  return parseTenant(request.headers['ngsild-tenant'] as string | undefined) // node joins what is there twice
}

async function tenantOf(
  { request, headers }: Exchange,
  route: Route,
  store: ApiDependencies['store'],
): Promise<Tenant> {
  const tenant = askedTenant({ request })
  if (tenant !== DEFAULT_TENANT) headers['NGSILD-Tenant'] = tenant
  if (tenant === DEFAULT_TENANT || route.createsTenant) return tenant
  if ((await store.tenants()).includes(tenant)) return tenant
  throw noTenant(tenant)
}

async function readBody(
  { request, method }: Exchange,
  route: Route,
  { maxBodyBytes, checkBody }: Pick<ApiDependencies, 'maxBodyBytes' | 'checkBody'>,
): Promise<Pick<HubRequest, 'body' | 'bytes' | 'stream'>> {
  const maxBytes = route.maxBytes ?? maxBodyBytes
  if (route.body === 'none') return {}
  if (route.body === 'stream') {
    refuseCoding(request.headers)
    return { stream: request }
  }
  if (route.body === 'bytes') return { bytes: await readBytes(request, maxBytes) }
  checkJsonHeaders(request.headers, method, maxBytes)
  const body = parseJson(await readBytes(request, maxBytes))
  if (route.body === 'documented') checkBody(route, body)
  return { body }
}

/** Each element of an array has its own @context (6.3.5, batch operations). */
function tables(
  { link, 'content-type': type }: Exchange['request']['headers'],
  body: JsonValue | undefined,
  { contexts, tenant }: { readonly contexts: ContextService; readonly tenant: Tenant },
): HubRequest['table'] {
  const known = new Map<number | 'headers', Promise<TermTable>>()
  return (at = 0) => {
    const found = known.get(at)
    if (found) return found
    const resolved = resolveTable()
    known.set(at, resolved)
    return resolved

    async function resolveTable(): Promise<TermTable> {
      const headers = { link: link as string | undefined, type } // node joins Link headers
      if (at === 'headers') return contexts.resolve(contextOfHeaders(headers), tenant)
      if (body === undefined) return contexts.resolve(contextOfLink(headers.link), tenant)
      const item = Array.isArray(body) ? (body as readonly JsonValue[])[at] : body // narrowed by isArray
      return contexts.resolve(contextOfBody(item ?? null, headers), tenant)
    }
  }
}
