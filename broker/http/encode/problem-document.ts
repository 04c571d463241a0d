import type { components } from '../../../openapi/generated/types.ts'
import { PROBLEM_TYPES, type ProblemName } from '../../../openapi/problem-types.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { Problem, type ProblemCode } from '../../core/model/problem.ts'

/** A problem document as the OpenAPI document describes it, with members of its own. */
export type ProblemDocument = JsonObject & components['schemas']['ProblemDetails']

/** What the catalogue of the OpenAPI document says of each problem. */
const CATALOGUE: Readonly<Record<ProblemCode, (typeof PROBLEM_TYPES)[ProblemName]>> = PROBLEM_TYPES

/** Status that a problem is answered with (CIM 009 v1.9.1, 6.3.2 and the operation tables; RFC 9110 for ours). */
export function problemStatus(code: ProblemCode): number {
  return CATALOGUE[code].status
}

/** Writes a problem as the document of RFC 7807 (CIM 009 v1.9.1, 5.5.2). */
export function problemDocument(problem: Problem, instance?: string): ProblemDocument {
  const { type, title, status } = CATALOGUE[problem.code]
  return {
    ...problem.members,
    ...{ type, title, detail: problem.message, status },
    ...(instance !== undefined && { instance: `urn:urban-data-hub:request:${instance}` }),
  }
}

/** Answers the error itself when it is a Problem, else one that hides what went wrong behind the request id. */
export function asProblem(error: unknown): Problem {
  return error instanceof Problem
    ? error
    : new Problem('InternalError', 'Hub failed on this request; its log knows why under the request id', {
        cause: error,
      })
}
