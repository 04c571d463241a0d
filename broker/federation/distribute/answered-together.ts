import type { TermTable } from '../../core/context/term-table.ts'
import { isJsonArray, isJsonObject, itemsOf, type JsonValue } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import type { SourceResponse } from '../forward/exchange.ts'
import {
  answeredPart,
  failedPart,
  nameOf,
  type PartOutcome,
  problemOf,
  statusIn,
  type Told,
} from './part-outcome.ts'

/** What is told of a part in one entity. */
type ToldOfOne = Told & { readonly id: string }

/** Reads what a source answered to parts of several entities, one of each (CIM 009 v1.9.1, 5.2.16, 6.14 to 6.17 and 6.31). */
export function answeredTogether(
  parts: readonly ToldOfOne[],
  response: SourceResponse,
  table: TermTable,
): readonly PartOutcome[] {
  const { status, body } = response
  if (status === 207) return parts.map((told) => partIn(told, body))
  // who was created is told by id, where some were there before
  const created = status === 201 && isJsonArray(body) ? new Set(itemsOf(body)) : undefined
  return parts.map((told) => {
    const outcome = answeredPart(told, response, table)
    const { created: all, ...updated } = outcome
    return all && created && !created.has(told.id) ? updated : outcome
  })
}

function partIn(told: ToldOfOne, body: JsonValue | undefined): PartOutcome {
  const { id, share } = told
  const { success, errors } = isJsonObject(body) ? body : {}
  const done = itemsOf(success ?? []).includes(id)
  const error = itemsOf(errors ?? []).find((entry) => isJsonObject(entry) && entry.entityId === id)
  if (error === undefined) {
    if (done) return { registrationId: share.registration.id, attributes: share.attributes }
    const text = `${nameOf(share)} does not say what became of entity ${id}`
    return failedPart(share, new Problem('BadGateway', text))
  }
  const detail = isJsonObject(error) ? error.error : undefined
  const status = statusOf(error, detail)
  const problem =
    status === undefined
      ? new Problem('BadGateway', `${nameOf(share)} refused its part of entity ${id}`)
      : problemOf(told, status, detail)
  return { ...failedPart(share, problem), ...(done && { partly: true }) }
}

/** A problem may say what it is by its type alone. */
function statusOf(error: JsonValue, detail: JsonValue | undefined): number | undefined {
  const status = statusIn(error)
  if (status > 0) return status
  const type = isJsonObject(detail) ? String(detail.type) : ''
  return STATUSES.find(([name]) => type.endsWith(`/${name}`))?.[1]
}

const STATUSES: readonly (readonly [string, number])[] = [
  ['ResourceNotFound', 404],
  ['AlreadyExists', 409],
  ['Conflict', 409],
]
