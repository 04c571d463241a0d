import type { IncomingMessage, ServerResponse } from 'node:http'
import Router, { type RouterContext } from '@koa/router'
import Koa from 'koa'
import type { ContextService } from '../contexts/context-service.ts'
import type { TermTable } from '../core/context/term-table.ts'
import type { Caller } from '../core/model/caller.ts'
import type { JsonValue } from '../core/model/json.ts'
import { badRequestData, invalidRequest, Problem } from '../core/model/problem.ts'
import { DEFAULT_TENANT, noTenant, parseTenant, type Tenant } from '../core/model/tenant.ts'
import type { Store } from '../store/port/store.ts'
import { type AccessRecord, millisecondsSince, requestIdOf } from './access-record.ts'
import { agreeOnMediaType } from './decode/accept.ts'
import { checkJsonHeaders, parseJson, readBytes } from './decode/body.ts'
import { contextOfBody, contextOfHeaders, contextOfLink } from './decode/link-context.ts'
import { enterSnapshot, type UseSnapshot } from './decode/snapshot-scope.ts'
import { asProblem, PROBLEM_STATUS, problemDocument } from './encode/problem-document.ts'
import { sendStream } from './encode/send-stream.ts'
import { writeAnswer } from './encode/write-answer.ts'
import { allowMethods } from './middleware/allow-methods.ts'
import { compressedPieces, compression } from './middleware/compression.ts'
import { crossOrigin } from './middleware/cross-origin.ts'
import type { AnswerBasis, RememberedAnswers } from './remembered-answers.ts'
import type { HubRequest, MediaType, Route } from './route.ts'

export interface AppDependencies {
  readonly routes: readonly Route[]
  readonly store: Store
  readonly contexts: ContextService
  /** Finds out who asks. @throws Problem Unauthorized */
  readonly caller: (headers: Koa.Request['headers']) => Promise<Caller>
  /** Answers outside the API that need no caller: health, documents, console, identity provider; first come first served. */
  readonly pages: readonly ((context: Koa.Context) => Promise<boolean> | boolean)[]
  readonly maxBodyBytes: number
  /** Finds the tenant that holds a snapshot. @throws Problem */
  readonly useSnapshot: UseSnapshot
  /** Keeps the inline @context of a table whose URL an answer links to. */
  readonly keepLinked: (tenant: Tenant, table: TermTable) => Promise<void>
  readonly remembered: RememberedAnswers
  readonly access: (record: AccessRecord) => void
  readonly failure: (problem: Problem, requestId: string) => void
  /** Origins that browsers may call from; `*` for all; empty: none. */
  readonly corsOrigins: readonly string[]
  /** Answers of at least so many bytes are compressed for those who accept it; 0: none. */
  readonly compressBytes: number
}

const DEFAULT_PRODUCES: readonly MediaType[] = ['application/json', 'application/ld+json']

/**
 * Builds what answers requests: what is remembered and still right at once, all else through the Koa application with
 * its one catch, then pages, then the route tables.
 */
export function createApp(
  dependencies: AppDependencies,
): (request: IncomingMessage, response: ServerResponse) => void {
  const app = new Koa()
  app.silent = true
  const routers = routersOf(dependencies)
  const dispatch = new Map([...routers].map(([resource, router]) => [resource, router.routes()]))
  app.use((context, next) => observe(context, next, dependencies))
  app.use(compression(dependencies.compressBytes))
  app.use(crossOrigin(dependencies.corsOrigins))
  app.use(async (context, next) => {
    if (!context.path.startsWith('/ngsi-ld/')) {
      for (const page of dependencies.pages) if (await page(context)) return
    }
    await next()
  })
  app.use((context, next) => {
    checkEntityId(context.path)
    return next()
  })
  app.use((context, next) => {
    const routes = dispatch.get(resourceOf(context.path))
    return routes ? routes(context as RouterContext, next) : next() // it makes it one
  })
  app.use((context) => refuseUnknown(context, routers.get(resourceOf(context.path))))
  const answer = app.callback()
  return (request, response) => {
    if (!dependencies.remembered.send(request, response)) void answer(request, response)
  }
}

