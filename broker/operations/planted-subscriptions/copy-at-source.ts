import type { JsonObject } from '../../core/model/json.ts'
import { failed, type SourceFailure, statusFailure } from '../../federation/forward/exchange.ts'
import type { Called, SourceConnection } from '../../federation/forward/source-connection.ts'

/** What became of a request about a copy: done, refused with a status, or the source has no such copy. */
export type CopyOutcome =
  | { readonly outcome: 'done'; readonly remoteId: string }
  | { readonly outcome: 'refused'; readonly status: number }
  | { readonly outcome: 'gone' }

const PATH = '/subscriptions'

/** Plants a copy at a source (CIM 009 v1.9.1, 5.8.1.4); one that is there already under its id is brought up to date. */
export async function plantCopy(
  connection: SourceConnection,
  id: string,
  body: JsonObject,
): Promise<Called<CopyOutcome>> {
  const response = await connection.send({ method: 'POST', path: PATH, body: { id, ...body } })
  if (failed(response)) return { failure: response }
  const { status, headers } = response
  if (status === 409) return updateCopy(connection, id, body)
  if (status < 200 || status > 299) return refusal(statusFailure(response), status)
  return { outcome: 'done', remoteId: lastSegment(headers.location) ?? id }
}

/** Replaces members of a copy at a source (5.8.2). */
export async function updateCopy(
  connection: SourceConnection,
  remoteId: string,
  fragment: JsonObject,
): Promise<Called<CopyOutcome>> {
  const path = `${PATH}/${encodeURIComponent(remoteId)}`
  const response = await connection.send({ method: 'PATCH', path, body: fragment })
  if (failed(response)) return { failure: response }
  if (response.status === 404) return { outcome: 'gone' }
  const failure = statusFailure(response)
  return failure ? refusal(failure, response.status) : { outcome: 'done', remoteId }
}

/** Takes a copy away from a source (5.8.5). */
export async function removeCopy(
  connection: SourceConnection,
  remoteId: string,
): Promise<Called<CopyOutcome>> {
  const path = `${PATH}/${encodeURIComponent(remoteId)}`
  const response = await connection.send({ method: 'DELETE', path })
  if (failed(response)) return { failure: response }
  const failure = statusFailure(response)
  return failure ? refusal(failure, response.status) : { outcome: 'gone' }
}

/** A source in trouble may do it later; what it does not want it will not want later either. */
function refusal(failure: SourceFailure | undefined, status: number): Called<CopyOutcome> {
  return failure?.tired ? { failure } : { outcome: 'refused', status, ...(failure && { failure }) }
}

function lastSegment(location: string | undefined): string | undefined {
  const segment = location?.split(/[?#]/, 1)[0]?.split('/').at(-1)
  if (!segment) return undefined
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
