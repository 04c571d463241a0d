import { PROBLEM_TYPES, type ProblemType } from '../problem-types.ts'
import { listOf, type Tree, treeOf } from '../tree.ts'

const TYPES: readonly ProblemType[] = Object.values(PROBLEM_TYPES)

/** Whatever is asked of the API can be refused so: unreadable, by whom or of whom, in which form, how often, and what befalls a hub. */
const ALWAYS = [400, 401, 403, 404, 406, 408, 429, 431, 500, 503, 507]

/** 411 and 415 are answered without content (CIM 009 v1.9.1, 6.3.4). */
const BARE: ReadonlySet<number> = new Set([411, 415])

/** Many may change the same at once. */
const CHANGING: ReadonlySet<string> = new Set(['put', 'patch', 'delete'])

/** Answers a response for each status that operations are refused with; what answers 405 is no operation. */
export function refusalResponses(): Tree {
  const statuses = new Set(TYPES.map(({ status }) => status).filter((status) => status !== 405))
  return Object.fromEntries([...statuses].map((status) => [`Refused${status}`, responseOf(status)]))
}

/** Answers the responses of an operation of the API with the refusals that all of its kind have in common. */
export function withRefusals(method: string, operation: Tree, shared: readonly unknown[]): Tree {
  const named = JSON.stringify([...shared, ...listOf(operation.parameters)])
  const has = (name: string): boolean => named.includes(`"#/components/parameters/${name}"`)
  const { requestBody, responses } = operation
  const takesLinkedData = JSON.stringify(requestBody ?? {}).includes('"application/ld+json"')
  const statuses = [
    ...ALWAYS,
    // a snapshot may not be ready; it holds entities alone
    has('Snapshot') ? 409 : 422,
    ...(CHANGING.has(method) ? [409] : []),
    ...(requestBody ? [411, 413, 415] : []),
    ...(has('Link') || takesLinkedData ? [504] : []),
    ...(has('IfMatch') || has('IfAbsent') ? [412] : []),
    ...(has('IdempotencyKey') ? [409, 422] : []),
  ]
  const common = statuses.map(
    (status) => [status, { $ref: `#/components/responses/Refused${status}` }] as const,
  )
  return { ...Object.fromEntries(common), ...treeOf(responses) }
}

function responseOf(status: number): Tree {
  const names = TYPES.filter((type) => type.status === status).map(
    ({ type }) => `\`${type.split(/[:/]/).at(-1)}\``,
  )
  const headers = HEADERS[status]
  const schema = { $ref: '#/components/schemas/ProblemDetails' }
  return {
    description: `Refused as ${names.join(' or ')}${BARE.has(status) ? ', without content' : ''}`,
    ...(headers && { headers }),
    ...(!BARE.has(status) && { content: { 'application/json': { schema } } }),
  }
}

const RETRY = header('Retry-After', 'Seconds after which to ask again')

const HEADERS: Readonly<Record<number, object>> = {
  401: header('WWW-Authenticate', 'What is asked for (RFC 9110, 11.6.1)'),
  409: RETRY,
  429: {
    ...RETRY,
    ...header(
      'RateLimit-Policy',
      'Which rate is used up (`caller`, `policy` or `tenant`), how many requests it permits (q) in how many seconds (w)',
    ),
    ...header('RateLimit', 'What is left of that rate (r), and after how many seconds there is more (t)'),
  },
  503: RETRY,
}

function header(name: string, description: string): object {
  return { [name]: { description, schema: { type: 'string' } } }
}
