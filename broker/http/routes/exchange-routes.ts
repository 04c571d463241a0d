import type { Exchange, ExchangeDays } from '../../../security/audit/exchanges.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { ExchangeSelection, queryExchanges } from '../../operations/audit/query-exchanges.ts'
import { who } from '../decode/who.ts'
import type { Column } from '../encode/history-columns.ts'
import { writeCsv } from '../encode/write-csv.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind what was exchanged. */
export interface ExchangeOperations {
  readonly queryExchanges: ReturnType<typeof queryExchanges>
}

const FILTERS = ['organisation', 'client', 'purpose'] as const
const DAY = /^\d{4}-\d{2}-\d{2}$/
const DAY_MILLISECONDS = 86_400_000
const HOURS_AHEAD = 7 * 3_600_000
const STANDARD_DAYS = 30
const MOST_DAYS = 400
const MOST_ROWS = 10_000
const PRIVATE = { 'Cache-Control': 'no-store' }

/** Route of `/hub/v1/exchanges`: how often who was given how much of what; ours, not the standard's. */
export function exchangeRoutes(
  operations: ExchangeOperations,
  { clock }: { readonly clock: () => number },
): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/hub/v1/exchanges',
      body: 'none',
      produces: ['application/json', 'text/csv'],
      parameters: ['from', 'to', 'dataset', ...FILTERS],
      handle,
    },
  ]

  async function handle(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const days = daysOf(request.query, clock() / 1000)
    const selection = selectionOf(request.query, table)
    const all = await operations.queryExchanges({ ...who(request), days, selection })
    if (request.accept === 'text/csv')
      return { status: 200, table, headers: PRIVATE, stream: () => writeCsv(COLUMNS, rowsOf(all, table)) }
    const exchanges: JsonObject[] = []
    for await (const [row] of rowsOf(all, table)) {
      if (!row) continue
      if (exchanges.length === MOST_ROWS)
        throw new Problem(
          'TooManyResults',
          `More than ${MOST_ROWS} rows: ask for fewer days, or for text/csv`,
        )
      exchanges.push(row)
    }
    return { status: 200, body: { ...days, exchanges }, headers: PRIVATE }
  }
}

/** The last days by the clocks of Việt Nam, unless others are asked for. */
function daysOf(query: URLSearchParams, now: number): ExchangeDays {
  const to = dayIn(query, 'to') ?? dayOf(now + HOURS_AHEAD)
  const from = dayIn(query, 'from') ?? dayOf(Date.parse(to) - (STANDARD_DAYS - 1) * DAY_MILLISECONDS)
  const many = (Date.parse(to) - Date.parse(from)) / DAY_MILLISECONDS + 1
  if (many < 1) throw badRequestData('Parameter from is a day after that of parameter to')
  if (many > MOST_DAYS) throw badRequestData(`Parameters from and to span more than ${MOST_DAYS} days`)
  return { from, to }
}

/** @throws Problem BadRequestData that names the parameter */
function dayIn(query: URLSearchParams, name: 'from' | 'to'): string | undefined {
  const day = query.get(name) ?? undefined
  if (day !== undefined && (!DAY.test(day) || Number.isNaN(Date.parse(day))))
    throw badRequestData(`Parameter ${name} is no day such as 2026-01-31`)
  return day
}

function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10)
}

function selectionOf(query: URLSearchParams, table: TermTable): ExchangeSelection {
  const dataset = query.get('dataset')
  const given = FILTERS.flatMap((name) => {
    const value = query.get(name)
    return value === null ? [] : [[name, value]]
  })
  return { ...(dataset !== null && { dataset: table.expand(dataset) }), ...Object.fromEntries(given) }
}

const NAMES = [
  ...['day', 'dataset', 'tenant', 'organisation', 'city', 'client', 'caller', 'hub', 'purpose'],
  ...['result', 'exchanges', 'entities'],
]

const COLUMNS: readonly Column<JsonObject>[] = NAMES.map((name) => ({
  name,
  as: 'text',
  of: (row) => (row[name] === undefined ? undefined : String(row[name])),
}))

async function* rowsOf(
  exchanges: AsyncIterable<Exchange>,
  table: TermTable,
): AsyncGenerator<readonly JsonObject[]> {
  for await (const { dataset, ...exchange } of exchanges)
    yield [{ ...exchange, ...(dataset !== undefined && { dataset: table.compact(dataset) }) }]
}
