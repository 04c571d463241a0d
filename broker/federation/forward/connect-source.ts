import { soleUrl } from '../../contexts/own-contexts.ts'
import { isJsonObject, type JsonValue } from '../../core/model/json.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Registration } from '../registry/registration.ts'
import { boundedTables } from './bounded-tables.ts'
import { conformBody } from './conform-body.ts'
import { exchange, failed, type SourceFailure, type SourceResponse } from './exchange.ts'
import type { OnBehalf, SourceConnection, SourceDependencies, SourceRequest } from './source-connection.ts'
import type { SourceCredentials } from './source-credentials.ts'
import { sourceHeaders, steering } from './source-headers.ts'
import { conformParameters, versionOf } from './source-version.ts'
import { aliasOf, appendVia } from './via.ts'
import { within } from './within.ts'

/** Answers of a source may be so long, all pages together, where nothing else is configured. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024
const NOTHING = Promise.resolve(undefined)

/** Credentials and @contexts may have to be fetched first: that is part of the deadline. @throws Error or Problem */
export async function connectSource(
  dependencies: SourceDependencies,
  onBehalf: OnBehalf,
  { registration, deadline }: { readonly registration: Registration; readonly deadline: Micros },
): Promise<SourceConnection> {
  const { egress, clock, outbound, alias, kept, known, maxAnswerBytes = MAX_ANSWER_BYTES } = dependencies
  const { tenant, caller, via } = onBehalf
  const { endpoint } = registration
  const remaining = (): number => Math.max(0, Math.ceil((deadline - clock()) / 1000))
  const [terms, credentials] = await within(
    remaining(),
    Promise.all([termsFor(dependencies, onBehalf, registration), outbound(caller, registration)]),
  )
  const headersWith = (shown: SourceCredentials): Record<string, string> =>
    sourceHeaders(registration, {
      table: terms.table,
      via: appendVia(via, aliasOf(alias, tenant)),
      incoming: onBehalf.headers ?? {},
      credentials: shown,
    })
  let headers = headersWith(credentials)
  const pool = `${tenant} ${endpoint} ${registration.tenant}`
  const version = versionOf(registration)
  let bytes = maxAnswerBytes
  return {
    registration,
    ...terms,
    ...(version !== undefined && { version }),
    remaining,
    tableOf: boundedTables(dependencies.tableOf, remaining),
    send,
  }

  async function send(given: SourceRequest): Promise<SourceResponse | SourceFailure> {
    const request = version === undefined ? given : conformRequest(given, version)
    const first = await sendOnce(request)
    if (failed(first) || first.status !== 401 || !(await renewed())) return first
    return readsOnly(request) ? sendOnce(request) : first
  }

  /** A token may have been taken back before its end: with another one reads are sent again, writes come with it from now on. */
  async function renewed(): Promise<boolean> {
    const shown = await within(remaining(), credentials.renew?.() ?? NOTHING).catch(() => undefined)
    if (shown) headers = headersWith({ ...credentials, headers: shown })
    return shown !== undefined
  }

  async function sendOnce(request: SourceRequest): Promise<SourceResponse | SourceFailure> {
    const { method, body, maxBytes = bytes } = request
    const repeatable = readsOnly(request)
    const result = await exchange(
      egress,
      {
        method,
        url: urlOf(registration, request),
        pool,
        timeoutMs: Math.max(1, remaining()),
        maxBytes: Math.min(maxBytes, bytes),
        repeatable,
        ...(credentials.tls && { tls: credentials.tls }),
        ...(body === undefined
          ? { headers: headersOf(request) }
          : written(body, headersOf(request), { registration, ...terms })),
      },
      known,
    )
    if (writesEntities(request)) kept?.forget(tenant, endpoint)
    if (!failed(result)) bytes -= result.bytes
    return result
  }

  /** A source that knows later versions too answers in the one that its registration names (6.3.21, 4.3.6.8). */
  function headersOf(request: SourceRequest): Record<string, string> {
    const { entityMap } = request
    return {
      ...(readsOnly(request) && version !== undefined && { Prefer: `ngsi-ld=1.${version}` }),
      ...headers,
      ...(entityMap !== undefined && { 'NGSILD-EntityMap': entityMap }),
    }
  }
}

function conformRequest({ parameters, body, ...request }: SourceRequest, version: number): SourceRequest {
  return {
    ...request,
    ...(parameters && { parameters: conformParameters(parameters, version) }),
    ...(body !== undefined && { body: conformBody(request.path, body, version) }),
  }
}

/** Answers in which terms a source is asked: the client's, or those that its registration names. @throws Problem */
export async function termsFor(
  { tableOf }: Pick<SourceDependencies, 'tableOf'>,
  { table }: Pick<OnBehalf, 'table'>,
  registration: Registration,
): Promise<Pick<SourceConnection, 'table' | 'translated'>> {
  const own = steering(registration, 'jsonldContext')
  return own === undefined ? { table, translated: false } : { table: await tableOf(own), translated: true }
}

/** Answers where a request goes. */
export function urlOf(
  { endpoint }: Registration,
  { path, parameters }: Pick<SourceRequest, 'path' | 'parameters'>,
): string {
  return `${endpoint}/ngsi-ld/v1${path}${parameters && parameters.size > 0 ? `?${parameters}` : ''}`
}

/**
 * Tells whether a request changes nothing, so that it may arrive twice. PUT and DELETE may not: others may have written in
 * between, and who deleted would be told that there was nothing.
 */
export function readsOnly({ method, path }: Pick<SourceRequest, 'method' | 'path'>): boolean {
  return method === 'GET' || (method === 'POST' && /^(\/temporal)?\/entityOperations\/query$/.test(path))
}

/** Tells whether after a request answers about entities may be other ones. */
function writesEntities(request: SourceRequest): boolean {
  return !readsOnly(request) && /^(\/temporal)?\/(entities|entityOperations)(\/|$)/.test(request.path)
}

/**
 * In JSON-LD the @context is part of the body, or of each element of it (6.3.5). One that came inside a body goes on inside
 * it unless the registration says otherwise: a source need not reach this hub to fetch it.
 */
function written(
  body: JsonValue,
  { Link, ...headers }: Record<string, string>,
  { registration, table }: Pick<SourceConnection, 'registration' | 'table'>,
): { readonly headers: Record<string, string>; readonly body: string } {
  const inline = isLinkedData(table.source) && soleUrl(table.source) === undefined
  const type = steering(registration, 'contentType') ?? (inline ? 'application/ld+json' : 'application/json')
  if (type !== 'application/ld+json') {
    return {
      headers: { ...headers, ...(Link !== undefined && { Link }), 'Content-Type': type },
      body: JSON.stringify(body),
    }
  }
  const named = (value: JsonValue): JsonValue =>
    isJsonObject(value) ? { '@context': inline ? table.source : table.url, ...value } : value
  return {
    headers: { ...headers, 'Content-Type': type },
    body: JSON.stringify(Array.isArray(body) ? body.map(named) : named(body)),
  }
}

function isLinkedData(context: JsonValue): boolean {
  return isJsonObject(context) || Array.isArray(context)
}
