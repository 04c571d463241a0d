import { STATUS_CODES } from 'node:http'
import type { components } from '../../../openapi/generated/types.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { Problem, type ProblemCode } from '../../core/model/problem.ts'

/** A problem document as the OpenAPI document describes it, with members of its own. */
export type ProblemDocument = JsonObject & components['schemas']['ProblemDetails']

/** Status of each problem (CIM 009 v1.9.1, 6.3.2 and the operation tables; RFC 9110 for ours). */
export const PROBLEM_STATUS = {
  InvalidRequest: 400,
  BadRequestData: 400,
  ResourceNotFound: 404,
  NonexistentTenant: 404,
  AlreadyExists: 409,
  Conflict: 409,
  OperationNotSupported: 422,
  TooComplexQuery: 403,
  TooManyResults: 403,
  LdContextNotAvailable: 504,
  NoMultiTenantSupport: 501,
  InternalError: 500,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  LengthRequired: 411,
  RequestEntityTooLarge: 413,
  HeadersTooLarge: 431,
  RequestTimeout: 408,
  UnsupportedMediaType: 415,
  LoopDetected: 508,
  BadGateway: 502,
  GatewayTimeout: 504,
  NotImplemented: 501,
  Unauthorized: 401,
  StepUpRequired: 401,
  Forbidden: 403,
  TooManyRequests: 429,
  Gone: 410,
  PreconditionFailed: 412,
  UnprocessableContent: 422,
  InsufficientStorage: 507,
  ServiceUnavailable: 503,
} as const satisfies Record<ProblemCode, number>

const TITLES: Readonly<Partial<Record<ProblemCode, string>>> = {
  InvalidRequest: 'Request is not acceptable',
  BadRequestData: 'Content of the request is not valid NGSI-LD',
  ResourceNotFound: 'Resource is not there',
  NonexistentTenant: 'Tenant does not exist',
  AlreadyExists: 'Resource exists already',
  Conflict: 'Request conflicts with the current state',
  OperationNotSupported: 'Operation is not supported',
  TooComplexQuery: 'Query is too complex',
  TooManyResults: 'Too many results are asked for',
  LdContextNotAvailable: '@context is not available',
  InternalError: 'Hub failed',
  Unauthorized: 'Caller is not known',
  StepUpRequired: 'Caller has to show again, and better, who it is',
  Forbidden: 'Caller has no right to this',
  Gone: 'What was there is not kept any more',
  UnprocessableContent: 'Content cannot be processed',
  RequestEntityTooLarge: 'Content is too large',
  InsufficientStorage: 'Storage is full',
}

/** Error types of the standard live under its namespace, ours under the hub's. */
const STANDARD = new Set<ProblemCode>([
  'InvalidRequest',
  'BadRequestData',
  'ResourceNotFound',
  'NonexistentTenant',
  'AlreadyExists',
  'Conflict',
  'OperationNotSupported',
  'TooComplexQuery',
  'TooManyResults',
  'LdContextNotAvailable',
  'NoMultiTenantSupport',
  'InternalError',
])

/** URI that names a kind of problem. */
function problemType(code: ProblemCode): string {
  return `${STANDARD.has(code) ? 'https://uri.etsi.org/ngsi-ld/errors/' : 'urn:urban-data-hub:errors:'}${code}`
}

/** Writes a problem as the document of RFC 7807 (CIM 009 v1.9.1, 5.5.2). */
export function problemDocument(problem: Problem, instance?: string): ProblemDocument {
  const status = PROBLEM_STATUS[problem.code]
  return {
    ...problem.members,
    type: problemType(problem.code),
    title: TITLES[problem.code] ?? STATUS_CODES[status] ?? problem.code,
    detail: problem.message,
    status,
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
