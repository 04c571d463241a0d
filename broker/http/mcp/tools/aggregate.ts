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
import { TIME, type Time, timeParameters } from './history.ts'

interface Count extends Selection {
  readonly unit?: string
}

/** Counts entities as they are now. */
export const count = tool<Count>({
  name: 'count',
  title: 'Count entities',
  description:
    'Counts the entities that match, without answering them. What other hubs have is counted too; a warning tells where it could not be.',
  input: { ...SELECTION, unit: UNIT },
  output: BESIDES,
  run: async (given, { ask }) => {
    const { unit } = given
    const answer = await ask({
      path: '/ngsi-ld/v1/entities',
      parameters: { ...selectionParameters(given), limit: '0', count: 'true' },
      ...(unit !== undefined && { headers: { 'hub-unit': encodeURIComponent(unit) } }),
    })
    return besides(answer)
  },
})

interface Aggregate extends Selection, Time {
  readonly attributes: readonly string[]
  readonly methods: readonly string[]
  readonly period?: string
  readonly limit?: number
  readonly next?: string
}

const STANDARD_LIMIT = 10

/** Aggregates values of entities over time (4.5.19). */
export const aggregate = tool<Aggregate>({
  name: 'aggregate',
  title: 'Aggregate over time',
  description:
    'Answers averages, sums, extremes and numbers of the values that attributes of entities had over time: for each entity, attribute and ' +
    'method a list of value, begin and end, one for each period. For how many entities there are now use count.',
  input: {
    ...SELECTION,
    ...TIME,
    attributes: { ...ATTRIBUTES, description: 'Attributes whose values are aggregated' },
    methods: {
      type: 'array',
      items: {
        type: 'string',
        enum: ['avg', 'min', 'max', 'sum', 'totalCount', 'distinctCount', 'stddev', 'sumsq'],
      },
      minItems: 1,
      uniqueItems: true,
    },
    period: {
      type: 'string',
      pattern: '^P[0-9TYMWDHS.]{2,20}$',
      description: 'Length of the periods, ISO 8601: PT1H, P1D, P1M; absent: all of the time at once',
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
  required: ['attributes', 'methods'],
  output: { entities: { type: 'array', items: { type: 'object' } }, ...BESIDES },
  run: async (given, { ask }) => {
    const { attributes, methods, period, limit = STANDARD_LIMIT, next } = given
    const answer = await ask({
      path: '/ngsi-ld/v1/temporal/entities',
      parameters: {
        ...selectionParameters(given),
        ...timeParameters(given),
        pick: ['id', 'type', ...attributes].join(','),
        format: 'aggregatedValues',
        aggrMethods: methods.join(','),
        ...(period !== undefined && { aggrPeriodDuration: period }),
        limit: String(limit),
        ...nextParameter(next),
      },
    })
    return { entities: jsonOf(answer), ...besides(answer) }
  },
})
