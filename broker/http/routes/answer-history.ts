import { aggregateRows, evolutionRows } from '../../core/view/evolution-rows.ts'
import { renderAggregates } from '../../core/view/render-aggregates.ts'
import { type EvolutionWriting, renderEvolution } from '../../core/view/render-evolution.ts'
import type { EvolutionPart } from '../../operations/temporal/export-evolutions.ts'
import type { HistoryType } from '../added-types.ts'
import { preferences, versionHeader } from '../decode/prefer.ts'
import { AGGREGATE_COLUMNS, type Column, instanceColumns } from '../encode/history-columns.ts'
import { writeCsv } from '../encode/write-csv.ts'
import { writeParquet } from '../encode/write-parquet.ts'
import type { HubAnswer, HubRequest } from '../route.ts'

/** Answers an export of history as lines or as a table. */
export function answerHistory(
  parts: AsyncIterable<EvolutionPart>,
  { headers }: HubRequest,
  type: HistoryType,
  writing: EvolutionWriting,
): HubAnswer {
  const preferred = preferences(headers.prefer)
  // whether anything is altered shows only on the way
  const status = writing.options.version === undefined ? 200 : 203
  return { status, table: writing.table, headers: versionHeader(preferred), ...written(parts, type, writing) }
}

type Written = Pick<HubAnswer, 'stream' | 'pieces'>

function written(parts: AsyncIterable<EvolutionPart>, type: HistoryType, writing: EvolutionWriting): Written {
  if (type === 'application/x-ndjson') return { stream: () => lines(parts, writing) }
  if (writing.options.format === 'aggregatedValues') {
    const rows = (part: EvolutionPart) => aggregateRows(part.content, part.aggregated ?? {}, writing)
    return table(type, AGGREGATE_COLUMNS, each(parts, rows))
  }
  const rows = (part: EvolutionPart) => evolutionRows(part.content, writing)
  return table(type, instanceColumns(writing.options), each(parts, rows))
}

async function* lines(
  parts: AsyncIterable<EvolutionPart>,
  writing: EvolutionWriting,
): AsyncGenerator<string> {
  for await (const { content, aggregated } of parts) {
    const text = aggregated
      ? renderAggregates(content, aggregated, writing)
      : renderEvolution(content, writing)
    if (text !== undefined) yield text
  }
}

function table<Row>(
  type: HistoryType,
  columns: readonly Column<Row>[],
  tables: AsyncIterable<readonly Row[]>,
): Written {
  return type === 'text/csv'
    ? { stream: () => writeCsv(columns, tables) }
    : { pieces: () => writeParquet(columns, tables) }
}

async function* each<Item, Made>(
  items: AsyncIterable<Item>,
  make: (item: Item) => Made,
): AsyncGenerator<Made> {
  for await (const item of items) yield make(item)
}
