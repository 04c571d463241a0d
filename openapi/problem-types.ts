/** What can be wrong with a request, as readers of the API are told. */
export interface ProblemType {
  /** URI that problem documents name it by. */
  readonly type: string
  readonly status: number
  readonly title: string
  /** When the hub answers so. */
  readonly when: string
  /** What who asked can do about it. */
  readonly remedy: string
}

const STANDARD = 'https://uri.etsi.org/ngsi-ld/errors/'
const OURS = 'urn:urban-data-hub:errors:'

/**
 * Every problem that the hub answers, by its name in CIM 009 v1.9.1, 5.5.2 and 6.3.2, which lives under the namespace of the
 * standard, or by ours. The document's catalogue and the hub's answers are made of this list.
 */
export const PROBLEM_TYPES = {
  InvalidRequest: {
    type: `${STANDARD}InvalidRequest`,
    status: 400,
    title: 'Request is not acceptable',
    when: 'The request cannot be read: broken JSON, an unknown parameter, a parameter that is there twice, no HTTP.',
    remedy: 'Correct what `detail` names; `position` is the character at which it stopped making sense.',
  },
  BadRequestData: {
    type: `${STANDARD}BadRequestData`,
    status: 400,
    title: 'Content of the request is not valid NGSI-LD',
    when: 'Body, parameters or headers can be read, and say what the standard or the hub does not allow.',
    remedy: 'Correct what `detail` names; `pointer` leads to it in the body, `position` in a text.',
  },
  Unauthorized: {
    type: `${OURS}Unauthorized`,
    status: 401,
    title: 'Caller is not known',
    when: 'A token is needed and absent, or the one that came is expired, revoked, badly signed or bound to something else.',
    remedy: 'Get a token as `WWW-Authenticate` says, and send the request again with it.',
  },
  StepUpRequired: {
    type: `${OURS}StepUpRequired`,
    status: 401,
    title: 'Caller has to show again, and better, who it is',
    when: 'Policies ask for a stronger login than the one behind the token (RFC 9470).',
    remedy: 'Log in again with the `acr_values` of `WWW-Authenticate`.',
  },
  Forbidden: {
    type: `${OURS}Forbidden`,
    status: 403,
    title: 'Caller has no right to this',
    when: 'No policy permits it to this caller for this purpose.',
    remedy: 'Ask for another purpose with `Hub-Purpose`, or ask whoever keeps the policies for the right.',
  },
  TooComplexQuery: {
    type: `${STANDARD}TooComplexQuery`,
    status: 403,
    title: 'Query is too complex',
    when: 'A query is longer or deeper, or looks at more, than the hub takes.',
    remedy: 'Ask for less at a time; `limit` and `maximum` say of what.',
  },
  TooManyResults: {
    type: `${STANDARD}TooManyResults`,
    status: 403,
    title: 'Too many results are asked for',
    when: 'A page, an answer or a notification would hold more than the hub gives or takes at once.',
    remedy: 'Ask for smaller pages, or for an export.',
  },
  ResourceNotFound: {
    type: `${STANDARD}ResourceNotFound`,
    status: 404,
    title: 'Resource is not there',
    when: 'What the path names does not exist, or the caller may not know of it.',
    remedy: 'Check the path and the tenant; what is hidden from a caller is answered alike.',
  },
  NonexistentTenant: {
    type: `${STANDARD}NonexistentTenant`,
    status: 404,
    title: 'Tenant does not exist',
    when: 'Header `NGSILD-Tenant` names a tenant in which nothing was created so far.',
    remedy: 'Check its name; the first thing that is created in a tenant makes it exist.',
  },
  MethodNotAllowed: {
    type: `${OURS}MethodNotAllowed`,
    status: 405,
    title: 'Method Not Allowed',
    when: 'The resource is there and does not know this method.',
    remedy: 'Use a method that `Allow` names.',
  },
  NotAcceptable: {
    type: `${OURS}NotAcceptable`,
    status: 406,
    title: 'Not Acceptable',
    when: 'Header `Accept` names no representation that there is.',
    remedy: 'Accept one of `available`.',
  },
  RequestTimeout: {
    type: `${OURS}RequestTimeout`,
    status: 408,
    title: 'Request Timeout',
    when: 'The request did not arrive completely in time.',
    remedy: 'Send it again, in smaller parts where the line is slow.',
  },
  AlreadyExists: {
    type: `${STANDARD}AlreadyExists`,
    status: 409,
    title: 'Resource exists already',
    when: 'What is to be created has the id of what is there already.',
    remedy: 'Change what is there, or take another id.',
  },
  Conflict: {
    type: `${STANDARD}Conflict`,
    status: 409,
    title: 'Request conflicts with the current state',
    when: 'The state does not allow it: it is done already, still under way, held by somebody else, or changed by many at once.',
    remedy: 'Read the state; where there is `Retry-After`, send the request again.',
  },
  Gone: {
    type: `${OURS}Gone`,
    status: 410,
    title: 'What was there is not kept any more',
    when: 'A token of changes is older than what the hub still tells of, or a subscription is over.',
    remedy: 'Query what is there, and follow changes anew without a token.',
  },
  LengthRequired: {
    type: `${OURS}LengthRequired`,
    status: 411,
    title: 'Length Required',
    when: 'A body has no `Content-Length`. The answer has no problem document (6.3.4).',
    remedy: 'Send the length of the body.',
  },
  PreconditionFailed: {
    type: `${OURS}PreconditionFailed`,
    status: 412,
    title: 'Precondition Failed',
    when: 'The entity is in another state than the one that `If-Match` or `If-None-Match` asks for; nothing was changed.',
    remedy: 'Read the entity, and decide anew with its `ETag`.',
  },
  RequestEntityTooLarge: {
    type: `${OURS}RequestEntityTooLarge`,
    status: 413,
    title: 'Content is too large',
    when: 'The body, an entity in it, or an entity after the change, is larger than the hub takes.',
    remedy: 'Send it in smaller parts.',
  },
  UnsupportedMediaType: {
    type: `${OURS}UnsupportedMediaType`,
    status: 415,
    title: 'Unsupported Media Type',
    when: 'The body is of a media type or a content coding that is not taken here. The answer has no problem document (6.3.4).',
    remedy: 'Send one of the media types of this operation, uncompressed.',
  },
  OperationNotSupported: {
    type: `${STANDARD}OperationNotSupported`,
    status: 422,
    title: 'Operation is not supported',
    when: 'The request is right, and asks for what this hub does not offer.',
    remedy: 'Do it in another way; `detail` says what is missing.',
  },
  UnprocessableContent: {
    type: `${OURS}UnprocessableContent`,
    status: 422,
    title: 'Content cannot be processed',
    when: 'An `Idempotency-Key` was used for another request, or the template of a subscription makes no message of its sample.',
    remedy: 'Take a new key for another request; correct the template.',
  },
  TooManyRequests: {
    type: `${OURS}TooManyRequests`,
    status: 429,
    title: 'Too Many Requests',
    when: 'A rate is used up, or there are as many things or running requests as caller, tenant or hub may have.',
    remedy: 'Wait for `Retry-After`; where it is absent, something has to be deleted first.',
  },
  HeadersTooLarge: {
    type: `${OURS}HeadersTooLarge`,
    status: 431,
    title: 'Request Header Fields Too Large',
    when: 'Path and headers of the request are longer than the hub reads.',
    remedy: 'Put long queries into a body (`POST /ngsi-ld/v1/entityOperations/query`).',
  },
  InternalError: {
    type: `${STANDARD}InternalError`,
    status: 500,
    title: 'Hub failed',
    when: 'The hub has a fault; its log has it under the request id in `instance`.',
    remedy: 'Tell the operator that id. A write may be sent again with its `Idempotency-Key`.',
  },
  BadGateway: {
    type: `${OURS}BadGateway`,
    status: 502,
    title: 'Bad Gateway',
    when: 'A context source that has a part in it gave no usable answer.',
    remedy: 'Send the request again later, or with `local=true` for what this hub holds itself.',
  },
  ServiceUnavailable: {
    type: `${OURS}ServiceUnavailable`,
    status: 503,
    title: 'Service Unavailable',
    when: 'The hub starts or stops, its store is being moved and takes no writes, or its store, audit log, feed or token issuer cannot be reached.',
    remedy: 'Send the request again, after `Retry-After` where it is there.',
  },
  LdContextNotAvailable: {
    type: `${STANDARD}LdContextNotAvailable`,
    status: 504,
    title: '@context is not available',
    when: 'A JSON-LD @context that the request names cannot be fetched.',
    remedy:
      'Check its URL, and that the hub may fetch it; or keep it at the hub (`POST /ngsi-ld/v1/jsonldContexts`).',
  },
  GatewayTimeout: {
    type: `${OURS}GatewayTimeout`,
    status: 504,
    title: 'Gateway Timeout',
    when: 'A context source that has a part in it did not answer in time.',
    remedy: 'Send the request again later, or with `local=true` for what this hub holds itself.',
  },
  InsufficientStorage: {
    type: `${OURS}InsufficientStorage`,
    status: 507,
    title: 'Storage is full',
    when: 'Store or audit log has no room for what the request would add.',
    remedy: 'Tell the operator; what is there can still be read.',
  },
  LoopDetected: {
    type: `${OURS}LoopDetected`,
    status: 508,
    title: 'Loop Detected',
    when: 'The request came through this hub already, and would be handed on again.',
    remedy: 'Correct the registrations that lead in a circle.',
  },
} as const satisfies Readonly<Record<string, ProblemType>>

/** Name of a problem that the hub answers. */
export type ProblemName = keyof typeof PROBLEM_TYPES
