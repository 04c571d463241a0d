import { COLUMN_MAPPING_SCHEMA } from './column-mapping-schema.ts'
import { TRANSPORT_SCHEMA } from './transport-schema.ts'

/** JSON Schema of a feed.yaml, after its variables are filled in; defaults stand here and nowhere else. */
export const FEED_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'title', 'source', 'dataProvider', 'transport', 'format', 'mapping'],
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,63}$' },
    title: { type: 'string', minLength: 1 },
    source: { type: 'string', format: 'uri' },
    dataProvider: { type: 'string', minLength: 1 },
    context: {
      type: 'string',
      format: 'uri',
      default: 'https://thainguyen.gov.vn/ontology/urban/v1/context.jsonld',
    },
    variables: { type: 'object', additionalProperties: { type: 'string' }, default: {} },
    tables: { type: 'object', default: {} },
    privacy: {
      type: 'object',
      additionalProperties: false,
      required: ['notice', 'retentionDays'],
      properties: {
        notice: { type: 'string', minLength: 1 },
        retentionDays: { type: 'integer', minimum: 1, maximum: 36500 },
      },
    },
    hash: {
      type: 'object',
      additionalProperties: false,
      required: ['key'],
      properties: {
        key: {
          type: 'object',
          additionalProperties: false,
          required: ['file'],
          properties: { file: { type: 'string', minLength: 1 } },
        },
      },
    },
    places: {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: {
        crs: { type: 'string', pattern: '^(?:detect|OGC:CRS84|EPSG:\\d{4,6})$' },
        unit: { enum: ['location'] },
        extent: { type: 'array', items: { type: 'number' }, minItems: 4, maxItems: 4 },
      },
    },
    use: {
      type: 'object',
      additionalProperties: false,
      required: ['purposes', 'types'],
      properties: {
        purposes: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', minLength: 1 } },
        types: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', minLength: 1 } },
      },
    },
    batchSize: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
    aheadSeconds: { type: 'integer', minimum: 0, maximum: 31622400, default: 3600 },
    maxBytes: { type: 'integer', minimum: 1, maximum: 1099511627776, default: 33554432 },
    transport: TRANSPORT_SCHEMA,
    format: {
      type: 'object',
      required: ['kind'],
      discriminator: { propertyName: 'kind' },
      oneOf: [
        { additionalProperties: false, properties: { kind: { const: 'station-text' } } },
        {
          additionalProperties: false,
          required: ['element'],
          properties: { kind: { const: 'xml' }, element: { type: 'string', minLength: 1 } },
        },
        { additionalProperties: false, properties: { kind: { const: 'gtfs' } } },
        { additionalProperties: false, properties: { kind: { const: 'gtfs-realtime' } } },
        { additionalProperties: false, properties: { kind: { const: 'cap' } } },
        { additionalProperties: false, properties: { kind: { const: 'open311' } } },
        {
          additionalProperties: false,
          properties: {
            kind: { const: 'csv' },
            delimiter: { enum: [',', ';', '\t'] },
            columns: { type: 'array', items: { type: 'string' } },
            together: { type: 'boolean' },
          },
        },
        {
          additionalProperties: false,
          properties: {
            kind: { const: 'xlsx' },
            sheet: { type: 'string', minLength: 1 },
            columns: { type: 'array', items: { type: 'string' } },
            together: { type: 'boolean' },
          },
        },
        {
          additionalProperties: false,
          properties: { kind: { const: 'json' }, lines: { type: 'boolean' }, path: { type: 'string' } },
        },
        {
          additionalProperties: false,
          properties: {
            kind: { const: 'features' },
            encoding: { enum: ['utf-8', 'windows-1258', 'tcvn3'] },
          },
        },
      ],
    },
    mapping: {
      type: 'object',
      oneOf: [
        {
          additionalProperties: false,
          required: ['module'],
          properties: { module: { type: 'string', pattern: '\\.(ts|js|mjs)$' } },
        },
        {
          additionalProperties: false,
          required: ['expression'],
          properties: {
            expression: { type: 'string', minLength: 1 },
            timeoutMs: { type: 'integer', minimum: 1, maximum: 60000 },
          },
        },
        COLUMN_MAPPING_SCHEMA,
      ],
    },
  },
} as const
