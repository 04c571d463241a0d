import {
  type Egress,
  type EgressAnswer,
  EgressFailed,
  type EgressRequest,
} from '../../../security/egress/egress.ts'
import type { JsonValue } from '../../core/model/json.ts'
import type { Micros } from '../../core/model/time.ts'
import { JsonArrival } from './json-arrival.ts'
import type { KnownAnswers } from './known-answers.ts'
import type { WarningCode } from './warning.ts'
import { passedOn } from './warning.ts'

/** Why nothing of a source can be used. `tired`: it may recover when it is left alone for a while. */
export interface SourceFailure {
  readonly code: WarningCode
  /** Goes on a sentence that begins with the source. */
  readonly text: string
  readonly tired: boolean
  /** The source gave no answer within its time (504 of a write, CIM 009 v1.9.1, 6.3.17). */
  readonly late?: true
}

/** What a source answered, whatever its status. */
export interface SourceResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Undefined: there was none. */
  readonly body: JsonValue | undefined
  readonly bytes: number
  /** What the source warns of, and those behind it (6.3.17). */
  readonly warnings: readonly string[]
  /** When it was answered, of one that was kept. */
  readonly answeredAt?: Micros
}

/** Makes one request to a source; what goes wrong is an answer, not an error. */
export async function exchange(
  egress: Egress,
  request: EgressRequest,
  known?: KnownAnswers,
): Promise<SourceResponse | SourceFailure> {
  const arrival = new JsonArrival()
  const received = { bytes: 0, broken: false }
  const take = (piece: Buffer): Promise<void> | undefined => {
    received.bytes += piece.length
    if (received.broken) return undefined
    try {
      return arrival.add(piece)
    } catch {
      received.broken = true
      return undefined
    }
  }
  try {
    const answer = await egress.request({ ...request, take })
    return readResponse(answer, received.bytes, () => {
      if (received.broken) return undefined
      const whole = request.method === 'GET' ? arrival.whole() : undefined
      return known && whole ? known.parse(`${request.pool} ${request.url}`, whole) : arrival.end()
    })
  } catch (error) {
    return failureOf(error)
  }
}

/** Tells a failure from a response. */
export function failed(result: SourceResponse | SourceFailure): result is SourceFailure {
  return 'code' in result
}

/** The failure that a status stands for; undefined: a response as it should be, or one that says that there is nothing. */
export function statusFailure(response: SourceResponse): SourceFailure | undefined {
  const { status } = response
  if (status === 404 || (status >= 200 && status <= 299)) return undefined
  return { code: 299, text: `answered with status ${status}`, tired: isTired(response) }
}

/** Tells whether a status says that the source should be left alone: a rate that it names is that of who asked. */
export function isTired({ status, headers }: Pick<SourceResponse, 'status' | 'headers'>): boolean {
  return status >= 500 || (status === 429 && headers.ratelimit === undefined)
}

function readResponse(
  { status, headers }: EgressAnswer,
  bytes: number,
  parse: () => JsonValue | undefined,
): SourceResponse | SourceFailure {
  const response = { status, headers, bytes, warnings: passedOn(headers['ngsild-warning']) }
  if (bytes === 0) return { ...response, body: undefined }
  try {
    const body = parse()
    if (body !== undefined) return { ...response, body }
  } catch {} // no JSON, as below
  // what an error looks like is for its status to say
  if (status < 200 || status > 299) return { ...response, body: undefined }
  return { code: 111, text: 'answered with something that is no JSON', tired: false }
}

function failureOf(error: unknown): SourceFailure {
  if (!(error instanceof EgressFailed)) {
    return { code: 199, text: 'could not be asked: its address is not allowed', tired: false }
  }
  switch (error.reason) {
    case 'timeout':
      return { code: 199, text: 'did not answer in time', tired: true, late: true }
    case 'unreachable':
      return { code: 199, text: 'could not be reached', tired: true }
    case 'too-large':
      return { code: 111, text: 'answered with more than is accepted', tired: false }
  }
}
