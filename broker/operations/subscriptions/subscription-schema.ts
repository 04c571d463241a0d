import { QUERY_LIMITS } from '../../core/query/limits.ts'
import { type CheckShape, object, shapeCheck } from '../check-shape.ts'

const text = { type: 'string', minLength: 1, maxLength: 4096 } as const
const query = { type: 'string', minLength: 1, maxLength: QUERY_LIMITS.length } as const
const texts = { type: 'array', minItems: 1, maxItems: 1000, items: text } as const
const textOrTexts = { anyOf: [text, texts] } as const
const flag = { type: 'boolean' } as const
/** Seconds or milliseconds: below what an instant can still hold. */
const duration = { type: 'number', exclusiveMinimum: 0, maximum: 1_000_000_000 } as const
const pairs = {
  type: 'array',
  maxItems: 50,
  items: object(
    {
      key: { type: 'string', minLength: 1, maxLength: 256 },
      value: { type: 'string', maxLength: 8192 },
    },
    { required: ['key', 'value'] },
  ),
} as const

/** Members of a Subscription (CIM 009 v1.9.1, 5.2.12) that a subscriber may give. */
const MEMBERS = {
  id: text,
  type: { const: 'Subscription' },
  subscriptionName: { type: 'string', maxLength: 4096 },
  description: { type: 'string', maxLength: 4096 },
  entities: {
    type: 'array',
    minItems: 1,
    maxItems: QUERY_LIMITS.selectors,
    items: object({ type: query, id: textOrTexts, idPattern: text }, { required: ['type'] }),
  },
  watchedAttributes: texts,
  notificationTrigger: {
    type: 'array',
    minItems: 1,
    items: {
      enum: [
        ...['entityCreated', 'entityUpdated', 'entityDeleted'],
        ...['attributeCreated', 'attributeUpdated', 'attributeDeleted'],
      ],
    },
  },
  q: query,
  csf: query,
  scopeQ: query,
  geoQ: object(
    {
      georel: text,
      geometry: text,
      coordinates: { anyOf: [{ type: 'array' }, { type: 'string' }] },
      geoproperty: text,
    },
    { required: ['georel', 'geometry', 'coordinates'] },
  ),
  temporalQ: object(
    { timerel: text, timeAt: text, endTimeAt: text, timeproperty: text },
    { required: ['timerel', 'timeAt'] },
  ),
  datasetId: texts,
  expandValues: text,
  jsonKeys: text,
  lang: { type: 'string', minLength: 1, maxLength: 512 },
  expiresAt: text,
  isActive: flag,
  jsonldContext: text,
  localOnly: flag,
  splitEntities: flag,
  ngsildConformance: { type: 'string', pattern: '^\\d{1,3}\\.\\d{1,3}$' },
  throttling: duration,
  timeInterval: duration,
  notification: object(
    {
      endpoint: object(
        {
          uri: text,
          accept: { enum: ['application/json', 'application/ld+json', 'application/geo+json'] },
          cooldown: duration,
          timeout: duration,
          receiverInfo: pairs,
          notifierInfo: pairs,
        },
        { required: ['uri'] },
      ),
      attributes: texts,
      pick: texts,
      omit: texts,
      format: { enum: ['normalized', 'concise', 'simplified', 'keyValues'] },
      join: { enum: ['flat', 'inline', '@none'] },
      joinLevel: { type: 'integer', minimum: 1, maximum: 10 },
      showChanges: flag,
      sysAttrs: flag,
    },
    { required: ['endpoint'] },
  ),
} as const

/** Names of the members that a subscriber may give; what else a body holds is passed over. */
export const SUBSCRIPTION_MEMBERS: ReadonlySet<string> = new Set(Object.keys(MEMBERS))

/** What only the hub writes of a notification, ignored in bodies (CIM 009 v1.9.1, 5.2.14.2). */
export const OUTPUT_ONLY: ReadonlySet<string> = new Set([
  ...['status', 'timesSent', 'timesFailed', 'lastNotification', 'lastSuccess', 'lastFailure'],
])

/** Checks types, enumerations and cardinalities of the members that are there. @throws Problem BadRequestData */
export const checkShape: CheckShape = shapeCheck('Subscription', MEMBERS)
