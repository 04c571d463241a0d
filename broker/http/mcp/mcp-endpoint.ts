import type { IncomingMessage } from 'node:http'
import type { Caller } from '../../core/model/caller.ts'
import { Problem } from '../../core/model/problem.ts'
import { parseTenant } from '../../core/model/tenant.ts'
import type { MakeAnswer } from '../answer-exchange.ts'
import { type AllowedOrigins, checkOrigin } from '../check-origin.ts'
import { readBytes } from '../decode/body.ts'
import { asProblem } from '../encode/problem-document.ts'
import type { WrittenAnswer } from '../encode/write-answer.ts'
import { type Exchange, goneWith } from '../exchange.ts'
import { allowMethods } from '../middleware/allow-methods.ts'
import type { RequestRates } from '../request-rates.ts'
import { innerExchange } from './inner-exchange.ts'
import { type McpDescription, mcpServer } from './mcp-server.ts'
import type { KnownTypes, ToolContext } from './tool.ts'

/** What the endpoint of the Model Context Protocol is made of. */
export interface McpDependencies extends AllowedOrigins {
  /** Makes an answer of the API. @throws Problem */
  readonly answer: MakeAnswer
  /** Finds out who asks. @throws Problem Unauthorized */
  readonly caller: (request: IncomingMessage) => Promise<Caller>
  readonly rates?: Pick<RequestRates, 'check'>
  /** Takes down what was refused inside an answer. */
  readonly note: (exchange: Exchange, problem: Problem) => void
  readonly mcp: McpDescription & { readonly types: KnownTypes }
}

/** Where it is said who gives tokens for the hub (RFC 9728). */
export const RESOURCE_METADATA = '/.well-known/oauth-protected-resource'

const MOST_BYTES = 262_144

/** Answers one request of the protocol, in the name of its caller. */
type Serve = (request: Request, context: ToolContext) => Promise<Response>

/**
 * The endpoint of the Model Context Protocol, `/mcp`: streamable HTTP without sessions, revisions 2025-03-26 to 2026-07-28.
 * Whatever its tools answer is asked of the API's own routes, so that it is seen, masked, counted and taken down as there.
 */
export function mcpEndpoint(dependencies: McpDependencies): MakeAnswer {
  let serving: Promise<Serve> | undefined
  return async (exchange) => {
    const { request, response, method } = exchange
    if (method !== 'POST') return allowMethods(method, ['POST'])
    exchange.route = 'POST /mcp'
    checkOrigin(request, dependencies, 'use the tools')
    await know(exchange, dependencies)
    const body = await readBytes(request, MOST_BYTES)
    serving ??= load(dependencies)
    const gone = goneWith(response)
    const serve = await serving
    const asked = new Request(new URL('/mcp', dependencies.url), {
      method,
      headers: protocolHeaders(request),
      body,
      signal: gone,
    })
    return written(await serve(asked, { ...contextOf(exchange, dependencies), gone }))
  }
}

/** A stranger is asked for a token, even where it may see something: clients log in when they are refused, not before. */
async function know(exchange: Exchange, { caller: callerOf, rates, url }: McpDependencies): Promise<void> {
  const { request } = exchange
  try {
    const caller = await callerOf(request)
    exchange.caller = caller.key
    exchange.asker = caller
    if (caller.anonymous) throw new Problem('Unauthorized', 'Request has no access token')
    const tenant = parseTenant(request.headers['ngsild-tenant'] as string | undefined) // node joins what is there twice
    rates?.check({ caller, tenant, socket: request.socket })
  } catch (error) {
    throw leadingOn(error, new URL(RESOURCE_METADATA, url))
  }
}

/** Adds where tokens are had to a refusal that wants one (RFC 9728, 5.1). */
function leadingOn(error: unknown, metadata: URL): unknown {
  if (!(error instanceof Problem) || error.code !== 'Unauthorized') return error
  const { code, message, cause, members, headers } = error
  const own = headers['WWW-Authenticate']
  const challenge = `${own === undefined ? 'Bearer ' : `${own}, `}resource_metadata="${metadata.href}"`
  return new Problem(code, message, {
    cause,
    members,
    headers: { ...headers, 'WWW-Authenticate': challenge },
  })
}

function contextOf(exchange: Exchange, { answer, note, mcp }: McpDependencies): Omit<ToolContext, 'gone'> {
  return {
    types: mcp.types,
    ask: async (asked) => {
      const inner = innerExchange(exchange, asked)
      try {
        const made = await answer(inner)
        if (!made) throw new Error('Route answers by itself')
        return made
      } catch (error) {
        const problem = asProblem(error)
        note(inner, problem)
        throw problem
      }
    },
  }
}

/** Loads the library when somebody speaks the protocol first. */
async function load({ mcp }: McpDependencies): Promise<Serve> {
  const { createMcpHandler, ...library } = await import('@modelcontextprotocol/server')
  return async (request, context) => {
    const handler = createMcpHandler(() => mcpServer(library, mcp, context), { maxSubscriptions: 0 })
    return handler.fetch(request)
  }
}

/** What the protocol says in headers; who asks, and with what, is none of its business. */
function protocolHeaders({ headers }: IncomingMessage): Headers {
  const passed = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    if (
      typeof value === 'string' &&
      (name === 'accept' || name === 'content-type' || name.startsWith('mcp-'))
    )
      passed.set(name, value)
  }
  return passed
}

async function written(response: Response): Promise<WrittenAnswer> {
  const { status, headers, body } = response
  const contentType = headers.get('content-type')
  if (body === null || contentType === null) return { status, headers: {} }
  const told = { 'Content-Type': contentType, 'Cache-Control': 'no-store' }
  if (contentType.startsWith('text/event-stream'))
    return { status, headers: { ...told, 'X-Accel-Buffering': 'no' }, stream: () => body, live: true }
  return { status, headers: told, body: await response.text() }
}