/** One router for each resource: a router tries all its routes on every request. */
function routersOf(dependencies: AppDependencies): ReadonlyMap<string, Router> {
  const routers = new Map<string, Router>()
  for (const route of dependencies.routes) {
    const router = routers.get(resourceOf(route.path)) ?? new Router()
    routers.set(resourceOf(route.path), router)
    router.register(route.path, [route.method], (context: Koa.Context) => serve(context, route, dependencies))
  }
  return routers
}

/** Names what a path is about: its first three segments. */
function resourceOf(path: string): string {
  return path.split('/', 4).join('/')
}

/** The one catch: gives each request its id, turns errors into problem documents and writes the access record. */
async function observe(
  context: Koa.Context,
  next: Koa.Next,
  { access, failure, remembered }: AppDependencies,
): Promise<void> {
  const started = performance.now()
  const requestId = requestIdOf(context.headers['x-request-id'])
  context.state.requestId = requestId
  context.set('X-Request-Id', requestId)
  try {
    await next()
  } catch (error) {
    const problem = asProblem(error)
    if (PROBLEM_STATUS[problem.code] >= 500) failure(problem, requestId)
    sendProblem(context, problem, requestId)
  }
  const { caller, route, basis } = context.state as { caller?: string; route?: string; basis?: AnswerBasis } // set below
  const { req, res, body } = context
  if (basis && context.status === 200 && (typeof body === 'string' || Buffer.isBuffer(body)))
    remembered.keep(req, res, { ...basis, body })
  access({
    requestId,
    method: context.method,
    route: route ?? 'other',
    status: context.status,
    milliseconds: millisecondsSince(started),
    ...(caller !== undefined && { caller }),
  })
}

function sendProblem(context: Koa.Context, problem: Problem, requestId: string): void {
  context.respond = !context.headerSent // what fails in the middle of a stream has cut the connection
  context.remove('Link')
  context.remove('Content-Encoding')
  context.set(problem.headers)
  // 411 and 415 are bare (CIM 009 v1.9.1, 6.3.4)
  if (problem.code === 'LengthRequired' || problem.code === 'UnsupportedMediaType') context.body = null
  else {
    context.body = JSON.stringify(problemDocument(problem, requestId))
    context.set('Content-Type', 'application/json')
  }
  context.status = PROBLEM_STATUS[problem.code]
  if (!context.req.complete) context.set('Connection', 'close')
}

