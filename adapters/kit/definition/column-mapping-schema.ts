const COLUMN = {
  attribute: { type: 'string', minLength: 1 },
  unit: { type: 'string', minLength: 1 },
  factor: { type: 'number' },
  offset: { type: 'number' },
  values: { type: 'object' },
  observed: { type: 'boolean' },
} as const

const TEXTS = { type: 'array', items: { type: 'string' } } as const

/** JSON Schema of a mapping by columns in a feed.yaml. */
export const COLUMN_MAPPING_SCHEMA = {
  additionalProperties: false,
  required: ['type', 'id', 'columns'],
  properties: {
    type: { type: 'string', minLength: 1 },
    id: { type: 'string', pattern: '\\{[^{}]+\\}' },
    time: {
      type: 'object',
      additionalProperties: false,
      required: ['from'],
      properties: {
        from: { anyOf: [{ type: 'string' }, { ...TEXTS, minItems: 1 }] },
        format: { anyOf: [{ type: 'string' }, { ...TEXTS, minItems: 1 }] },
        zone: { type: 'string', pattern: '^(?:Z|[+-]\\d{2}:\\d{2})$' },
        period: { type: 'string', minLength: 3 },
        marks: { enum: ['start', 'end'] },
      },
    },
    columns: {
      type: 'object',
      additionalProperties: {
        anyOf: [
          { type: 'string', minLength: 1 },
          {
            type: 'object',
            additionalProperties: false,
            required: ['attribute'],
            properties: {
              ...COLUMN,
              link: { type: 'string', minLength: 1 },
              id: { type: 'string', minLength: 1 },
              unitBy: { enum: ['code', 'name'] },
              optional: { type: 'boolean' },
            },
          },
        ],
      },
    },
    series: {
      type: 'object',
      additionalProperties: false,
      required: ['columns', 'attribute'],
      properties: { ...COLUMN, columns: { type: 'string', pattern: '\\{(?:HH|n)\\}' } },
    },
    ignore: TEXTS,
    facts: { type: 'object' },
    place: {
      type: 'object',
      additionalProperties: false,
      required: ['table', 'key'],
      properties: { table: { type: 'string' }, key: { type: 'string' } },
    },
    decimal: { enum: [',', '.'] },
    skip: { type: 'object', additionalProperties: TEXTS },
  },
} as const
