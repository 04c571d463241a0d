import type { TermTable } from '../../core/context/term-table.ts'
import { badRequestData, invalidRequest } from '../../core/model/problem.ts'
import type { TimeWindow } from '../../core/model/temporal.ts'
import type { Ordering } from '../../core/query/ast.ts'
import { parseTimeWindow } from '../../core/query/parse-time-window.ts'
import { type Aggregation, parseAggregation } from '../../core/temporal/aggregation.ts'
import type { EvolutionOptions } from '../../core/view/evolution-options.ts'
import { datasetIds } from './dataset-parameters.ts'
import { projections, RENDER_PARAMETERS } from './entity-parameters.ts'
import { languages } from './language-parameters.ts'
import { orderingOf } from './order-parameters.ts'

/** Parameters of temporal queries (CIM 009 v1.9.1, 6.18.3.2 and 6.19.3.1). */
export const TEMPORAL_PARAMETERS = [
  'timerel',
  'timeAt',
  'endTimeAt',
  'timeproperty',
  'lastN',
  'aggrMethods',
  'aggrPeriodDuration',
] as const

/** Parameters that say how an evolution is written (6.18.3.2 and 6.19.3.1). */
export const EVOLUTION_PARAMETERS = RENDER_PARAMETERS.filter((name) => name !== 'geometryProperty')

/** What is asked of an evolution, and how it is to be written. */
export interface TemporalRequest {
  /** Absent: there is no temporal query. */
  readonly window?: TimeWindow
  readonly lastN?: number
  readonly options: EvolutionOptions
  /** There when `options.format` is aggregatedValues, and only then. */
  readonly aggregation?: Aggregation
}

/** Reads a temporal query and how its answer is to be written (5.2.21, 6.3.12). @throws Problem BadRequestData, InvalidRequest */
export function temporalRequest(query: URLSearchParams, table: TermTable): TemporalRequest {
  const window = timeWindow(query)
  const lastN = lastInstances(query.get('lastN'))
  const words = (query.get('options') ?? '').split(',').filter((word) => word !== '')
  const format = formatOf(query.get('format') ?? undefined, words)
  const aggregation = parseAggregation(text(query, 'aggrMethods'), text(query, 'aggrPeriodDuration'))
  if (format === 'aggregatedValues' && !aggregation)
    throw badRequestData('Format aggregatedValues needs the parameter aggrMethods')
  return {
    ...(window && { window }),
    ...(lastN !== undefined && { lastN }),
    ...(format === 'aggregatedValues' && aggregation && { aggregation }),
    options: {
      format,
      ...(window && { property: window.property }),
      ...(words.includes('sysAttrs') && { sysAttrs: true as const }),
      ...languages(query),
      ...datasetIds(query),
      ...projections(query, table),
    },
  }
}

/** Tells whether the parameters name a format, be it as an option. */
export function saysFormat(query: URLSearchParams): boolean {
  const words = (query.get('options') ?? '').split(',')
  return query.has('format') || words.some((word) => word !== '' && word !== 'sysAttrs')
}

/** Refuses a query without a temporal query (5.7.4.4). @throws Problem BadRequestData */
export function refuseTimeless({ window }: TemporalRequest): void {
  if (window?.from === undefined && window?.to === undefined)
    throw badRequestData('Query has no temporal query: give timerel and timeAt')
}

/** Reads how evolutions are to be ordered: by their id alone (5.7.4.4). @throws Problem BadRequestData, TooComplexQuery */
export function evolutionOrdering(query: URLSearchParams, table: TermTable): Ordering | undefined {
  const ordering = orderingOf(query, table)
  if (ordering?.terms.every(({ member }) => member === 'id') ?? true) return ordering
  throw badRequestData(
    'Parameter orderBy orders by something else than id, the only order of temporal queries',
  )
}

function timeWindow(query: URLSearchParams): TimeWindow | undefined {
  return parseTimeWindow({
    timerel: text(query, 'timerel'),
    timeAt: text(query, 'timeAt'),
    endTimeAt: text(query, 'endTimeAt'),
    timeproperty: text(query, 'timeproperty'),
  })
}

function text(query: URLSearchParams, name: (typeof TEMPORAL_PARAMETERS)[number]): string | undefined {
  return query.get(name) ?? undefined
}

function lastInstances(text: string | null): number | undefined {
  if (text === null) return undefined
  if (!/^[1-9]\d{0,8}$/.test(text)) throw badRequestData('Parameter lastN is not a whole number of 1 or more')
  return Number(text)
}

/** The two of the standard for evolutions (6.3.12), and those of entities that are as lossless. */
const FORMATS = ['temporalValues', 'aggregatedValues', 'normalized', 'concise'] as const
type Format = (typeof FORMATS)[number]

/** What `format` says counts more than `options` (6.3.12), in which all words have to be known all the same. */
function formatOf(format: string | undefined, options: readonly string[]): Format {
  const [option, second] = options.filter((word) => word !== 'sysAttrs').map(formatNamed)
  if (second !== undefined) throw invalidRequest(`Options ${option} and ${second} exclude each other`)
  return format === undefined ? (option ?? 'normalized') : formatNamed(format)
}

function formatNamed(word: string): Format {
  const format = FORMATS.find((name) => name === word)
  if (format) return format
  throw invalidRequest(`Format or option ${JSON.stringify(word)} is none of ${FORMATS.join(', ')}, sysAttrs`)
}
