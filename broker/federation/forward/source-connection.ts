import { NoToken } from '../../../security/credentials/issued-tokens.ts'
import type { Egress } from '../../../security/egress/egress.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import type { Caller } from '../../core/model/caller.ts'
import type { JsonValue } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Registration } from '../registry/registration.ts'
import type { SourceStates } from '../states/source-states.ts'
import { answerMemory } from './answer-memory.ts'
import { connectSource } from './connect-source.ts'
import type { SourceFailure, SourceResponse } from './exchange.ts'
import type { KeptAnswers } from './kept-answers.ts'
import type { KnownAnswers } from './known-answers.ts'
import type { CredentialsOf } from './source-credentials.ts'
import type { RequestHeaders } from './source-headers.ts'

/** What every call of a source needs. */
export interface SourceDependencies {
  readonly states: SourceStates
  readonly egress: Egress
  readonly outbound: CredentialsOf
  /** Resolves the @context that a registration asks for, or that an answer carries. @throws Problem */
  readonly tableOf: (context: JsonValue) => Promise<TermTable>
  /** This hub's pseudonym in `Via`. */
  readonly alias: string
  readonly clock: () => Micros
  /** Deadline of a source whose registration names none. */
  readonly defaultTimeoutMs: number
  /** What a source answers in the course of one call may be so long: 16 MiB unless given. */
  readonly maxAnswerBytes?: number
  /** Spares reading again what comes again. */
  readonly known?: KnownAnswers
  /** What is kept of the answers of sources whose registrations allow it. */
  readonly kept?: KeptAnswers
  /** For so long a kept answer stands in for a source that fails: an hour unless given. */
  readonly keepForMs?: number
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
  /** An EntityMap of the source's own (6.4.3.2). */
  readonly entityMap?: string
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
  /** Minor version of the standard that the source speaks, where its registration says so: what is sent to it conforms. */
  readonly version?: number
  /** Makes one request. Any status is a response; without one, or with a body that is no JSON, there is a failure. */
  send(request: SourceRequest): Promise<SourceResponse | SourceFailure>
  /** What is left of the deadline, milliseconds. */
  remaining(): number
  /** Resolves an @context that an answer names: of all of a call only so many, and within its deadline. @throws Problem or Error */
  readonly tableOf: (context: JsonValue) => Promise<TermTable>
}

/** What came of calling a source: what the work answered, or why there was none to do. */
export type Called<T> = (T & { readonly failure?: SourceFailure }) | { readonly failure: SourceFailure }

/** Some work to do with a source. */
export interface SourceCall<T> {
  readonly registration: Registration
  readonly work: (connection: SourceConnection) => Promise<Called<T>>
  /**
   * The work only reads, and may be done more than once: where the registration has a cacheDuration it may be done with
   * what is kept of earlier answers. Their warnings say so.
   */
  readonly reads?: true
}

/** A registrant cannot make anybody wait longer than this. */
const LONGEST_TIMEOUT_MS = 30_000
/** An answer that is older does not stand in for a source that fails, where nothing else is configured. */
const KEEP_FOR_MS = 3_600_000

const UNPREPARED: SourceFailure = { code: 199, text: 'could not be asked', tired: false }
const NO_TOKEN: SourceFailure = {
  code: 199,
  text: 'could not be asked: its issuer gave no token',
  tired: false,
}
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
export function withSource<T extends object>(
  dependencies: SourceDependencies,
  onBehalf: OnBehalf,
  call: SourceCall<T>,
): Promise<Called<T>> {
  const { kept } = dependencies
  const { cacheMs } = call.registration
  if (!call.reads || !kept || cacheMs === undefined) return callSource(dependencies, onBehalf, call)
  return withMemory({ ...dependencies, kept }, onBehalf, { ...call, cacheMs })
}

/** Within the cacheDuration an answer saves the call; later it stands in for a source that fails (5.2.34, 6.3.17). */
async function withMemory<T extends object>(
  dependencies: SourceDependencies & { readonly kept: KeptAnswers },
  onBehalf: OnBehalf,
  call: SourceCall<T> & { readonly cacheMs: number },
): Promise<Called<T>> {
  const { registration, work, cacheMs } = call
  const { states, keepForMs = KEEP_FOR_MS } = dependencies
  const memory = answerMemory(dependencies, onBehalf, registration)
  const fresh = await attempt(work, memory.recall(cacheMs * 1000))
  if (!fresh.failure) return used(fresh)
  const live = await callSource(dependencies, onBehalf, {
    registration,
    work: (connection) => work(memory.noting(connection)),
  })
  if (!live.failure) {
    memory.keep()
    return live
  }
  const last = await attempt(work, memory.recall(Math.max(cacheMs, keepForMs) * 1000, live.failure))
  return last.failure ? live : used(last)

  function used(called: Called<T>): Called<T> {
    states.usedKept(onBehalf.tenant, registration)
    return called
  }
}

async function callSource<T extends object>(
  dependencies: SourceDependencies,
  onBehalf: OnBehalf,
  { registration, work }: SourceCall<T>,
): Promise<Called<T>> {
  const { states, clock, log } = dependencies
  const started = clock()
  const passage = states.enter(onBehalf.tenant, registration, started)
  if (!passage) return { failure: LEFT_ALONE }
  const timeoutMs = Math.min(registration.timeoutMs ?? dependencies.defaultTimeoutMs, LONGEST_TIMEOUT_MS)
  const deadline = started + timeoutMs * 1000
  const called = await attempt(work, connectSource(dependencies, onBehalf, { registration, deadline }))
  const { failure } = called
  const at = clock()
  const latencyMs = Math.round((at - started) / 1000)
  passage.leave({ at, latencyMs, ...(failure && { failure }) })
  if (failure) log?.({ registration: registration.id, code: failure.code, text: failure.text })
  return called
}

async function attempt<T extends object>(
  work: SourceCall<T>['work'],
  connection: Promise<SourceConnection>,
): Promise<Called<T>> {
  try {
    return await work(await connection)
  } catch (error) {
    return { failure: error instanceof NoToken ? NO_TOKEN : UNPREPARED }
  }
}
