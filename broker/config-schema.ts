/** One setting: where it stands in the file, what it may be, and what it is when nobody says. */
export interface Setting {
  readonly type: 'string' | 'integer' | 'boolean' | 'list' | 'objects'
  readonly description: string
  readonly default?: string | number | boolean | readonly unknown[]
  readonly values?: readonly string[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  /** For `objects`: the JSON Schema of each. */
  readonly items?: object
}

const text = { type: 'string', minLength: 1 } as const
const texts = { type: 'array', items: text } as const

/**
 * Every setting of a hub by its path in the YAML file. The environment variable is `HUB_` and the path in capitals:
 * `listen.port` is HUB_LISTEN_PORT; lists are separated by commas; `objects` can only stand in the file.
 */
export const SETTINGS = {
  name: {
    type: 'string',
    description: 'Short name of the hub; its alias in Via headers and metrics',
    default: 'hub',
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  },
  title: { type: 'string', description: 'Name of the hub for people', default: 'Urban Data Hub' },
  city: {
    type: 'string',
    description: 'City that the hub serves; policies bind operators to it; empty for the province',
    default: '',
  },
  'listen.host': { type: 'string', description: 'Address to listen on', default: '127.0.0.1' },
  'listen.port': {
    type: 'integer',
    description: 'Port to listen on; 0: any free one',
    default: 1026,
    minimum: 0,
    maximum: 65535,
  },
  publicUrl: {
    type: 'string',
    description: 'URL under which others reach the hub; empty: http://host:port',
    default: '',
  },
  data: { type: 'string', description: 'Folder of the embedded store', default: './data/hub' },
  secret: {
    type: 'string',
    description:
      'What the hub seals credentials, delegations and cursors with: at least 32 bytes in base64, kept apart from the data; empty: made at the first start and kept in the store',
    default: '',
    pattern: '^(?:[A-Za-z0-9+/_-]{43,1024}={0,2})?$',
  },
  'store.kind': {
    type: 'string',
    description: 'Store: embedded (SQLite), memory (embedded in a temporary folder), or mongodb',
    default: 'embedded',
    values: ['embedded', 'memory', 'mongodb'],
  },
  'store.mongodb.url': { type: 'string', description: 'Connection string of the MongoDB store', default: '' },
  'store.mongodb.database': {
    type: 'string',
    description: 'Database name of the MongoDB store',
    default: 'hub',
  },
  'auth.mode': {
    type: 'string',
    description:
      'required: callers need tokens, policies rule; off: everybody may do everything (loopback only)',
    default: 'required',
    values: ['required', 'off'],
  },
  'auth.insecure': {
    type: 'boolean',
    description: 'Allow auth off on other addresses than loopback',
    default: false,
  },
  'auth.audience': {
    type: 'string',
    description: 'Audience that access tokens must name',
    default: 'urn:urban-data-hub',
  },
  'auth.issuers': {
    type: 'objects',
    description:
      'OpenID Connect issuers whose tokens are accepted; `roles`: the only ones that it may give, absent: any',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['issuer'],
      properties: { issuer: text, audience: text, jwksUri: text, roles: texts },
    },
  },
  'auth.policies': {
    type: 'list',
    description: 'Policy files (YAML), relative to the configuration file',
    default: [],
  },
  'identity.enabled': {
    type: 'boolean',
    description: 'Run the built-in OpenID Connect provider under /oidc',
    default: false,
  },
  'identity.demoGrant': {
    type: 'boolean',
    description: 'Offer tokens of demo accounts to callers on loopback',
    default: false,
  },
  'identity.demoPassword': {
    type: 'string',
    description: 'Password of the accounts that have none of their own; for demonstrations only',
    default: '',
  },
  'identity.accounts': {
    type: 'objects',
    description: 'People who can log in; passwords are hashes (`hub hash-password`)',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'roles'],
      properties: {
        name: text,
        password: text,
        roles: texts,
        organisation: text,
        city: text,
        purpose: text,
        title: text,
      },
    },
  },
  'identity.clients': {
    type: 'objects',
    description: 'Applications and machines that can get tokens; secrets are hashes',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['id'],
      properties: {
        id: text,
        secret: text,
        roles: texts,
        organisation: text,
        city: text,
        purpose: text,
        redirectUris: texts,
        title: text,
      },
    },
  },
  'egress.mode': {
    type: 'string',
    description:
      'guarded: no calls to private or loopback addresses except `egress.allow`; open: to any; empty: by auth mode',
    default: '',
    values: ['', 'guarded', 'open'],
  },
  'egress.allow': {
    type: 'list',
    description: 'Origins that may be called although their address is private',
    default: [],
  },
  'context.default': {
    type: 'string',
    description: '@context of requests that name none: core, ontology, or a URL',
    default: 'core',
  },
  'context.served': {
    type: 'string',
    description:
      '@context of application/ld+json answers: user: that of the request alone; complete: the core after it',
    default: 'user',
    values: ['user', 'complete'],
  },
  'federation.timeout': {
    type: 'integer',
    description: 'Deadline of each other hub, milliseconds',
    default: 5000,
    minimum: 1,
  },
  'federation.client': {
    type: 'string',
    description: 'Client id of this hub at its issuer, for calls to other hubs',
    default: '',
  },
  'federation.secret': { type: 'string', description: 'Secret of that client', default: '' },
  'federation.tokenUrl': {
    type: 'string',
    description: 'Token endpoint for calls to other hubs',
    default: '',
  },
  'federation.sources': {
    type: 'objects',
    description: 'Other hubs that are registered as inclusive context sources at the start',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'endpoint', 'types'],
      properties: { name: text, endpoint: text, types: texts },
    },
  },
  'subscriptions.connections': {
    type: 'integer',
    description: 'Most notifications under way to one endpoint',
    default: 16,
    minimum: 1,
    maximum: 256,
  },
  'subscriptions.firstDelay': {
    type: 'integer',
    description:
      'Longest wait before a notification that failed is sent again, milliseconds; doubled each time',
    default: 1000,
    minimum: 1,
  },
  'subscriptions.longestDelay': {
    type: 'integer',
    description:
      'Longest wait between two attempts, and before an endpoint that fails is tried again, milliseconds',
    default: 60_000,
    minimum: 1,
  },
  'subscriptions.attempts': {
    type: 'integer',
    description: 'Attempts after which a notification is given up that fails while its endpoint takes others',
    default: 20,
    minimum: 1,
  },
  'subscriptions.retryHours': {
    type: 'integer',
    description: 'How old its change may be before a notification is given up, hours',
    default: 24,
    minimum: 1,
    maximum: 8760,
  },
  'subscriptions.delegationDays': {
    type: 'integer',
    description: 'How long a subscription has the rights of its owner after it was changed last, days',
    default: 365,
    minimum: 1,
    maximum: 36_500,
  },
  'subscriptions.underWay': {
    type: 'integer',
    description: 'Notifications that are under way at the same time',
    default: 256,
    minimum: 1,
    maximum: 4096,
  },
  'subscriptions.shortestInterval': {
    type: 'integer',
    description: 'Least time between two notifications of a subscription with a time interval, milliseconds',
    default: 1000,
    minimum: 1,
  },
  'subscriptions.queued': {
    type: 'integer',
    description: 'Changes that wait in memory for their notification; the others wait in the log',
    default: 10_000,
    minimum: 100,
  },
  'subscriptions.deadLetters': {
    type: 'integer',
    description: 'Notifications of one subscription that were given up and are kept to be replayed',
    default: 10_000,
    minimum: 1,
  },
  'subscriptions.dropOldest': {
    type: 'boolean',
    description:
      'Drop and count the oldest given-up notification when there are too many; otherwise no more are given up',
    default: false,
  },
  'history.record': {
    type: 'objects',
    description:
      'What history keeps of changes: rules, of which the first that fits counts; where none does everything is kept. ' +
      '`types` and `attributes` narrow a rule; `keep`: all, changed (not what differs in its times alone), sampled ' +
      '(one in `every` seconds), off',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['keep'],
      properties: {
        types: texts,
        attributes: texts,
        keep: { enum: ['all', 'changed', 'sampled', 'off'] },
        every: { type: 'integer', minimum: 1 },
      },
      if: { properties: { keep: { const: 'sampled' } } },
      // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
      then: { required: ['every'] },
    },
  },
  feeds: {
    type: 'objects',
    description: 'Agency feeds that this hub runs',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['file'],
      properties: { file: text, variables: { type: 'object', additionalProperties: { type: 'string' } } },
    },
  },
  indicators: {
    type: 'objects',
    description:
      'What the hub derives of entities of a type, period by period, and keeps as entities of its own; names are those of `context.default`. `calculation`: vn-aqi-hour, vn-aqi-day (`minimumHours`, 18), noise (`part`: day, evening or night; `regulation`), rain-day, moving-average (`hours`)',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'type', 'attributes', 'calculation', 'target'],
      properties: {
        name: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,62}$' },
        type: text,
        attributes: { ...texts, minItems: 1, maxItems: 20, uniqueItems: true },
        calculation: { enum: ['vn-aqi-hour', 'vn-aqi-day', 'noise', 'rain-day', 'moving-average'] },
        minimumHours: { type: 'integer', minimum: 1, maximum: 24 },
        part: { enum: ['day', 'evening', 'night'] },
        regulation: { enum: ['QCVN 26:2010/BTNMT', 'QCVN 26:2025/BNNMT'] },
        hours: { type: 'integer', minimum: 1, maximum: 8784 },
        target: {
          type: 'object',
          additionalProperties: false,
          required: ['type', 'attribute'],
          properties: { type: text, attribute: text },
        },
        alert: {
          type: 'object',
          additionalProperties: false,
          required: ['raise', 'clear'],
          properties: {
            type: text,
            side: { enum: ['above', 'below'] },
            raise: { type: 'number' },
            clear: { type: 'number' },
            severity: { enum: ['informational', 'low', 'medium', 'high', 'critical'] },
            category: text,
          },
        },
      },
    },
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
    description: 'Exports that run at the same time',
    default: 8,
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
  'limits.snapshots': { type: 'integer', description: 'Most snapshots', default: 100, minimum: 0 },
  'limits.subscriptions': {
    type: 'integer',
    description: 'Most subscriptions of a tenant',
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
  'changes.retentionDays': {
    type: 'integer',
    description: 'Changes are told for so many days by feed and streams; 0: for ever',
    default: 30,
    minimum: 0,
  },
  'changes.heartbeat': {
    type: 'integer',
    description: 'A stream without a change gives a sign of life after so long, milliseconds',
    default: 15_000,
    minimum: 100,
    maximum: 300_000,
  },
  'history.rangeUnit': {
    type: 'string',
    description:
      'Unit in the Content-Range of partial answers from history: that of CIM 009 v1.9.1, 6.3.10, or that of brokers before it',
    default: 'DateTime',
    values: ['DateTime', 'date-time'],
  },
  compressBytes: {
    type: 'integer',
    description: 'Answers of at least so many bytes are compressed for clients that accept it; 0: none',
    default: 2048,
    minimum: 0,
  },
  corsOrigins: { type: 'list', description: 'Origins whose pages may call the API; * for all', default: [] },
  'log.level': {
    type: 'string',
    description: 'Least level that is logged',
    default: 'info',
    values: ['debug', 'info', 'warn', 'error', 'silent'],
  },
} as const satisfies Record<string, Setting>

export type SettingPath = keyof typeof SETTINGS

/** Paths of all settings, as they are declared. */
export const SETTING_PATHS = Object.keys(SETTINGS) as readonly SettingPath[] // the keys of a const object
