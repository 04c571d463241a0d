import { createHmac, randomBytes } from 'node:crypto'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import { Problem, type ProblemCode } from '../../core/model/problem.ts'
import { DEFAULT_TENANT } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Store } from '../../store/port/store.ts'
import type { Command } from '../command.ts'
import { changesOf } from './changes-of.ts'
import { createKeyQuota } from './key-quota.ts'

/** What keeps requests from being carried out twice. */
export interface OnlyOnceDependencies {
  readonly store: Store
  readonly clock: () => Micros
  readonly secret: Uint8Array
  /** No other process works on the store: what another one began was cut off. */
  readonly alone: boolean
  /** New keys that one caller may use within a lifetime. */
  readonly maxKeys: number
  /** How long an answer is kept. */
  readonly lifetime: Micros
}

/** A request under a key of its caller. */
export interface KeyedRequest {
  readonly key: string
  /** Names all that the request asks for: under one key there is only one. */
  readonly print: string
}

/** How a request is carried out, and what is answered about an attempt that was cut off after it had changed these ids. */
export interface Performance {
  perform(attempt: string): Promise<JsonObject>
  resume(changed: readonly string[], attempt: string): JsonObject | Promise<JsonObject>
}

export interface OnceAnswer {
  readonly answer: JsonObject
  readonly replayed: boolean
}

const COLLECTION = 'idempotency'
const SECOND = 1_000_000
/** Longer than any request may take: then a process that is not known to be gone has given up. */
const LEASE = 120 * SECOND
/** The log is nearly in the order of time. */
const SLACK = 10 * SECOND
const MAX_ANSWER = 65_536

/** After these nobody knows what was done: the claim stays, and the next attempt looks. */
const UNCERTAIN: ReadonlySet<ProblemCode> = new Set([
  'InternalError',
  'InsufficientStorage',
  'ServiceUnavailable',
  'GatewayTimeout',
  'BadGateway',
])

/** One key as it is kept: claimed before anything is done, with the answer before it is given. */
interface Claim {
  readonly print: string
  readonly attempt: string
  readonly at: Micros
  readonly process: string
  readonly answer?: JsonValue
}

/**
 * Carries out a request under an Idempotency-Key once (IETF draft httpapi-idempotency-key-header): again under the same
 * key it is answered the same without being done again. The claim is durable before the request begins, the answer
 * before it is given; an attempt that was cut off between them is looked up in the change log. @throws Problem
 */
export function onlyOnce(dependencies: OnlyOnceDependencies) {
  const { store, clock, secret, alone, lifetime } = dependencies
  const process = randomBytes(9).toString('base64url')
  const running = new Set<string>()
  const quota = createKeyQuota(dependencies)

  return async (command: Command, request: KeyedRequest, way: Performance): Promise<OnceAnswer> => {
    const id = nameOf(command, request)
    if (running.has(id)) throw inProgress()
    running.add(id)
    try {
      return await once(id, { command, request, way })
    } finally {
      running.delete(id)
    }
  }

  async function once(id: string, { command, request, way }: Once): Promise<OnceAnswer> {
    const kept = await store.document(DEFAULT_TENANT, COLLECTION, id)
    const known = kept && (kept.document as unknown as Claim) // only written here
    if (known && known.print !== request.print) throw otherRequest()
    if (known?.answer !== undefined) return { answer: readAnswer(known.answer), replayed: true }
    if (known && known.process !== process && !alone && clock() - known.at < LEASE) throw inProgress()
    if (!known) quota.take(command.caller.key)
    const at = clock()
    const claim = known
      ? { ...known, process }
      : { print: request.print, attempt: `${id.slice(0, 12)}${at}`, at, process }
    if (!(await keep(id, { claim, command, expectedVersion: kept?.version ?? 0 }))) throw inProgress()
    const changed = known ? await cutOff(command, claim) : []
    const answer =
      changed.length > 0
        ? await way.resume(changed, claim.attempt)
        : await attempt(id, { claim, command, way })
    await keep(id, { claim: { ...claim, answer: writeAnswer(answer) }, command })
    return { answer, replayed: false }
  }

  /** Carries the request out; a refusal that is certain leaves the key free. */
  async function attempt(
    id: string,
    { claim, command, way }: Omit<Once, 'request'> & { claim: Claim },
  ): Promise<JsonObject> {
    try {
      return await way.perform(claim.attempt)
    } catch (error) {
      if (error instanceof Problem && !UNCERTAIN.has(error.code)) await keep(id, { command })
      throw error
    }
  }

  function cutOff({ tenant }: Command, { attempt, at }: Claim): Promise<readonly string[]> {
    return changesOf(store, { tenant, attempt, from: at - SLACK, until: at + LEASE + SLACK })
  }

  async function keep(id: string, { claim, command, expectedVersion }: Kept): Promise<boolean> {
    const at = clock()
    const [result] = await store.commit(DEFAULT_TENANT, [
      {
        collection: COLLECTION,
        id,
        ...(expectedVersion !== undefined && { expectedVersion }),
        ...(claim && { next: { ...claim }, expiresAt: at + lifetime }),
        at,
        origin: { by: command.origin.by },
        logged: false,
      },
    ])
    return result?.outcome === 'kept'
  }

  function nameOf({ tenant, caller }: Command, { key }: KeyedRequest): string {
    const owner = JSON.stringify([tenant, caller.key, key])
    return createHmac('sha256', secret).update('idempotency').update(owner).digest('base64url')
  }
}

interface Once {
  readonly command: Command
  readonly request: KeyedRequest
  readonly way: Performance
}

interface Kept {
  readonly command: Command
  /** Absent: the key is free again. */
  readonly claim?: Claim
  readonly expectedVersion?: number
}

function writeAnswer(answer: JsonObject): JsonValue {
  return JSON.stringify(answer).length > MAX_ANSWER ? 'too large' : answer
}

function readAnswer(answer: JsonValue): JsonObject {
  if (typeof answer !== 'string') return answer as JsonObject // written by writeAnswer
  throw new Problem(
    'Conflict',
    'Request was carried out under this Idempotency-Key; its answer was too large to keep',
  )
}

function inProgress(): Problem {
  return new Problem('Conflict', 'Request under this Idempotency-Key is still being carried out', {
    headers: { 'Retry-After': '1' },
  })
}

function otherRequest(): Problem {
  return new Problem('UnprocessableContent', 'Idempotency-Key was used for another request: take a new one')
}
