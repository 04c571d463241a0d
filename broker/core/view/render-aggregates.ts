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
  const attributes: string[] = []
  for (const name in aggregated) {
    const each = aggregated[name] ?? []
    attributes.push(`${nameText(name, writing.table)}:${singleOrAll(each.map(aggregatedText))}`)
  }
  if (writing.options.needsAttribute && attributes.length === 0) return undefined
  const { id, types, createdAt, modifiedAt, expiresAt, deletedAt } = entity
  const own: TemporalEntity = {
    ...{ id, types, createdAt, modifiedAt, attributes: {} },
    ...(expiresAt !== undefined && { expiresAt }),
    ...(deletedAt !== undefined && { deletedAt }),
  }
  const told = conform(own, inner.options, writing.table) as TemporalEntity // it has no other members
  const texts = [...entityTexts(told, inner), ...attributes]
  return texts.length === 0 ? undefined : `{${texts.join(',')}}`
}

/** Only where it has a datasetId is it said: of the default instances there is nothing to say. */
function aggregatedText({ type, datasetId, methods }: Aggregated): string {
  const dataset = datasetId === undefined ? [] : [`"datasetId":${JSON.stringify(datasetId)}`]
  const values: string[] = []
  for (const [method, periods] of methods) values.push(`"${method}":[${periods.map(periodText).join(',')}]`)
  return `{"type":"${type}",${[...dataset, ...values].join(',')}}`
}

function periodText({ value, from, to }: PeriodValue): string {
  return `[${JSON.stringify(value)},"${formatDateTime(from)}","${formatDateTime(to)}"]`
}
