import type { Setting } from './config-setting.ts'

const many = { type: 'integer', minimum: 0 } as const

/** How much of everything there may be. */
export const LIMIT_SETTINGS = {
  'limits.requestsPerSecond': {
    type: 'integer',
    description:
      'Requests a second that each caller may send in the long run, of all tenants together; more are answered 429. More than a small machine answers: set what your applications need, and narrow it for some by a rule with `obligations: { limit }`. Who has no token counts by address; other hubs count their own callers; without access control, where nobody is told apart, there is no such limit. 0: none',
    default: 10_000,
    maximum: 1_000_000,
  },
  'limits.burst': {
    type: 'integer',
    description: 'Requests that a caller may send at once after it was quiet',
    default: 20_000,
    minimum: 1,
    maximum: 1_000_000,
  },
  'limits.tenantRequestsPerSecond': {
    type: 'integer',
    description:
      'Requests a second of all callers of a tenant together in the long run, and twice as many at once; only with access control. 0: any number',
    default: 0,
    maximum: 1_000_000,
  },
  'limits.headerBytes': {
    type: 'integer',
    description: 'Largest head of a request: all its headers together; larger ones are answered 431',
    default: 32_768,
    minimum: 8192,
    maximum: 262_144,
  },
  'limits.bodyBytes': {
    type: 'integer',
    description: 'Largest body of a request',
    default: 1_048_576,
    minimum: 1024,
  },
  'limits.batchBytes': {
    type: 'integer',
    description: 'Largest body of a batch',
    default: 16_777_216,
    minimum: 1024,
  },
  'limits.batchItems': {
    type: 'integer',
    description: 'Most entities of a batch',
    default: 10_000,
    minimum: 1,
  },
  'limits.entityBytes': {
    type: 'integer',
    description: 'Largest entity after a write',
    default: 1_048_576,
    minimum: 1024,
  },
  'limits.page': {
    type: 'integer',
    description: 'Entities of a page when the request names no limit',
    default: 20,
    minimum: 1,
  },
  'limits.maxPage': { type: 'integer', description: 'Most entities of a page', default: 1000, minimum: 1 },
  'limits.pageBytes': {
    type: 'integer',
    description: 'Most bytes that the entities of a page, or of a notification, have together',
    default: 33_554_432,
    minimum: 65_536,
  },
  'limits.rows': {
    type: 'integer',
    description: 'Rows that one query may look at',
    default: 200_000,
    minimum: 100,
  },
  'limits.instances': {
    type: 'integer',
    description:
      'Instances of an attribute that one answer holds of its history; where there are more, the answer is partial (206)',
    default: 1000,
    minimum: 1,
    maximum: 100_000,
  },
  'limits.joined': {
    type: 'integer',
    description: 'Linked entities that one answer may join',
    default: 10_000,
    minimum: 1,
  },
  'limits.exports': {
    type: 'integer',
    description: 'Exports of entities and of history that run at the same time',
    default: 8,
    minimum: 1,
  },
  'limits.imports': {
    type: 'integer',
    description: 'Imports of history that run at the same time',
    default: 4,
    minimum: 1,
  },
  'limits.tenants': { type: 'integer', description: 'Most tenants', default: 1000, minimum: 0 },
  'limits.idempotencyKeys': {
    type: 'integer',
    description: 'New idempotency keys that one caller may use while the answer to the first is kept',
    default: 10_000,
    minimum: 1,
  },
  'limits.idempotencyHours': {
    type: 'integer',
    description: 'How long the answer under an idempotency key is kept, hours',
    default: 24,
    minimum: 1,
    maximum: 720,
  },
  'limits.streams': {
    type: 'integer',
    description: 'Streams of changes, and requests for the change feed, at the same time',
    default: 1000,
    minimum: 0,
  },
  'limits.callerStreams': {
    type: 'integer',
    description: 'Streams and requests of one caller among them',
    default: 50,
    minimum: 0,
  },
  'limits.entities': {
    type: 'integer',
    description:
      'Most entities of a tenant; one more is answered 429, in a batch each that is too many. 0: any number',
    default: 10_000_000,
    minimum: 0,
  },
  'limits.contexts': {
    type: 'integer',
    description:
      'Most @contexts that a tenant keeps, hosted and those kept for what refers to them. 0: any number',
    default: 10_000,
    minimum: 0,
  },
  'limits.registrations': {
    type: 'integer',
    description: 'Most registrations of a tenant. 0: any number',
    default: 10_000,
    minimum: 0,
  },
  'limits.feeds': {
    type: 'integer',
    description: 'Most feeds whose state a tenant keeps. 0: any number',
    default: 1000,
    minimum: 0,
  },
  'limits.quarantine': {
    type: 'integer',
    description:
      'Most records that a tenant has in quarantine; feeds wait with what is one too many. 0: any number',
    default: 100_000,
    minimum: 0,
  },
  'limits.quotas': {
    type: 'objects',
    description:
      'Quotas of single tenants instead of those of `limits` of the same names; `tenant` "" is the one without a name',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['tenant'],
      properties: {
        tenant: { type: 'string' },
        entities: many,
        contexts: many,
        registrations: many,
        subscriptions: many,
        feeds: many,
        quarantine: many,
      },
    },
  },
  'limits.snapshots': { type: 'integer', description: 'Most snapshots', default: 100, minimum: 0 },
  'limits.subscriptions': {
    type: 'integer',
    description: 'Most subscriptions of a tenant. 0: any number',
    default: 100_000,
    minimum: 0,
  },
  'limits.callerSubscriptions': {
    type: 'integer',
    description:
      'Most subscriptions of a caller, of all tenants together; without access control there is no such limit',
    default: 1000,
    minimum: 0,
  },
  'limits.fragments': {
    type: 'integer',
    description:
      'Size of the caches of entities, as stored and as rendered, and of pages and answers, characters',
    default: 96_000_000,
    minimum: 0,
  },
} as const satisfies Record<string, Setting>
