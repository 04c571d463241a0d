import { COLUMN_MAPPING_SCHEMA } from './column-mapping-schema.ts'
import { DATASET_SCHEMA } from './dataset-schema.ts'
import { QUALITY_SCHEMA } from './quality-schema.ts'
import { closed, oneOf, text } from './schema-parts.ts'
import { TRANSPORT_SCHEMA } from './transport-schema.ts'

const columns = { type: 'array', items: { type: 'string' } } as const
const names = { type: 'array', minItems: 1, uniqueItems: true, items: text } as const

const format = oneOf('kind', [
  closed({ kind: { const: 'station-text' } }),
  closed({ kind: { const: 'xml' }, element: text }, ['element']),
  closed({ kind: { const: 'gtfs' } }),
  closed({ kind: { const: 'gtfs-realtime' } }),
  closed({ kind: { const: 'cap' } }),
  closed({ kind: { const: 'open311' } }),
  closed({
    kind: { const: 'csv' },
    delimiter: { enum: [',', ';', '\t'] },
    columns,
    together: { type: 'boolean' },
  }),
  closed({ kind: { const: 'xlsx' }, sheet: text, columns, together: { type: 'boolean' } }),
  closed({ kind: { const: 'json' }, lines: { type: 'boolean' }, path: { type: 'string' } }),
  closed({ kind: { const: 'features' }, encoding: { enum: ['utf-8', 'windows-1258', 'tcvn3'] } }),
])

const mapping = {
  type: 'object',
  oneOf: [
    closed({ module: { type: 'string', pattern: '\\.(ts|js|mjs)$' } }, ['module']),
    closed({ expression: text, timeoutMs: { type: 'integer', minimum: 1, maximum: 60000 } }, ['expression']),
    COLUMN_MAPPING_SCHEMA,
  ],
} as const

const places = {
  ...closed({
    crs: { type: 'string', pattern: '^(?:detect|OGC:CRS84|EPSG:\\d{4,6})$' },
    unit: { enum: ['location'] },
    extent: { type: 'array', items: { type: 'number' }, minItems: 4, maxItems: 4 },
  }),
  minProperties: 1,
} as const

/** JSON Schema of a feed.yaml, in the order of its parts, after its variables are filled in; defaults stand here and nowhere else. */
export const FEED_SCHEMA = {
  ...closed(
    {
      name: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,63}$' },
      title: text,
      source: { type: 'string', format: 'uri' },
      dataProvider: text,
      context: {
        type: 'string',
        format: 'uri',
        default: 'https://thainguyen.gov.vn/ontology/urban/v1/context.jsonld',
      },
      variables: { type: 'object', additionalProperties: { type: 'string' }, default: {} },
      transport: TRANSPORT_SCHEMA,
      format,
      batchSize: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
      aheadSeconds: { type: 'integer', minimum: 0, maximum: 31622400, default: 3600 },
      maxBytes: { type: 'integer', minimum: 1, maximum: 1099511627776, default: 33554432 },
      mapping,
      privacy: closed({ notice: text, retentionDays: { type: 'integer', minimum: 1, maximum: 36500 } }, [
        'notice',
        'retentionDays',
      ]),
      hash: closed({ key: closed({ file: text }, ['file']) }, ['key']),
      places,
      use: closed({ purposes: names, types: names }, ['purposes', 'types']),
      quality: QUALITY_SCHEMA,
      dataset: DATASET_SCHEMA,
      lineage: { type: 'boolean' },
      tables: { type: 'object', default: {} },
    },
    ['name', 'title', 'source', 'dataProvider', 'transport', 'format', 'mapping'],
  ),
  // nothing is hashed without a key
  if: { properties: { mapping: { required: ['hashed'] } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['hash'] },
} as const
