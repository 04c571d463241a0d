import type { TermTable } from '../../core/context/term-table.ts'
import type { NotUpdated } from '../../core/model/change.ts'
import type { Iri } from '../../core/model/iri.ts'
import { isJsonObject, itemsOf, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import type { SourceFailure, SourceResponse } from '../forward/exchange.ts'
import { labelOf } from '../forward/warning.ts'
import type { AttributeSet, SourceShare } from '../registry/share-out.ts'

/** What became of one part of a distributed write. */
export interface PartOutcome {
  /** Absent: it was this hub's part. */
  readonly registrationId?: string
  readonly attributes: AttributeSet
  /** Why nothing, or not all of it, was done; absent: it was. */
  readonly problem?: Problem
  /** The source has created the entity. */
  readonly created?: true
  /** Some of it was done all the same. */
  readonly partly?: true
  /** What a source that changed attributes one by one told of each. */
  readonly updated?: readonly Iri[]
  readonly notUpdated?: readonly NotUpdated[]
  /** The source was not asked. */
  readonly unasked?: true
  /** The problem is only that the source had the request before: it has no part in it (4.3.6.4). */
  readonly looped?: true
}

/** What is told of what went wrong with a source: never its own words, which are for whom it knows (6.3.17). */
export interface Told {
  /** Absent: it is a purge, of entities that nobody here knows. */
  readonly id?: string
  readonly share: SourceShare
}

/** Answers the outcome of a part for which the source was not asked (CIM 009 v1.9.1, 5.6.1.4 and the others; 6.3.17). */
export function refusedPart(told: Told): PartOutcome | undefined {
  const { share } = told
  const problem = refusalOf(told)
  if (!problem) return undefined
  const looped = share.refusal === 'loop' && !share.proxied
  return { ...failedPart(share, problem), unasked: true, ...(looped && { looped }) }
}

function refusalOf({ id, share }: Told): Problem | undefined {
  const part = `a part of ${subjectOf(id)}`
  const source = nameOf(share)
  if (!share.refusal) return undefined
  switch (share.refusal) {
    case 'unsupported':
      return new Problem('Conflict', `${source} holds ${part} and does not support this operation`)
    case 'loop':
      return new Problem('LoopDetected', `${source} holds ${part} and had this request before`)
    case 'crowd':
      return new Problem('TooManyResults', `${source} was not asked, because too many sources match`)
    case 'unfiltered':
      return new Problem('Conflict', `${source} holds ${part} and not what the filters look at`)
  }
}

/** Answers the outcome of a part that was not done, and why. */
export function failedPart({ registration, attributes }: SourceShare, problem: Problem): PartOutcome {
  return { registrationId: registration.id, attributes, problem }
}

/** Answers the outcome of a part whose source did not answer as it should (CIM 009 v1.9.1, 6.3.17). */
export function unansweredPart(share: SourceShare, { late, text }: SourceFailure): PartOutcome {
  return failedPart(share, new Problem(late ? 'GatewayTimeout' : 'BadGateway', `${nameOf(share)} ${text}`))
}

/** Reads what a source answered to its part of a write (CIM 009 v1.9.1, 5.2.16, 5.2.18 and 6.3.17). */
export function answeredPart(told: Told, response: SourceResponse, table: TermTable): PartOutcome {
  const { share } = told
  const { status, body } = response
  const done = { registrationId: share.registration.id, attributes: share.attributes }
  if (status === 207) return partialAnswer(told, body, table)
  if (status >= 200 && status <= 299) return { ...done, ...(status === 201 && { created: true }) }
  const problem = problemOf(told, status, body)
  return { ...done, problem, ...(status === 508 && !share.proxied && { looped: true }) }
}

function partialAnswer(told: Told, body: JsonValue | undefined, table: TermTable): PartOutcome {
  const { share, id } = told
  const done = { registrationId: share.registration.id, attributes: share.attributes }
  if (isJsonObject(body) && Array.isArray(body.notUpdated)) {
    const notUpdated = namesOf(body.notUpdated, table)
    const updated = itemsOf(body.updated ?? []).flatMap((name) => expanded(name, table))
    return {
      ...done,
      updated: updated.filter((name) => !notUpdated.includes(name)),
      notUpdated: notUpdated.map((attribute) => ({
        attribute,
        reason: `${nameOf(share)} left it as it was`,
      })),
    }
  }
  if (isJsonObject(body) && Array.isArray(body.errors)) {
    const [first] = body.errors
    if (first === undefined) return done
    const success = itemsOf(body.success ?? [])
    const partly = id === undefined ? success.length > 0 : success.includes(id)
    return {
      ...done,
      problem: problemOf(told, statusIn(first), isJsonObject(first) ? first.error : undefined),
      ...(partly && { partly }),
    }
  }
  const text = `${nameOf(share)} did a part of it, and does not say which`
  return { ...done, problem: new Problem('BadGateway', text), partly: true }
}

function namesOf(entries: readonly JsonValue[], table: TermTable): readonly Iri[] {
  return entries.flatMap((entry) => (isJsonObject(entry) ? expanded(entry.attributeName, table) : []))
}

function expanded(name: JsonValue | undefined, table: TermTable): readonly Iri[] {
  return typeof name === 'string' ? [table.expand(name)] : []
}

/** Reads the status of the problem in an entry of `errors` (5.2.17); 0: it says none. */
export function statusIn(entry: JsonValue): number {
  const error = isJsonObject(entry) && isJsonObject(entry.error) ? entry.error : ({} as JsonObject)
  return typeof error.status === 'number' ? error.status : 0
}

/** A refusal that the client can act on keeps its meaning; anything else is the hub's that could not do it (502). */
export function problemOf({ id, share }: Told, status: number, body: JsonValue | undefined): Problem {
  const source = nameOf(share)
  const subject = subjectOf(id)
  switch (status) {
    case 404:
      return new Problem(
        'ResourceNotFound',
        `${source} does not know ${subject}, or not what is to be changed of it`,
      )
    case 409:
      return isJsonObject(body) && String(body.type).endsWith('/AlreadyExists')
        ? new Problem('AlreadyExists', `${source} has ${subject} already`)
        : new Problem('Conflict', `${source} cannot do this to ${subject}`)
    case 504:
      return new Problem('GatewayTimeout', `${source} waited in vain for another hub`)
    case 508:
      return new Problem('LoopDetected', `${source} leads back to a hub that had this request before`)
    default:
      return new Problem('BadGateway', `${source} answered with status ${status}`)
  }
}

/** Names a source in problems. */
export function nameOf({ registration }: Pick<SourceShare, 'registration'>): string {
  return `Source ${labelOf(registration)}`
}

function subjectOf(id: string | undefined): string {
  return id === undefined ? 'the entities that match' : `entity ${id}`
}
