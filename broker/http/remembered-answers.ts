import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import type { ContextService } from '../contexts/context-service.ts'
import type { TermTable } from '../core/context/term-table.ts'
import type { Caller } from '../core/model/caller.ts'
import { DEFAULT_TENANT, isTenantName, type Tenant } from '../core/model/tenant.ts'
import type { Shown } from '../core/view/begin-disclosures.ts'
import type { Lasting } from '../operations/lasting.ts'
import { type AccessRecord, millisecondsSince, requestIdOf } from './access-record.ts'
import { knownTag } from './decode/entity-tags.ts'
import { contextOfLink } from './decode/link-context.ts'
import type { AnswerAudit, ShownAgain } from './disclosures.ts'
import type { RequestRates } from './request-rates.ts'

/** What an answer to a GET was made of, besides the request. */
export interface AnswerBasis {
  readonly route: string
  readonly caller: Caller
  readonly table: TermTable
  readonly lasting: Lasting
  /** What it shows that somebody has to know of; absent: nothing. */
  readonly shown?: Shown
}

/** Answers that would be given again: the same bytes for the same request, without deciding anything anew. */
export interface RememberedAnswers {
  /**
   * Sends the remembered answer where there is one that is still right; tells whether it did, or will as soon as it is on
   * disk what it shows: `otherwise` is called when that fails.
   */
  send(request: IncomingMessage, response: ServerResponse, otherwise: Otherwise): boolean
  /** Remembers an answer with its headers, names and values in turn. */
  keep(
    request: IncomingMessage,
    headers: readonly string[],
    answer: AnswerBasis & { body: string | Buffer },
  ): void
  /** Forgets all. */
  clear(): void
}

/** Answers a request anew. */
type Otherwise = (request: IncomingMessage, response: ServerResponse) => void

export interface RememberedDependencies {
  readonly contexts: Pick<ContextService, 'known'>
  /** Who asks, where that is known without waiting. */
  readonly knownCaller: (authorization: string | undefined, purpose?: string) => Caller | undefined
  readonly access: (record: AccessRecord) => void
  /** Who has to know of what is shown of persons; absent: nobody. */
  readonly audit?: Pick<AnswerAudit, 'showing'>
  /** What callers are held to; absent: nothing. */
  readonly rates?: Pick<RequestRates, 'take'>
  /** Bound of all answers together, in characters. */
  readonly maxSize: number
}

interface Remembered extends Pick<AnswerBasis, 'route' | 'table' | 'lasting' | 'shown'> {
  readonly body: string | Buffer
  /** Names and values in turn, as node takes them. */
  readonly headers: readonly string[]
  /** @context that the request names; absent: the default. */
  readonly context: string | undefined
  /** To whom it was shown last, and what takes that down: a client asks the same many times in a row. */
  toldOf: Caller | undefined
  tell: ShownAgain | undefined
}

/** A remembered answer on its way. */
interface Sent {
  readonly answer: Remembered
  /** Tag by which the caller names what it has already. */
  readonly known: string | undefined
  readonly requestId: string
  readonly started: number
  readonly caller: string
}

/** Makes an empty memory of answers. It holds the routes' plain 200s only, a 304 follows from one; whatever is refused is decided anew. */
export function createRememberedAnswers(dependencies: RememberedDependencies): RememberedAnswers {
  const { contexts, knownCaller, access, maxSize, audit, rates } = dependencies
  const answers = new LRUCache<string, Remembered>({
    maxSize: Math.max(maxSize, 1),
    sizeCalculation: ({ body, headers }, key) => body.length + key.length + 20 * headers.length,
  })

  /** Decides only what may have changed since: who sees what, the names in use, the data. */
  const isRight = ({ context, table, lasting }: Remembered, tenant: Tenant): boolean =>
    lasting() && contexts.known(context, tenant) === table

  /** What takes down that an answer is shown to a caller; undefined: nobody has to know. */
  function tellerOf(answer: Remembered, caller: Caller, tenant: Tenant): ShownAgain | undefined {
    const { shown, route } = answer
    if (!shown || !audit) return undefined
    if (answer.toldOf !== caller) {
      answer.tell = audit.showing({ caller, tenant, operation: route, ...shown })
      answer.toldOf = caller
    }
    return answer.tell
  }

  function sendNow(response: ServerResponse, { answer, known, requestId, started, caller }: Sent): void {
    const status = known === undefined ? 200 : 304
    const headers = known === undefined ? answer.headers : unchanged(answer.headers, known)
    response.writeHead(status, [...headers, 'X-Request-Id', requestId])
    response.end(known === undefined ? answer.body : undefined)
    const milliseconds = millisecondsSince(started)
    access({ requestId, method: 'GET', route: answer.route, status, milliseconds, caller })
  }

  return {
    clear: () => answers.clear(),
    keep: (request, headers, { body, caller, ...basis }) => {
      const asked = readRequest(request)
      if (!asked || request.method !== 'GET') return
      const context = contextOfLink(request.headers.link as string | undefined) // node joins Link headers
      answers.set(keyOf(asked, caller), {
        ...{ body, context, headers: withoutRequestId(headers), toldOf: undefined, tell: undefined },
        ...basis,
      })
    },
    send: (request, response, otherwise) => {
      const started = performance.now()
      const asked = request.method === 'GET' ? readRequest(request) : undefined
      const { authorization, 'hub-purpose': purpose } = request.headers
      const caller = asked && knownCaller(authorization, purpose as string | undefined) // node joins what is there twice
      if (!asked || !caller) return false
      const key = keyOf(asked, caller)
      const answer = answers.get(key)
      if (!answer) return false
      if (!isRight(answer, asked.tenant)) {
        answers.delete(key)
        return false
      }
      // whoever asks too often is refused where all others are
      if (rates?.take({ caller, tenant: asked.tenant, socket: request.socket }) === false) return false
      const requestId = requestIdOf(request.headers['x-request-id'])
      const known = knownTagOf(request, answer)
      const sent: Sent = { answer, known, requestId, started, caller: caller.key }
      const waiting = known === undefined ? tellerOf(answer, caller, asked.tenant)?.(requestId) : undefined
      if (!waiting) sendNow(response, sent)
      else
        waiting.then(
          () => sendNow(response, sent),
          () => otherwise(request, response),
        )
      return true
    },
  }
}

