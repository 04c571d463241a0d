import { closed, text } from './schema-parts.ts'

const column = {
  attribute: text,
  unit: text,
  factor: { type: 'number' },
  offset: { type: 'number' },
  values: { type: 'object' },
  observed: { type: 'boolean' },
} as const

const cells = { type: 'array', items: { type: 'string' } } as const
const oneOrMore = { anyOf: [{ type: 'string' }, { ...cells, minItems: 1 }] } as const

/** JSON Schema of a mapping by columns in a feed.yaml. */
export const COLUMN_MAPPING_SCHEMA = closed(
  {
    type: text,
    id: { type: 'string', pattern: '\\{[^{}]+\\}' },
    time: closed(
      {
        from: oneOrMore,
        format: oneOrMore,
        zone: { type: 'string', pattern: '^(?:Z|[+-]\\d{2}:\\d{2})$' },
        period: { type: 'string', minLength: 3 },
        marks: { enum: ['start', 'end'] },
      },
      ['from'],
    ),
    columns: {
      type: 'object',
      additionalProperties: {
        anyOf: [
          text,
          closed(
            {
              ...column,
              format: oneOrMore,
              link: text,
              id: text,
              unitBy: { enum: ['code', 'name'] },
              optional: { type: 'boolean' },
            },
            ['attribute'],
          ),
        ],
      },
    },
    series: closed({ ...column, columns: { type: 'string', pattern: '\\{(?:HH|n)\\}' } }, [
      'columns',
      'attribute',
    ]),
    ignore: cells,
    hashed: { ...cells, minItems: 1 },
    facts: { type: 'object' },
    place: {
      oneOf: [
        closed({ longitude: text, latitude: text }, ['longitude', 'latitude']),
        closed({ table: text, key: text }, ['table', 'key']),
      ],
    },
    decimal: { enum: [',', '.'] },
    skip: { type: 'object', additionalProperties: cells },
  },
  ['type', 'id', 'columns'],
)
