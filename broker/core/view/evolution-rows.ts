import type { TermTable } from '../context/term-table.ts'
import type { AttributeKind } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import type { JsonValue } from '../model/json.ts'
import { SCOPE, type TemporalEntity } from '../model/temporal.ts'
import type { Micros } from '../model/time.ts'
import type { AggregatedAttributes } from '../temporal/aggregate.ts'
import type { AggregationMethod } from '../temporal/aggregation.ts'
import { conform, knowsScopes } from './conform.ts'
import { type EvolutionWriting, innerWriting, scopeInstance } from './render-evolution.ts'
import { spokenValue } from './render-instance.ts'

/** Whose history a row of a table is of; names are those of the request. */
interface Row {
  readonly id: string
  /** Several types are the JSON text of their list. */
  readonly type: string
  readonly attribute: string
  readonly datasetId: string | undefined
  readonly value: JsonValue
}

/** One instance as a row. */
export interface InstanceRow extends Row {
  readonly kind: AttributeKind
  readonly observedAt: Micros | undefined
  readonly unitCode: string | undefined
  readonly createdAt: Micros
  readonly modifiedAt: Micros
  readonly instanceId: string
  readonly deletedAt: Micros | undefined
}

/** What one method made of one period, as a row. */
export interface AggregateRow extends Row {
  readonly method: AggregationMethod
  readonly from: Micros
  readonly to: Micros
}

/** Answers all instances at hand as rows: what the caller sees of them, without sub-attributes. */
export function evolutionRows(entity: TemporalEntity, writing: EvolutionWriting): readonly InstanceRow[] {
  const { options, table } = writing
  const inner = innerWriting(writing)
  const shown = conform(entity, inner.options, table) as TemporalEntity // instances keep their other members
  const { id } = shown
  const type = typeText(shown.types, table)
  const rows: InstanceRow[] = []
  for (const name in shown.attributes) {
    if (name === SCOPE && !knowsScopes(options)) continue
    const attribute = attributeText(name, table)
    for (const instance of shown.attributes[name] ?? []) {
      const { kind, value } = spokenValue(name === SCOPE ? scopeInstance(instance) : instance, inner)
      const { datasetId, observedAt, unitCode, createdAt, modifiedAt, instanceId, deletedAt } = instance
      // member by member: many times faster than to spread what they have in common
      rows.push({
        id,
        type,
        attribute,
        datasetId,
        observedAt,
        kind,
        value,
        unitCode,
        createdAt,
        modifiedAt,
        instanceId,
        deletedAt,
      })
    }
  }
  return rows
}

/** Answers aggregated values as rows (CIM 009 v1.9.1, 4.5.19). */
export function aggregateRows(
  entity: TemporalEntity,
  aggregated: AggregatedAttributes,
  writing: EvolutionWriting,
): readonly AggregateRow[] {
  const { table } = writing
  const { id, types } = conform({ ...entity, attributes: {} }, innerWriting(writing).options, table)
  const of = { id, type: typeText(types, table) }
  return Object.entries(aggregated).flatMap(([name, each]) =>
    each.flatMap(({ datasetId, methods }) =>
      [...methods].flatMap(([method, periods]) =>
        periods.map((period) => ({
          ...of,
          attribute: attributeText(name, table),
          datasetId,
          method,
          ...period,
        })),
      ),
    ),
  )
}

function typeText(types: readonly Iri[], table: TermTable): string {
  const names = types.map((type) => table.compact(type))
  const [only] = names
  return only !== undefined && names.length === 1 ? only : JSON.stringify(names)
}

function attributeText(name: Iri, table: TermTable): string {
  return name === SCOPE ? 'scope' : table.compact(name)
}
