import { LEAST } from './rule.ts'
import { DAYS } from './rule-time.ts'

const texts = {
  oneOf: [
    { type: 'string', minLength: 1 },
    { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1, uniqueItems: true },
  ],
} as const

const some = (values: readonly string[]) => ({
  oneOf: [{ enum: values }, { type: 'array', items: { enum: values }, minItems: 1, uniqueItems: true }],
})

/** Words that a rule may use, in the order of the guide. */
const ACTIONS = ['read', 'create', 'update', 'delete'] as const
export const CLASSES = ['none', 'basic', 'sensitive', 'children', 'unclassified'] as const
export const KINDS = [
  'entity',
  'registration',
  'subscription',
  'context',
  'feed',
  'quarantine',
  'policy',
  'federation',
  'snapshot',
  'explanation',
  'store',
  'audit',
  'privacy',
  'identity',
  'revocation',
  'unit',
] as const
export const METHODS = ['redact', 'partial', 'pseudonym', 'generalise', 'coarsen', 'unit', 'scan'] as const

const subject = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    role: texts,
    organisation: texts,
    city: texts,
    client: texts,
    purpose: texts,
    assurance: { type: 'integer', minimum: 1, maximum: 3 },
    bound: some(['key', 'certificate']),
    anonymous: { type: 'boolean' },
    any: { const: true },
  },
}

const resource = {
  type: 'object',
  additionalProperties: false,
  properties: {
    kind: some(KINDS),
    own: { const: true },
    tenant: {
      oneOf: [
        { type: 'string' },
        { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
      ],
    },
    type: texts,
    idPattern: { type: 'string', minLength: 1, maxLength: 512 },
    scope: texts,
    attribute: texts,
    class: some(CLASSES),
    condition: { type: 'string', minLength: 1, maxLength: 4096 },
    area: {
      oneOf: [
        { type: 'string', minLength: 1 },
        { type: 'object', required: ['type', 'coordinates'] },
      ],
    },
  },
}

const names = { type: 'array', items: { type: 'string', minLength: 1 }, maxItems: 16, uniqueItems: true }

/** What goes with a permit to read entities. */
const many = {
  least: { type: 'integer', minimum: LEAST, maximum: 1000 },
  by: names,
}

const release = { type: 'object', additionalProperties: false, properties: many }

/** Averages are exact, so there is no noise beside them. */
const aggregateOnly = {
  type: 'object',
  additionalProperties: false,
  not: { required: ['history', 'noise'] },
  properties: {
    ...many,
    history: {
      type: 'object',
      additionalProperties: false,
      required: ['of', 'every'],
      properties: { of: { ...names, minItems: 1 }, every: { enum: ['hour', 'day', 'month'] } },
    },
    noise: {
      type: 'object',
      additionalProperties: false,
      required: ['epsilon'],
      properties: { epsilon: { type: 'number', minimum: 0.01, maximum: 10 } },
    },
  },
}

/** Days and hours of Việt Nam. */
const time = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    from: { type: 'string' },
    until: { type: 'string' },
    hours: { type: 'string', pattern: '^[0-2]\\d:[0-5]\\d-[0-2]\\d:[0-5]\\d$' },
    days: some(DAYS),
  },
}

export const PERIODS = ['second', 'minute', 'hour', 'day'] as const

/** How often whoever the rule speaks of may ask. */
const limit = {
  type: 'object',
  additionalProperties: false,
  required: ['requests', 'per'],
  properties: {
    requests: { type: 'integer', minimum: 1, maximum: 1_000_000_000 },
    per: { enum: PERIODS },
  },
}

const obligations = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  not: { required: ['aggregateOnly', 'release'] },
  properties: { log: { const: true }, limit, aggregateOnly, release },
}

const rule = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'effect', 'subject', 'action'],
  properties: {
    id: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]{0,79}$' },
    description: { type: 'string' },
    effect: { enum: ['permit', 'deny', 'mask'] },
    method: { enum: METHODS },
    decimals: { type: 'integer', minimum: 0, maximum: 6 },
    band: { type: 'number', exclusiveMinimum: 0 },
    to: { enum: ['year', 'month'] },
    rotate: { enum: ['day'] },
    level: { enum: ['commune', 'province'] },
    unitOf: { type: 'string', minLength: 1 },
    dated: { type: 'string', minLength: 1 },
    obligations,
    subject: { oneOf: [subject, { type: 'array', items: subject, minItems: 1 }] },
    action: some(ACTIONS),
    resource,
    time,
  },
}

/** JSON Schema of a policy file: what a rule may say, before names are looked up. */
export const POLICY_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['rules'],
  properties: {
    description: { type: 'string' },
    areas: { type: 'object', maxProperties: 1000, additionalProperties: { type: 'object' } },
    rules: { type: 'array', items: rule },
  },
}