/** An empty segment is an entity id that is not there, which the operations call a fault of the data (5.6.2 to 5.6.19). */
function checkEntityId(path: string): void {
  if (/^\/ngsi-ld\/v1\/(?:temporal\/)?entities\/\//.test(path)) throw badRequestData('Path has no entity id')
}

/** Request headers that say what an answer holds: a cache in between may not give it to a request with others. */
const VARYING = [
  ...['Accept', 'Authorization', 'Link', 'Prefer', 'NGSILD-Tenant', 'NGSILD-Snapshot', 'NGSILD-EntityMap'],
  'Hub-On-Behalf-Of',
]

async function serve(context: Koa.Context, route: Route, dependencies: AppDependencies): Promise<void> {
  context.state.route = `${route.method} ${route.path}`
  if (route.method === 'GET') context.vary(VARYING)
  const request = await decode(context, route, dependencies)
  const answer = await route.handle(request)
  const { table, lasting } = answer
  if (table && lasting && route.method === 'GET')
    context.state.basis = { route: context.state.route, caller: request.caller, table, lasting }
  const linked = table && request.accept !== 'application/ld+json'
  if (linked && dependencies.contexts.inlineId(table) !== undefined)
    await dependencies.keepLinked(request.tenant, table)
  const written = writeAnswer(answer, request.accept, context.get('Prefer'))
  for (const [name, value] of Object.entries(written.headers)) context.set(name, value as string | string[]) // Koa copies the array
  const { stream } = context.method === 'HEAD' ? {} : written
  // a body of null would take the chunks away that tell an end from a break
  if (!stream) context.body = written.body === undefined ? null : asBody(written.body)
  if (written.headers['Content-Type'] !== undefined)
    context.set('Content-Type', String(written.headers['Content-Type']))
  context.status = written.status
  if (!stream) return
  context.respond = false
  await sendStream(context.res, compressedPieces(context, stream, dependencies.compressBytes))
}

function asBody(body: string | Uint8Array): string | Buffer {
  return typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}

/** The decode room: caller, tenant, parameters, representation, body; in this order, so that strangers learn nothing. */
async function decode(
  context: Koa.Context,
  route: Route,
  dependencies: AppDependencies,
): Promise<HubRequest> {
  const caller = await dependencies.caller(context.headers)
  context.state.caller = caller.key
  const accept = agreeOnMediaType(context.headers.accept, route.produces ?? DEFAULT_PRODUCES)
  const query = parameters(context, route)
  const named = await tenantOf(context, route, dependencies.store)
  const tenant =
    context.headers['ngsild-snapshot'] === undefined
      ? named
      : await enterSnapshot(context, route, {
          scope: { caller, tenant: named, query },
          useSnapshot: dependencies.useSnapshot,
        })
  const { body, bytes } = await readBody(context, route, route.maxBytes ?? dependencies.maxBodyBytes)
  const requestId: string = context.state.requestId
  return {
    method: context.method,
    path: context.url,
    params: context.params,
    query,
    headers: flatHeaders(context),
    ...(body !== undefined && { body }),
    ...(bytes && { bytes }),
    caller,
    tenant,
    requestId,
    origin: { by: caller.key, requestId },
    accept,
    table: tables(context, body, { contexts: dependencies.contexts, tenant: named }),
  }
}

/** Empty values count as absent; unknown names are refused (CIM 009 v1.9.1, 6.3.20). */
function parameters(context: Koa.Context, route: Route): URLSearchParams {
  const { querystring } = context
  if (querystring === '') return new URLSearchParams()
  const query = new URLSearchParams(querystring)
  for (const [name, value] of [...query]) {
    if (value === '') query.delete(name)
    else if (!route.parameters?.includes(name)) {
      throw invalidRequest(
        `Parameter ${name} is not known here; known are: ${route.parameters?.join(', ') || 'none'}`,
      )
    } else if (query.getAll(name).length > 1)
      throw invalidRequest(`Parameter ${name} is given more than once`)
  }
  return query
}

async function tenantOf(context: Koa.Context, route: Route, store: Store): Promise<Tenant> {
  const tenant = parseTenant(context.get('NGSILD-Tenant'))
  if (tenant !== DEFAULT_TENANT) context.set('NGSILD-Tenant', tenant)
  if (tenant === DEFAULT_TENANT || route.createsTenant) return tenant
  if ((await store.tenants()).includes(tenant)) return tenant
  throw noTenant(tenant)
}

async function readBody(
  context: Koa.Context,
  route: Route,
  maxBytes: number,
): Promise<{ body?: JsonValue; bytes?: Uint8Array }> {
  if (route.body === 'none') return {}
  if (route.body === 'bytes') return { bytes: await readBytes(context.req, maxBytes) }
  checkJsonHeaders(context.headers, context.method, maxBytes)
  return { body: parseJson(await readBytes(context.req, maxBytes)) }
}

/** Each element of an array has its own @context (6.3.5, batch operations). */
function tables(
  context: Koa.Context,
  body: JsonValue | undefined,
  { contexts, tenant }: { readonly contexts: ContextService; readonly tenant: Tenant },
): HubRequest['table'] {
  const { link, 'content-type': type } = context.headers
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

/** Only `set-cookie`, which no request has, is a list (node's http). */
function flatHeaders({ headers }: Koa.Context): Readonly<Record<string, string | undefined>> {
  return headers as Readonly<Record<string, string | undefined>>
}

function refuseUnknown(context: Koa.Context, router: Router | undefined): void {
  const path = router?.match(context.path, context.method).path ?? []
  const methods = [...new Set(path.flatMap((layer) => layer.methods))]
  if (methods.length === 0)
    throw new Problem('ResourceNotFound', `Path ${context.path} leads to nothing here`)
  allowMethods(context, methods)
}
