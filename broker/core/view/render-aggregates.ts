import type { TemporalEntity } from '../model/temporal.ts'
import { formatDateTime } from '../model/time.ts'
import type { Aggregated, AggregatedAttributes, PeriodValue } from '../temporal/aggregate.ts'
import { conform } from './conform.ts'
import { nameText } from './name-text.ts'
import { singleOrAll } from './render.ts'
import { type EvolutionWriting, entityTexts, innerWriting } from './render-evolution.ts'

/** Writes aggregated values of an entity (CIM 009 v1.9.1, 4.5.19.0), without scopes; undefined: nothing is wanted of it. */
export function renderAggregates(
  entity: TemporalEntity,
  aggregated: AggregatedAttributes,
  writing: EvolutionWriting,
): string | undefined {
  const inner = innerWriting(writing)
  const { scopes: _, ...own } = conform({ ...entity, attributes: {} }, inner.options, writing.table)
  const attributes = Object.entries(aggregated).map(
    ([name, each]) => `${nameText(name, writing.table)}:${singleOrAll(each.map(aggregatedText))}`,
  )
  if (writing.options.needsAttribute && attributes.length === 0) return undefined
  const texts = [...entityTexts({ ...own, attributes: {} }, inner), ...attributes]
  return texts.length === 0 ? undefined : `{${texts.join(',')}}`
}

/** Only where it has a datasetId is it said: of the default instances there is nothing to say. */
function aggregatedText({ type, datasetId, methods }: Aggregated): string {
  const dataset = datasetId === undefined ? [] : [`"datasetId":${JSON.stringify(datasetId)}`]
  const values = [...methods].map(([method, periods]) => `"${method}":[${periods.map(periodText).join(',')}]`)
  return `{${[`"type":"${type}"`, ...dataset, ...values].join(',')}}`
}

function periodText({ value, from, to }: PeriodValue): string {
  return `[${JSON.stringify(value)},"${formatDateTime(from)}","${formatDateTime(to)}"]`
}
