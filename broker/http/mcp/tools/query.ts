import { BESIDES, besides, jsonOf } from '../read-answer.ts'
import {
  ATTRIBUTES,
  NEXT,
  nextParameter,
  SELECTION,
  type Selection,
  selectionParameters,
  UNIT,
} from '../selection.ts'
import { tool } from '../tool.ts'

interface Query extends Selection {
  readonly unit?: string
  readonly pick?: readonly string[]
  readonly format?: 'keyValues' | 'concise'
  readonly language?: string
  readonly orderBy?: string
  readonly limit?: number
  readonly count?: boolean
  readonly next?: string
}

const STANDARD_LIMIT = 20
const MOST = 500

/** Queries entities as they are now (CIM 009 v1.9.1, 5.7.2). */
export const query = tool<Query>({
  name: 'query',
  title: 'Query entities',
  description:
    'Finds entities as they are now, as you may see them: personal data may be masked or absent. Needs one of type, q, near, within at ' +
    'least. keyValues answers plain values; concise also units, times of observation and other metadata.',
  input: {
    ...SELECTION,
    unit: UNIT,
    pick: { ...ATTRIBUTES, description: 'Attributes to answer, besides id and type; the fewer, the better' },
    format: { type: 'string', enum: ['keyValues', 'concise'], default: 'keyValues' },
    language: {
      type: 'string',
      pattern: '^[A-Za-z0-9,;=.*-]{1,100}$',
      description: 'Language of texts that are there in several, such as vi',
    },
    orderBy: {
      type: 'string',
      minLength: 1,
      maxLength: 300,
      description: 'Attributes to order by, such as pm25;desc; for what one hub answers alone',
    },
    limit: { type: 'integer', minimum: 1, maximum: MOST, default: STANDARD_LIMIT },
    count: { type: 'boolean', description: 'Tell how many entities match, too' },
    next: NEXT,
  },
  output: { entities: { type: 'array', items: { type: 'object' } }, ...BESIDES },
  run: async (given, { ask }) => {
    const { unit, pick, format = 'keyValues', language, orderBy, limit = STANDARD_LIMIT, count, next } = given
    const answer = await ask({
      path: '/ngsi-ld/v1/entities',
      parameters: {
        ...selectionParameters(given),
        ...(pick && { pick: ['id', 'type', ...pick].join(',') }),
        format,
        ...(language !== undefined && { lang: language }),
        ...(orderBy !== undefined && { orderBy }),
        limit: String(limit),
        ...(count && { count: 'true' }),
        ...nextParameter(next),
      },
      ...(unit !== undefined && { headers: { 'hub-unit': encodeURIComponent(unit) } }),
    })
    return { entities: jsonOf(answer), ...besides(answer) }
  },
})