/** Answers the tag by which the caller names what is remembered, and has it already. */
function knownTagOf({ headers }: IncomingMessage, answer: Remembered): string | undefined {
  const noneMatch = headers['if-none-match']
  if (noneMatch === undefined) return undefined
  const at = answer.headers.indexOf('ETag')
  const etag = at < 0 ? undefined : answer.headers[at + 1]
  return etag === undefined ? undefined : knownTag(noneMatch, etag)
}

/** What a 304 says too. */
const KEPT = [
  ...['Vary', 'NGSILD-Tenant', 'X-Content-Type-Options', 'Referrer-Policy'],
  ...['Cross-Origin-Resource-Policy', 'Strict-Transport-Security'],
]

/** Headers of a 304 (RFC 9110, 15.4.5): of the content nothing is said. */
function unchanged(headers: readonly string[], etag: string): readonly string[] {
  const kept = KEPT.flatMap((name) => {
    const at = headers.indexOf(name)
    return at < 0 ? [] : [name, headers[at + 1] ?? '']
  })
  return ['ETag', etag, ...kept]
}

function withoutRequestId(headers: readonly string[]): readonly string[] {
  const at = headers.indexOf('X-Request-Id')
  return at < 0 ? headers : [...headers.slice(0, at), ...headers.slice(at + 2)]
}

interface Asked {
  readonly tenant: Tenant
  /** All that the answer depends on besides the caller. */
  readonly text: string
}

/** What a request header means for an answer: nothing, or it is part of what is asked. Of others nothing is known. */
const HEADERS: Readonly<Record<string, 'ignored' | 'asked' | undefined>> = {
  host: 'ignored',
  connection: 'ignored',
  'keep-alive': 'ignored',
  'user-agent': 'ignored',
  authorization: 'ignored', // it says who the caller is, and that for what
  'hub-purpose': 'ignored',
  'cache-control': 'ignored',
  pragma: 'ignored',
  'content-type': 'ignored',
  'accept-language': 'ignored',
  'if-none-match': 'ignored', // looked at when the answer is sent
  'x-request-id': 'ignored',
  'x-forwarded-for': 'ignored',
  'x-forwarded-host': 'ignored',
  'x-forwarded-proto': 'ignored',
  'x-real-ip': 'ignored',
  traceparent: 'ignored',
  tracestate: 'ignored',
  accept: 'asked',
  'accept-encoding': 'asked',
  link: 'asked',
  prefer: 'asked',
  'ngsild-tenant': 'asked',
  via: 'asked', // it decides which sources have a part in the answer
}

/** Reads what an answer depends on; undefined where a header could mean something that is not known here. */
function readRequest({ headers, url = '' }: IncomingMessage): Asked | undefined {
  const tenant = tenantOf(headers)
  if (tenant === undefined) return undefined
  let text = url
  for (const name in headers) {
    const meaning = HEADERS[name]
    if (meaning === undefined) return undefined
    if (meaning === 'asked') text += `\n${name}: ${headers[name]}`
  }
  return { text, tenant }
}

function tenantOf({ 'ngsild-tenant': name }: IncomingHttpHeaders): Tenant | undefined {
  if (name === undefined || name === '') return DEFAULT_TENANT
  return typeof name === 'string' && isTenantName(name) ? name : undefined
}

function keyOf({ text, tenant }: Asked, caller: Caller): string {
  return `${caller.view(tenant).id} ${text}`
}
