import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { JsonValue } from '../../core/model/json.ts'
import type { Exchange } from '../exchange.ts'

/** What is asked of the API inside another request. */
export interface InnerRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: JsonValue
}

/** Headers that say for whom and for what the outer request is sent. */
const PASSED_ON = ['ngsild-tenant', 'hub-purpose', 'link']

/**
 * Begins an exchange that asks the API in the name of whoever sent the outer request, under its id; who that is has to be
 * known already: a proof is good for one request.
 */
export function innerExchange(outer: Exchange, asked: InnerRequest): Exchange {
  const { method = 'GET', path, parameters = {}, body } = asked
  const { asker, caller, request, response, requestId } = outer
  if (!asker) throw new Error('Inner request has no caller')
  const search = String(new URLSearchParams(parameters))
  const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
  const passed = PASSED_ON.flatMap((name) => {
    const value = request.headers[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const inner = Object.assign(Readable.from(bytes ? [bytes] : []), {
    method,
    url: search === '' ? path : `${path}?${search}`,
    headers: {
      ...Object.fromEntries(passed),
      ...(bytes && { 'content-type': 'application/json', 'content-length': String(bytes.length) }),
      ...asked.headers,
    },
    socket: request.socket,
    complete: true,
  }) as unknown as IncomingMessage // routes read no other members of one
  return {
    ...{ request: inner, response, method, path, search, requestId, asker },
    ...(caller !== undefined && { caller }),
    headers: {},
  }
}
