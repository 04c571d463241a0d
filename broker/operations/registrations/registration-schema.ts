import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import { badRequestData, type Problem } from '../../core/model/problem.ts'
import { OPERATION_NAMES } from '../../federation/registry/operation-names.ts'

const text = { type: 'string', minLength: 1, maxLength: 4096 } as const
const texts = { type: 'array', minItems: 1, maxItems: 1000, items: text } as const
const textOrTexts = { anyOf: [text, texts] } as const
const geometry = { anyOf: [{ type: 'object' }, text] } as const
const moreThanZero = { type: 'number', exclusiveMinimum: 0 } as const
const duration = {
  type: 'string',
  pattern: '^P(?=[0-9T])(\\d+Y)?(\\d+M)?(\\d+W)?(\\d+D)?(T(?=\\d)(\\d+H)?(\\d+M)?(\\d+([.,]\\d+)?S)?)?$',
} as const
const interval = object({ startAt: text, endAt: text }, { required: ['startAt'] })

/** Members of a CSourceRegistration (CIM 009 v1.9.1, 5.2.9) that a registrant may give; any other is its own property. */
const MEMBERS = {
  id: text,
  type: { const: 'ContextSourceRegistration' },
  endpoint: text,
  registrationName: text,
  description: text,
  contextSourceAlias: { type: 'string', maxLength: 255, pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" },
  information: {
    type: 'array',
    minItems: 1,
    maxItems: 1000,
    items: object(
      {
        entities: {
          type: 'array',
          minItems: 1,
          maxItems: 1000,
          items: object({ type: textOrTexts, id: text, idPattern: text }, { minProperties: 1 }),
        },
        propertyNames: texts,
        relationshipNames: texts,
      },
      { minProperties: 1 },
    ),
  },
  mode: { enum: ['inclusive', 'exclusive', 'redirect', 'auxiliary'] },
  operations: { type: 'array', minItems: 1, items: { enum: [...OPERATION_NAMES] } },
  contextSourceInfo: {
    type: 'array',
    maxItems: 100,
    items: object({ key: text, value: { type: 'string', maxLength: 8192 } }, { required: ['key', 'value'] }),
  },
  tenant: { type: 'string' },
  scope: textOrTexts,
  location: geometry,
  observationSpace: geometry,
  operationSpace: geometry,
  datasetId: textOrTexts,
  observationInterval: interval,
  managementInterval: interval,
  refreshRate: duration,
  expiresAt: text,
  management: object({
    localOnly: { type: 'boolean' },
    timeout: moreThanZero,
    cooldown: moreThanZero,
    cacheDuration: duration,
  }),
} as const

/** Names of the members that a registrant may give (CIM 009 v1.9.1, 5.2.9-1). */
export const REGISTRATION_MEMBERS: ReadonlySet<string> = new Set(Object.keys(MEMBERS))

/** What only the hub writes, ignored in bodies (CIM 009 v1.9.1, 5.2.9-2 and 4.8). */
export const READ_ONLY_MEMBERS: ReadonlySet<string> = new Set([
  ...['status', 'timesSent', 'timesFailed', 'lastSuccess', 'lastFailure'],
  ...['createdAt', 'modifiedAt', 'deletedAt', '@context'],
])

let compiled: ValidateFunction | undefined

/** Compiled when the first registration comes: most hubs start without one. */
function shape(): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: false, meta: false, validateSchema: false })
  compiled ??= ajv.compile({ type: 'object', properties: MEMBERS })
  return compiled
}

/** Checks types, enumerations and cardinalities of the members that are there. @throws Problem BadRequestData */
export function checkShape(members: JsonValue): asserts members is JsonObject {
  const matchesShape = shape()
  if (!matchesShape(members)) throw shapeProblem(matchesShape.errors?.[0])
}

function shapeProblem(error: ErrorObject | undefined): Problem {
  const pointer = error?.instancePath ?? ''
  const place = pointer === '' ? 'Registration' : `Registration member ${pointer}`
  const allowed =
    error?.keyword === 'enum' ? `: ${JSON.stringify(error.params.allowedValues).slice(0, 200)}` : ''
  const unknown = error?.keyword === 'additionalProperties' ? ` (${error.params.additionalProperty})` : ''
  return badRequestData(`${place} ${error?.message ?? 'is not valid'}${allowed}${unknown}`, { pointer })
}

function object<P extends object>(properties: P, rest: object = {}): object {
  return { type: 'object', properties, additionalProperties: false, ...rest }
}
