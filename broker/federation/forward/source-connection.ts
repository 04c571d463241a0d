import type { Egress } from '../../../security/egress/egress.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import type { Caller } from '../../core/model/caller.ts'
import { isJsonObject, type JsonValue } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Registration } from '../registry/registration.ts'
import type { SourceStates } from '../states/source-states.ts'
import { exchange, failed, type SourceFailure, type SourceResponse } from './exchange.ts'
import { type RequestHeaders, sourceHeaders, steering } from './source-headers.ts'
import { aliasOf, appendVia } from './via.ts'

/** What every call of a source needs. */
export interface SourceDependencies {
  readonly states: SourceStates
  readonly egress: Egress
  /** Headers that say to a source on whose behalf it is asked. */
  readonly outbound: (caller: Caller, registration: Registration) => Promise<Record<string, string>>
  /** Resolves the @context that a registration asks for, or that an answer carries. @throws Problem */
  readonly tableOf: (context: JsonValue) => Promise<TermTable>
  /** This hub's pseudonym in `Via`. */
  readonly alias: string
  readonly clock: () => Micros
  /** Deadline of a source whose registration names none. */
  readonly defaultTimeoutMs: number
  /** What a source answers in the course of one call may be so long: 16 MiB unless given. */
  readonly maxAnswerBytes?: number
  /** Told once per request that a source did not answer as it should. */
  readonly log?: (record: {
    readonly registration: string
    readonly code: number
    readonly text: string
  }) => void
}

/** The request in whose course sources are called. */
export interface OnBehalf {
  readonly tenant: Tenant
  readonly caller: Caller
  /** The table of the client's @context. */
  readonly table: TermTable
  /** The `Via` header of the request, as it came. */
  readonly via: string | undefined
  /** Headers of the request, for registrations that hand some of them on (`urn:ngsi-ld:request`). */
  readonly headers?: RequestHeaders
}

/** One request to a source. */
export interface SourceRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Path below `/ngsi-ld/v1`, with its slash, encoded. */
  readonly path: string
  readonly parameters?: URLSearchParams
  /** Written in the terms of the connection's table. */
  readonly body?: JsonValue
  /** The answer may be so long, if all answers on this connection together may. */
  readonly maxBytes?: number
}

/** A source while it is called: all its requests have one deadline. */
export interface SourceConnection {
  readonly registration: Registration
  /** Names are written to and read from the source in the terms of this table. */
  readonly table: TermTable
  /** The registration asks for a @context that is not the client's (`jsonldContext`), so parameters of the client cannot be handed on. */
  readonly translated: boolean
  /** Makes one request. Any status is a response; without one, or with a body that is no JSON, there is a failure. */
  send(request: SourceRequest): Promise<SourceResponse | SourceFailure>
  /** What is left of the deadline, milliseconds. */
  remaining(): number
}

/** What came of calling a source: what the work answered, or why there was none to do. */
export type Called<T> = (T & { readonly failure?: SourceFailure }) | { readonly failure: SourceFailure }

/** Answers of a source may be so long, all pages together, where nothing else is configured. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024
/** A registrant cannot make anybody wait longer than this. */
const LONGEST_TIMEOUT_MS = 30_000

const UNPREPARED: SourceFailure = { code: 199, text: 'could not be asked', tired: false }
/** While it rests a source counts as one that does not answer in time (5.2.34). */
const LEFT_ALONE: SourceFailure = {
  code: 199,
  text: 'is left alone after a failure',
  tired: false,
  late: true,
}

/**
 * Does some work with a source, within its deadline and unless it is left alone: the one way in which the hub calls
 * sources, to read and to write (CIM 009 v1.9.1, 4.3.6). It knows who asks, remembers how the source does, and logs what
 * went wrong. Never throws because of a source: what goes wrong is the `failure` of the outcome, which the work names too
 * where an answer cannot be used.
 */
