import { type Egress, type EgressAnswer, EgressFailed, EgressRefused } from '../../security/egress/egress.ts'
import { isJsonObject, type JsonValue, ownValue } from '../core/model/json.ts'
import { badRequestData, Problem } from '../core/model/problem.ts'

const ACCEPT = 'application/ld+json, application/json;q=0.9, */*;q=0.1'
const MAX_REDIRECTS = 3

/** What bounds one fetch. */
export interface FetchBounds {
  readonly timeoutMs: number
  readonly maxBytes: number
}

/** A fetched context document. */
export interface FetchedContext {
  /** What its `@context` member holds. */
  readonly context: JsonValue
  readonly headers: Readonly<Record<string, string>>
  /** Length of the text. */
  readonly size: number
}

/** Fetches a context document. @throws Problem LdContextNotAvailable or BadRequestData, naming the URL */
export async function fetchContext(
  egress: Egress,
  url: string,
  bounds: FetchBounds,
): Promise<FetchedContext> {
  const { body, headers } = await follow(egress, url, bounds)
  return { context: contextMember(url, parse(url, body)), headers, size: body.length }
}

/** Reads the `@context` member of a context document. @throws Problem BadRequestData */
export function contextMember(url: string, document: JsonValue): JsonValue {
  const context = isJsonObject(document) ? ownValue(document, '@context') : undefined
  if (context === undefined)
    throw badRequestData(`@context ${url} is not a JSON object with an @context member`)
  return context
}

async function follow(egress: Egress, url: string, bounds: FetchBounds): Promise<EgressAnswer> {
  let target = url
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const answer = await request(egress, url, target, bounds)
    const { status, headers } = answer
    if (status >= 200 && status < 300) return answer
    const location = headers.location
    const next =
      location !== undefined && URL.canParse(location, target) ? new URL(location, target) : undefined
    if (status < 300 || status >= 400 || !next) throw notAvailable(url, `its server answered ${status}`)
    target = next.href
  }
  throw notAvailable(url, `it redirects more than ${MAX_REDIRECTS} times`)
}

async function request(
  egress: Egress,
  url: string,
  target: string,
  bounds: FetchBounds,
): Promise<EgressAnswer> {
  try {
    return await egress.request({ url: target, method: 'GET', headers: { Accept: ACCEPT }, ...bounds })
  } catch (cause) {
    throw failure(url, bounds, cause)
  }
}

function failure(url: string, { timeoutMs, maxBytes }: FetchBounds, cause: unknown): unknown {
  if (cause instanceof EgressRefused) return notAvailable(url, 'the hub may not call that address')
  if (!(cause instanceof EgressFailed)) return cause
  if (cause.reason === 'too-large') return badRequestData(`@context ${url} has more than ${maxBytes} bytes`)
  if (cause.reason === 'timeout')
    return notAvailable(url, `its server did not answer in ${timeoutMs} ms`, cause)
  return notAvailable(url, 'its server cannot be reached', cause)
}

/** Answers the problem of a context that cannot be had (CIM 009 v1.9.1, 5.5.2). */
export function notAvailable(url: string, why: string, cause?: unknown): Problem {
  return new Problem('LdContextNotAvailable', `@context ${url} is not available: ${why}`, { cause })
}

function parse(url: string, body: string): JsonValue {
  try {
    const document: JsonValue = JSON.parse(body.replace(/^\uFEFF/, ''))
    return document
  } catch {
    throw badRequestData(`@context ${url} is not JSON`)
  }
}
