import { type Egress, type EgressAnswer, EgressFailed } from '../../../security/egress/egress.ts'
import type { JsonValue } from '../../core/model/json.ts'
import type { Micros } from '../../core/model/time.ts'
import type { WarningCode } from './warning.ts'
import { passedOn } from './warning.ts'

/** Why nothing of a source can be used. `tired`: it may recover when it is left alone for a while. */
export interface SourceFailure {
  readonly code: WarningCode
  readonly text: string
  readonly tired: boolean
}

/** One page of an answer; `body` undefined: the source knows nothing (404), which is normal. */
export interface SourcePage {
  readonly body: JsonValue | undefined
  readonly bytes: number
  readonly link?: string
  readonly warnings: readonly string[]
}

export interface Exchange {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly maxBytes: number
}

/** Makes one GET request to a source; what goes wrong is an answer, not an error (CIM 009 v1.9.1, 6.3.17). */
export async function exchange(egress: Egress, request: Exchange): Promise<SourcePage | SourceFailure> {
  try {
    return readPage(await egress.request({ ...request, method: 'GET' }))
  } catch (error) {
    return failureOf(error)
  }
}

/** Tells a failure from a page. */
export function failed(result: SourcePage | SourceFailure): result is SourceFailure {
  return 'code' in result
}

/** What is left of a deadline, in whole milliseconds. */
export function remaining(deadline: Micros, now: Micros): number {
  return Math.max(0, Math.ceil((deadline - now) / 1000))
}

function readPage({ status, headers, body }: EgressAnswer): SourcePage | SourceFailure {
  const warnings = passedOn(headers['ngsild-warning'])
  if (status === 404) return { body: undefined, bytes: 0, warnings }
  if (status < 200 || status > 299) {
    return { code: 299, text: `answered with status ${status}`, tired: status >= 500 || status === 429 }
  }
  try {
    const parsed = JSON.parse(body) as JsonValue // what JSON.parse answers is a JSON value
    const { link } = headers
    return { body: parsed, bytes: Buffer.byteLength(body), warnings, ...(link !== undefined && { link }) }
  } catch {
    return { code: 111, text: 'answered with something that is no JSON', tired: false }
  }
}

function failureOf(error: unknown): SourceFailure {
  if (!(error instanceof EgressFailed)) {
    return { code: 199, text: 'could not be asked: its address is not allowed', tired: false }
  }
  switch (error.reason) {
    case 'timeout':
      return { code: 199, text: 'did not answer in time', tired: true }
    case 'unreachable':
      return { code: 199, text: 'could not be reached', tired: true }
    case 'too-large':
      return { code: 111, text: 'answered with more than is accepted', tired: false }
  }
}
