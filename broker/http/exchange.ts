import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../core/model/caller.ts'
import { requestIdOf } from './access-record.ts'
import type { AnswerBasis } from './remembered-answers.ts'

/** Headers of an answer, by their names as they are sent. */
export type AnswerHeaders = Record<string, string | readonly string[]>

/** A request on its way to its answer. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly method: string
  /** Path as sent, without query. */
  readonly path: string
  /** Query as sent, without question mark. */
  readonly search: string
  readonly requestId: string
  /** What the answer carries, whatever becomes of the request. */
  readonly headers: AnswerHeaders
  /** Pattern of the route, for the access record. */
  route?: string
  /** Keyed pseudonym of the caller, once it is known. */
  caller?: string
  /** Who asks, once it is known, where it is taken down what is refused. */
  asker?: Caller
  /** What the answer was made of, where it may be remembered. */
  basis?: AnswerBasis
}

/** Begins an exchange. */
export function beginExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const target = targetOf(request)
  const query = target.indexOf('?')
  const requestId = requestIdOf(request.headers['x-request-id'])
  return {
    request,
    response,
    method: request.method ?? 'GET',
    path: query < 0 ? target : target.slice(0, query),
    search: query < 0 ? '' : target.slice(query + 1),
    requestId,
    headers: { 'X-Request-Id': requestId },
  }
}

/** Adds names of request headers to those that the answer depends on. */
export function vary({ headers }: Exchange, names: string): void {
  headers.Vary = headers.Vary === undefined ? names : `${headers.Vary}, ${names}`
}

/** Aborted when the connection is closed, by whomever. */
export function goneWith(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return gone.signal
}

/** Proxies may send the whole URL (RFC 9112, 3.2.2). */
function targetOf({ url = '/' }: IncomingMessage): string {
  if (url.startsWith('/') && !url.includes('#')) return url
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '').split('#', 1)[0] ?? ''
  return path.startsWith('/') ? path : `/${path}`
}
