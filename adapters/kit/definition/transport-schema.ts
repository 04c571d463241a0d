import { closed, oneOf, text } from './schema-parts.ts'

const secret = {
  type: 'object',
  oneOf: [
    closed({ file: text }, ['file']),
    closed({ environment: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' } }, ['environment']),
  ],
} as const

const headers = { type: 'object', additionalProperties: { type: 'string' }, default: {} } as const
const httpUrl = { type: 'string', format: 'uri', pattern: '^https?://[^@/]+(?:/|\\?|$)' } as const
const header = { type: 'string', pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" } as const
const encryption = { enum: ['required', 'none'], default: 'required' } as const

const visited = (everySeconds: number, timeoutMs: number) =>
  ({
    everySeconds: { type: 'number', minimum: 1, maximum: 86400, default: everySeconds },
    timeoutMs: { type: 'integer', minimum: 100, maximum: 600000, default: timeoutMs },
  }) as const

const files = {
  pattern: { ...text, default: '*' },
  stableMs: { type: 'integer', minimum: 0, maximum: 600000, default: 2000 },
} as const

const authentication = oneOf('kind', [
  closed({ kind: { const: 'bearer' }, token: secret }, ['token']),
  closed({ kind: { const: 'basic' }, user: text, password: secret }, ['user', 'password']),
  closed({ kind: { const: 'key' }, key: secret, header, parameter: text }, ['key']),
  closed({ kind: { const: 'oauth' }, tokenUrl: httpUrl, client: text, secret, scope: text, audience: text }, [
    'tokenUrl',
    'client',
    'secret',
  ]),
])

const paging = oneOf('by', [
  closed({ by: { const: 'link' } }),
  closed({ by: { const: 'member' }, member: text, parameter: text }, ['member']),
  closed(
    {
      by: { const: 'page' },
      parameter: text,
      first: { type: 'integer', minimum: 0, maximum: 1, default: 1 },
    },
    ['parameter'],
  ),
  closed({ by: { const: 'offset' }, parameter: text }, ['parameter']),
])

const maxPages = { type: 'integer', minimum: 1, maximum: 10000, default: 100 } as const

const directory = closed(
  {
    kind: { const: 'directory' },
    path: text,
    ...files,
    everySeconds: { type: 'number', minimum: 1, maximum: 86400, default: 600 },
  },
  ['path'],
)

const httpPoll = closed(
  {
    kind: { const: 'http-poll' },
    url: httpUrl,
    headers,
    authentication,
    paging,
    maxPages,
    ...visited(300, 15000),
  },
  ['url'],
)

const senderKey = closed({ secret, header: { ...header, default: 'x-feed-key' } }, ['secret'])

const webhook = closed({
  kind: { const: 'webhook' },
  signature: closed(
    {
      secret,
      header,
      algorithm: { enum: ['sha256', 'sha512'], default: 'sha256' },
      encoding: { enum: ['hex', 'base64'], default: 'hex' },
      prefix: { type: 'string', default: '' },
      timestampHeader: header,
      content: { type: 'string', pattern: '\\{body\\}' },
      toleranceSeconds: { type: 'integer', minimum: 1, maximum: 86400, default: 300 },
    },
    ['secret', 'header'],
  ),
  key: senderKey,
})

const sources = (scheme: string) =>
  ({ type: 'string', pattern: `^${scheme}://[^@/]+(?:/|$)`, format: 'uri' }) as const

const remoteFolder = {
  ...files,
  user: text,
  password: secret,
  days: { type: 'integer', minimum: 1, maximum: 3660 },
  maxFiles: { type: 'integer', minimum: 1, maximum: 1000000, default: 100000 },
  ...visited(60, 30000),
} as const

const ftp = closed(
  { kind: { const: 'ftp' }, url: sources('ftps?'), ...remoteFolder, encryption, authorities: secret },
  ['url'],
)

const sftp = closed(
  {
    kind: { const: 'sftp' },
    url: sources('sftp'),
    ...remoteFolder,
    privateKey: secret,
    passphrase: secret,
    hostKey: { type: 'string', pattern: '^SHA256:[A-Za-z0-9+/]{43}=?$' },
  },
  ['url', 'user', 'hostKey'],
)

const mqtt = closed(
  {
    kind: { const: 'mqtt' },
    url: sources('mqtts?'),
    version: { enum: ['3.1.1', '5'], default: '5' },
    topics: { type: 'array', minItems: 1, maxItems: 100, items: { ...text, maxLength: 1024 } },
    qos: { enum: [0, 1, 2], default: 1 },
    client: { type: 'string', pattern: '^[A-Za-z0-9_.:-]{1,128}$' },
    sessionSeconds: { type: 'integer', minimum: 60, maximum: 4294967295, default: 604800 },
    user: text,
    password: secret,
    authorities: secret,
    certificate: secret,
    certificateKey: secret,
    maxMessages: { type: 'integer', minimum: 1, maximum: 5000, default: 500 },
    gatherMs: { type: 'integer', minimum: 0, maximum: 10000, default: 200 },
    keepAliveSeconds: { type: 'integer', minimum: 5, maximum: 3600, default: 30 },
    timeoutMs: { type: 'integer', minimum: 100, maximum: 120000, default: 15000 },
  },
  ['url', 'topics', 'client'],
)

const column = { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' } as const

const sql = closed(
  {
    kind: { const: 'sql' },
    url: { type: 'string', pattern: '^(?:(?:postgresql|mysql)://[^@/]+/.+|sqlite:.+)$' },
    user: text,
    password: secret,
    encryption,
    authorities: secret,
    query: text,
    watermark: closed({ column, key: column, overlap: { type: 'number', minimum: 0, default: 60 } }, [
      'column',
    ]),
    pageRows: { type: 'integer', minimum: 1, maximum: 10000, default: 1000 },
    maxRows: { type: 'integer', minimum: 1, maximum: 1000000, default: 100000 },
    ...visited(60, 30000),
  },
  ['url', 'query'],
)

const ngsi = closed(
  {
    kind: { const: 'ngsi' },
    version: { enum: ['ld', 'v2'], default: 'ld' },
    url: httpUrl,
    headers,
    authentication,
    entities: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: closed({ type: text, idPattern: text }, ['type']),
    },
    attributes: { type: 'array', minItems: 1, items: text },
    context: { type: 'string', format: 'uri' },
    notifyUrl: httpUrl,
    key: senderKey,
    subscriptionSeconds: { type: 'integer', minimum: 60, maximum: 31536000, default: 86400 },
    pageEntities: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
    maxPages,
    ...visited(60, 15000),
  },
  ['url', 'entities', 'notifyUrl', 'key'],
)

/** JSON Schema of the transport of a feed.yaml; defaults stand here and nowhere else. */
export const TRANSPORT_SCHEMA = oneOf('kind', [directory, ftp, sftp, httpPoll, webhook, mqtt, sql, ngsi])
