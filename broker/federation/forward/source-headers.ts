import { contextLink } from '../../core/context/context-link.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import { DEFAULT_TENANT } from '../../core/model/tenant.ts'
import type { KeyValuePair, Registration } from '../registry/registration.ts'
import type { SourceCredentials } from './source-credentials.ts'

/** Headers of the request that caused a forward; names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>

/** The value of contextSourceInfo that stands for what the client sent (CIM 009 v1.9.1, 4.3.6.5). */
export const FROM_REQUEST = 'urn:ngsi-ld:request'

/** Headers that belong to the connection or to us: contextSourceInfo cannot set them (4.3.6.5). */
const PROTECTED: ReadonlySet<string> = new Set([
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'te', 'trailer'],
  ...['expect', 'proxy-authorization', 'ngsild-tenant', 'via', 'link'],
  // who asks, and what for, is for the credentials to say
  ...['hub-on-behalf-of', 'hub-purpose'],
])

/** Headers in which callers show this hub who they are: who is not trusted with that could be them elsewhere. */
const SHOWN_HERE: ReadonlySet<string> = new Set(['authorization', 'cookie', 'dpop'])

/** Keys of contextSourceInfo that steer the forward instead of being sent (4.3.6.6). */
const STEERING: ReadonlySet<string> = new Set(['accept', 'contenttype', 'jsonldcontext', 'ngsildconformance'])

/** Answers the value of a steering key of contextSourceInfo (CIM 009 v1.9.1, 4.3.6.6). */
export function steering(
  { contextSourceInfo }: Registration,
  key: 'accept' | 'contentType' | 'jsonldContext' | 'ngsildConformance',
): string | undefined {
  return contextSourceInfo.find((pair) => pair.key.toLowerCase() === key.toLowerCase())?.value
}

/** Writes the headers of a read at a source (CIM 009 v1.9.1, 4.3.6.5, 6.3.14, 6.3.18). */
export function sourceHeaders(
  registration: Registration,
  request: {
    readonly table: TermTable
    readonly via: string
    readonly incoming: RequestHeaders
    /** Credentials that the hub gives along; the registration's own come before them. */
    readonly credentials: SourceCredentials
  },
): Record<string, string> {
  const { headers = {}, foreign } = request.credentials
  const configured = registration.contextSourceInfo
    .filter((pair) => !foreign || !handsOnCaller(pair))
    .flatMap((pair) => headerOf(pair, request.incoming))
  const names = new Set(configured.map(([name]) => name.toLowerCase()))
  const credentials = Object.entries(headers).filter(([name]) => !names.has(name.toLowerCase()))
  return {
    ...Object.fromEntries(credentials),
    ...Object.fromEntries(configured),
    Accept: steering(registration, 'accept') ?? 'application/json',
    Link: contextLink(request.table),
    Via: request.via,
    ...(registration.tenant !== DEFAULT_TENANT && { 'NGSILD-Tenant': registration.tenant }),
  }
}

function handsOnCaller({ key, value }: KeyValuePair): boolean {
  return value === FROM_REQUEST && SHOWN_HERE.has(key.toLowerCase())
}

function headerOf({ key, value }: KeyValuePair, incoming: RequestHeaders): readonly [string, string][] {
  const name = key.toLowerCase()
  if (PROTECTED.has(name) || STEERING.has(name)) return []
  const sent = value === FROM_REQUEST ? incoming[name] : value
  return sent === undefined ? [] : [[key, sent]]
}
