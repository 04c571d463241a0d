import { BESIDES, besides, jsonOf } from '../read-answer.ts'
import {
  ATTRIBUTES,
  NEXT,
  nextParameter,
  SELECTION,
  type Selection,
  selectionParameters,
} from '../selection.ts'
import { tool } from '../tool.ts'

/** Which time is meant. */
export interface Time {
  readonly from?: string
  readonly to?: string
  readonly timeProperty?: string
}

interface History extends Selection, Time {
  readonly attributes?: readonly string[]
  readonly lastN?: number
  readonly limit?: number
  readonly next?: string
}

const STANDARD_LIMIT = 5
const STANDARD_LAST = 20
const PATTERN = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:[.,]\\d{1,6})?Z$'

/** The schema of `Time`. */
export const TIME = {
  from: {
    type: 'string',
    pattern: PATTERN,
    description: 'Since when, UTC: 2025-11-15T00:00:00Z (00:00Z is 07:00 in Vietnam)',
  },
  to: { type: 'string', pattern: PATTERN, description: 'Until when, UTC; absent: until now' },
  timeProperty: {
    type: 'string',
    enum: ['observedAt', 'createdAt', 'modifiedAt', 'deletedAt'],
    default: 'observedAt',
    description: 'Which time is meant: of the observation, or of the record at the hub',
  },
} as const

/** Queries how entities were over time (5.7.4). */
export const history = tool<History>({
  name: 'history',
  title: 'History of entities',
  description:
    'Answers how attributes of entities were over time: for each a list of pairs of value and time, the newest first. Without from ' +
    `and lastN the last ${STANDARD_LAST} values. For averages, extremes and trends over long times use aggregate.`,
  input: {
    ...SELECTION,
    ...TIME,
    attributes: { ...ATTRIBUTES, description: 'Attributes whose values are wanted; the fewer, the better' },
    lastN: {
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
      description: 'At most so many values of each attribute',
    },
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: STANDARD_LIMIT,
      description: 'Entities of a page',
    },
    next: NEXT,
  },
  output: { entities: { type: 'array', items: { type: 'object' } }, ...BESIDES },
  run: async (given, { ask }) => {
    const { attributes, from, limit = STANDARD_LIMIT, next } = given
    const lastN = given.lastN ?? (from === undefined ? STANDARD_LAST : undefined)
    const answer = await ask({
      path: '/ngsi-ld/v1/temporal/entities',
      parameters: {
        ...selectionParameters(given),
        ...timeParameters(given),
        ...(attributes && { pick: ['id', 'type', ...attributes].join(',') }),
        ...(lastN !== undefined && { lastN: String(lastN) }),
        format: 'temporalValues',
        limit: String(limit),
        ...nextParameter(next),
      },
    })
    return { entities: jsonOf(answer), ...besides(answer) }
  },
})

/** Writes a time as the parameters of a temporal query (4.11); without any, everything until now. */
export function timeParameters({ from, to, timeProperty }: Time): Record<string, string> {
  const property = timeProperty === undefined ? {} : { timeproperty: timeProperty }
  if (from !== undefined && to !== undefined)
    return { timerel: 'between', timeAt: from, endTimeAt: to, ...property }
  if (from !== undefined) return { timerel: 'after', timeAt: from, ...property }
  return { timerel: 'before', timeAt: to ?? FAR, ...property }
}

/** Later than anything that was. */
const FAR = '9999-12-31T23:59:59Z'
