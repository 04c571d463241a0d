import type { JsonObject } from './json.ts'

/**
 * What can be wrong, by the names of CIM 009 v1.9.1, 5.5.2 and 6.3.2; the last group is ours.
 * `openapi/problem-types.ts` has their status codes, type URIs and what readers are told of them.
 */
export type ProblemCode =
  | 'InvalidRequest'
  | 'BadRequestData'
  | 'ResourceNotFound'
  | 'NonexistentTenant'
  | 'AlreadyExists'
  | 'Conflict'
  | 'OperationNotSupported'
  | 'TooComplexQuery'
  | 'TooManyResults'
  | 'LdContextNotAvailable'
  | 'InternalError'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'LengthRequired'
  | 'RequestEntityTooLarge'
  | 'HeadersTooLarge'
  | 'RequestTimeout'
  | 'UnsupportedMediaType'
  | 'LoopDetected'
  | 'BadGateway'
  | 'GatewayTimeout'
  | 'Unauthorized'
  | 'StepUpRequired'
  | 'Forbidden'
  | 'TooManyRequests'
  | 'Gone'
  | 'PreconditionFailed'
  | 'UnprocessableContent'
  | 'InsufficientStorage'
  | 'ServiceUnavailable'

/** What a Problem may carry besides its text. */
export interface ProblemExtras {
  readonly cause?: unknown
  /** Members added to the problem document, such as `position` or `pointer`. Never personal data. */
  readonly members?: JsonObject
  /** Headers of the answer, such as `Allow` or `WWW-Authenticate`. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A refusal that the caller can act on. Text: subject, verb, what and where; no full stop; no personal data. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly members: JsonObject
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ProblemCode, text: string, { cause, members = {}, headers = {} }: ProblemExtras = {}) {
    super(text, cause === undefined ? undefined : { cause })
    this.name = 'Problem'
    this.code = code
    this.members = members
    this.headers = headers
  }
}

/** Answers a `BadRequestData` problem: the JSON is valid, its NGSI-LD content is not. */
export function badRequestData(text: string, members: JsonObject = {}): Problem {
  return new Problem('BadRequestData', text, { members })
}

/** Answers an `InvalidRequest` problem: the request cannot be parsed or has an unacceptable shape. */
export function invalidRequest(text: string, members: JsonObject = {}): Problem {
  return new Problem('InvalidRequest', text, { members })
}
