import { LIFETIME } from './config-retention.ts'
import { type Setting, text, texts } from './config-setting.ts'
import { SOURCE_SCHEMA } from './config-sources.ts'

const lifetime = { type: 'string', pattern: LIFETIME } as const

/** What the hub does with data: names, other hubs, notifications, history, feeds and indicators. */
export const RUNNING_SETTINGS = {
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
  'context.synonyms': {
    type: 'boolean',
    description:
      'Whether terms of other vocabularies (Smart Data Models) in the @context of a request stand for what the ontology has of them',
    default: false,
  },
  'federation.timeout': {
    type: 'integer',
    description: 'Deadline of each other hub, milliseconds',
    default: 5000,
    minimum: 1,
  },
  'federation.answerBytes': {
    type: 'integer',
    description: 'Most bytes that one other hub may answer to one request, all pages together',
    default: 16_777_216,
    minimum: 1024,
  },
  'federation.keptBytes': {
    type: 'integer',
    description:
      'Memory for answers of other hubs whose registrations have a `cacheDuration`, bytes; 0: none are kept',
    default: 33_554_432,
    minimum: 0,
  },
  'federation.keptSeconds': {
    type: 'integer',
    description:
      'How old such an answer may be to stand in for a hub that fails, seconds; at least its `cacheDuration`',
    default: 3600,
    minimum: 0,
  },
  'federation.splitEntities': {
    type: 'boolean',
    description:
      'Single entities are in parts at several hubs, where a query does not say: filters then run on what was put together, and sources answer all that they have',
    default: false,
  },
  'federation.probe': {
    type: 'boolean',
    description:
      'Another hub that rested after failures is asked who it is before requests are sent to it again; off: a request finds out',
    default: true,
  },
  'federation.renewal': {
    type: 'integer',
    description:
      'How often subscriptions that are planted at sources are renewed, milliseconds; they end by themselves a day after the last time, or after ten times as long',
    default: 900_000,
    minimum: 100,
  },
  'federation.askIdentity': {
    type: 'boolean',
    description:
      'Other hubs that are registered without `contextSourceAlias` are asked for it, beside requests',
    default: true,
  },
  'federation.client': {
    type: 'string',
    description: 'Client id of this hub at its issuer, for calls to other hubs',
    default: '',
  },
  'federation.secret': { type: 'string', description: 'Secret of that client', default: '', secret: true },
  'federation.tokenUrl': {
    type: 'string',
    description: 'Token endpoint for calls to other hubs',
    default: '',
  },
  'federation.plainHttp': {
    type: 'boolean',
    description:
      'With access control, sources and their token endpoints may be called over http beyond this machine too, where tokens and ' +
      'personal data can be read on the way',
    default: false,
  },
  'federation.sources': {
    type: 'objects',
    description:
      'Other hubs that are registered as inclusive context sources at the start. `identity`: how each learns for whom it is ' +
      'asked: forward (the caller’s own token), on-behalf (that beside the hub’s), exchange (RFC 8693), none; absent: ' +
      'on-behalf with a client, else forward. `client` with `secret` or `secretVariable` (a variable of the ' +
      'environment), `tokenUrl`, `audience`: instead of those for all. `tls`: files with `certificate`, `certificateKey` and ' +
      '`authorities`. `apart`: neither this hub nor another source has any of its entities, so that counts of what nobody may see ' +
      'one by one are added. `historySince`: it is asked for its history too, of times from then on (2020-01-01T00:00:00Z)',
    default: [],
    items: SOURCE_SCHEMA,
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
    description: 'Notifications of each kind of subscription that are under way at the same time',
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
  'subscriptions.plainHttp': {
    type: 'boolean',
    description:
      'With access control, personal data in clear may be sent to endpoints of http and mqtt beyond this machine too, where it can be read on the way',
    default: false,
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
  'history.packDays': {
    type: 'integer',
    description:
      'Days of plain numbers are packed in the embedded store so many days after they ended; 0: never',
    default: 3,
    minimum: 0,
    maximum: 36_500,
  },
  'history.retain': {
    type: 'objects',
    description:
      'How long history keeps things: rules, of which the first that fits counts; where none does everything is kept for ever. ' +
      '`types`, `attributes` and `retention` (classes of the ontology, such as `observation`) narrow a rule; `instances`: how long each instance is there, then `hourly` and `daily` totals ' +
      'of the numbers in their place, each as `P90D` or `P5Y` (whole days; a year has 365, a month 30) and not shorter than ' +
      'what is finer; one that is not there is for ever',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      properties: {
        types: texts,
        attributes: texts,
        retention: texts,
        instances: lifetime,
        hourly: lifetime,
        daily: lifetime,
      },
    },
  },
  feeds: {
    type: 'objects',
    description:
      'Agency feeds that this hub runs; `variableFiles`: variables whose values are in files, such as passwords; `transport`: options of the transport in place of those in the file, of which none counts where the kind is another one',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['file'],
      properties: {
        file: text,
        variables: { type: 'object', additionalProperties: { type: 'string' } },
        variableFiles: { type: 'object', additionalProperties: text },
        transport: { type: 'object' },
      },
    },
  },
  indicators: {
    type: 'objects',
    description:
      'What the hub derives of entities of a type, period by period, and keeps as entities of its own; names are those of `context.default`. `calculation`: vn-aqi-hour, vn-aqi-day (`minimumHours`, 18), noise (`part`: day, evening or night; `regulation`), rain-day (`accumulated`: the readings are of the rain since 19:00), moving-average (`hours`)',
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
        accumulated: { type: 'boolean' },
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
} as const satisfies Record<string, Setting>