export async function withSource<T extends object>(
  dependencies: SourceDependencies,
  onBehalf: OnBehalf,
  {
    registration,
    work,
  }: { registration: Registration; work: (connection: SourceConnection) => Promise<Called<T>> },
): Promise<Called<T>> {
  const { states, clock, log } = dependencies
  const { tenant } = onBehalf
  const started = clock()
  const passage = states.enter(tenant, registration, started)
  if (!passage) return { failure: LEFT_ALONE }
  const timeoutMs = Math.min(registration.timeoutMs ?? dependencies.defaultTimeoutMs, LONGEST_TIMEOUT_MS)
  const called = await callOnce(dependencies, onBehalf, {
    registration,
    work,
    deadline: started + timeoutMs * 1000,
  })
  const { failure } = called
  const at = clock()
  const latencyMs = Math.round((at - started) / 1000)
  passage.leave({ at, latencyMs, ...(failure && { failure }) })
  if (failure) log?.({ registration: registration.id, code: failure.code, text: failure.text })
  return called
}

async function callOnce<T extends object>(
  dependencies: SourceDependencies,
  onBehalf: OnBehalf,
  call: {
    readonly registration: Registration
    readonly work: (connection: SourceConnection) => Promise<Called<T>>
    readonly deadline: Micros
  },
): Promise<Called<T>> {
  try {
    return await call.work(await connect(dependencies, onBehalf, call))
  } catch {
    return { failure: UNPREPARED }
  }
}

/** Credentials and @contexts may have to be fetched first: that is part of the deadline. @throws Error or Problem */
async function connect(
  { egress, clock, tableOf, outbound, alias, maxAnswerBytes = MAX_ANSWER_BYTES }: SourceDependencies,
  onBehalf: OnBehalf,
  { registration, deadline }: { readonly registration: Registration; readonly deadline: Micros },
): Promise<SourceConnection> {
  const own = steering(registration, 'jsonldContext')
  const remaining = (): number => Math.max(0, Math.ceil((deadline - clock()) / 1000))
  const [table, credentials] = await within(
    remaining(),
    Promise.all([own === undefined ? onBehalf.table : tableOf(own), outbound(onBehalf.caller, registration)]),
  )
  const headers = sourceHeaders(registration, {
    table,
    via: appendVia(onBehalf.via, aliasOf(alias, onBehalf.tenant)),
    incoming: onBehalf.headers ?? {},
    outbound: credentials,
  })
  const pool = `${onBehalf.tenant} ${registration.endpoint} ${registration.tenant}`
  let bytes = maxAnswerBytes
  return { registration, table, translated: own !== undefined, remaining, send }

  async function send(request: SourceRequest): Promise<SourceResponse | SourceFailure> {
    const { method, path, parameters, body, maxBytes = bytes } = request
    const search = parameters && parameters.size > 0 ? `?${parameters}` : ''
    const result = await exchange(egress, {
      method,
      url: `${registration.endpoint}/ngsi-ld/v1${path}${search}`,
      pool,
      timeoutMs: Math.max(1, remaining()),
      maxBytes: Math.min(maxBytes, bytes),
      repeatable: readsOnly(request),
      ...(body === undefined ? { headers } : written(body, headers, { registration, table })),
    })
    if (!failed(result)) bytes -= result.bytes
    return result
  }
}

/**
 * Tells whether a request changes nothing, so that it may arrive twice. PUT and DELETE may not: others may have written in
 * between, and who deleted would be told that there was nothing.
 */
function readsOnly({ method, path }: SourceRequest): boolean {
  return method === 'GET' || (method === 'POST' && /^(\/temporal)?\/entityOperations\/query$/.test(path))
}

/** In JSON-LD the @context is part of the body, or of each element of it (6.3.5). */
function written(
  body: JsonValue,
  { Link, ...headers }: Record<string, string>,
  { registration, table }: Pick<SourceConnection, 'registration' | 'table'>,
): { readonly headers: Record<string, string>; readonly body: string } {
  const type = steering(registration, 'contentType') ?? 'application/json'
  if (type !== 'application/ld+json') {
    return {
      headers: { ...headers, ...(Link !== undefined && { Link }), 'Content-Type': type },
      body: JSON.stringify(body),
    }
  }
  const named = (value: JsonValue): JsonValue =>
    isJsonObject(value) ? { '@context': table.url, ...value } : value
  return {
    headers: { ...headers, 'Content-Type': type },
    body: JSON.stringify(Array.isArray(body) ? body.map(named) : named(body)),
  }
}

/** @throws Error when the time passes before the work is done */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Deadline passed')), milliseconds)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
