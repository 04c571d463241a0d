import { OPERATION_NAMES } from '../../federation/registry/operation-names.ts'
import { type CheckShape, object, shapeCheck } from '../check-shape.ts'

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

/** Checks types, enumerations and cardinalities of the members that are there. @throws Problem BadRequestData */
export const checkShape: CheckShape = shapeCheck('Registration', MEMBERS)
