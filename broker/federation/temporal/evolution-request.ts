import type { TermTable } from '../../core/context/term-table.ts'
import type { TimeWindow } from '../../core/model/temporal.ts'
import { formatDateTime, type Micros, parseDateTime } from '../../core/model/time.ts'
import type { SourceRequest } from '../forward/source-connection.ts'
import { queryRequest, retrieveRequest } from '../forward/source-request.ts'
import type { Forward } from '../registry/match-registrations.ts'

/** What of evolutions a source is asked for. */
export interface EvolutionRequest {
  /** One evolution; absent: those that match. */
  readonly id?: string | undefined
  readonly window?: TimeWindow | undefined
  /** Only so many of each attribute, the newest. */
  readonly lastN?: number | undefined
  /** Filters of the client that the source may apply. */
  readonly pushed?: URLSearchParams | undefined
  readonly limit: number
}

/** Writes a read of evolutions at a source (CIM 009 v1.9.1, 6.18.3.2, 6.19.3.1), narrowed. */
export function evolutionRequest(
  forward: Forward,
  { id, window, lastN, pushed, limit }: EvolutionRequest,
  table: TermTable,
): SourceRequest & { readonly parameters: URLSearchParams } {
  const { send } =
    id === undefined
      ? queryRequest(forward, { table, limit, ...(pushed && { pushed }) })
      : retrieveRequest(forward, id, table)
  const { parameters } = send
  if (id !== undefined) parameters.delete('type')
  for (const [name, value] of windowParameters(window)) parameters.set(name, value)
  if (lastN !== undefined) parameters.set('lastN', String(lastN))
  return { method: 'GET', path: `/temporal${send.path}`, parameters }
}

function windowParameters(window: TimeWindow | undefined): readonly (readonly [string, string])[] {
  if (!window) return []
  const { property, from, to } = window
  const relation =
    from === undefined ? (to === undefined ? undefined : 'before') : to === undefined ? 'after' : 'between'
  const first = from ?? to
  return [
    ...(property === 'observedAt' ? [] : [['timeproperty', property] as const]),
    ...(relation && first !== undefined
      ? [['timerel', relation] as const, ['timeAt', formatDateTime(first)] as const]
      : []),
    ...(from !== undefined && to !== undefined ? [['endTimeAt', formatDateTime(to)] as const] : []),
  ]
}

const TIME = '(\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z)'
const RANGE = new RegExp(`${TIME}-${TIME}/(?:\\d+|\\*)\\s*$`)

/** Answers where a part of evolutions ends (6.3.10); undefined: the header does not say. */
export function endOfRange(header: string | undefined): Micros | undefined {
  const [, , end] = RANGE.exec(header ?? '') ?? []
  return end === undefined ? undefined : parseDateTime(end)
}
