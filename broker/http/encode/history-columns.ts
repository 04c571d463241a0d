import type { JsonValue } from '../../core/model/json.ts'
import type { Micros } from '../../core/model/time.ts'
import type { EvolutionOptions } from '../../core/view/evolution-options.ts'
import type { AggregateRow, InstanceRow } from '../../core/view/evolution-rows.ts'

/** A column of a table of history, and what stands there in each row. */
export type Column<Row> =
  | { readonly name: string; readonly as: 'text'; readonly of: (row: Row) => string | undefined }
  | { readonly name: string; readonly as: 'time'; readonly of: (row: Row) => Micros | undefined }
  | { readonly name: string; readonly as: 'value'; readonly of: (row: Row) => JsonValue }

/** Of which kind of attribute an instance is: where a value stands in columns by its type. */
export const KIND = 'kind'

const INSTANCE: readonly Column<InstanceRow>[] = [
  { name: 'id', as: 'text', of: ({ id }) => id },
  { name: 'type', as: 'text', of: ({ type }) => type },
  { name: 'attribute', as: 'text', of: ({ attribute }) => attribute },
  { name: 'datasetId', as: 'text', of: ({ datasetId }) => datasetId },
  { name: 'observedAt', as: 'time', of: ({ observedAt }) => observedAt },
  { name: KIND, as: 'text', of: ({ kind }) => kind },
  { name: 'value', as: 'value', of: ({ value }) => value },
  { name: 'unitCode', as: 'text', of: ({ unitCode }) => unitCode },
]

const SYSTEM: readonly Column<InstanceRow>[] = [
  { name: 'createdAt', as: 'time', of: ({ createdAt }) => createdAt },
  { name: 'modifiedAt', as: 'time', of: ({ modifiedAt }) => modifiedAt },
  { name: 'instanceId', as: 'text', of: ({ instanceId }) => instanceId },
  { name: 'deletedAt', as: 'time', of: ({ deletedAt }) => deletedAt },
]

/** Columns of aggregated values (CIM 009 v1.9.1, 4.5.19). */
export const AGGREGATE_COLUMNS: readonly Column<AggregateRow>[] = [
  { name: 'id', as: 'text', of: ({ id }) => id },
  { name: 'type', as: 'text', of: ({ type }) => type },
  { name: 'attribute', as: 'text', of: ({ attribute }) => attribute },
  { name: 'datasetId', as: 'text', of: ({ datasetId }) => datasetId },
  { name: 'method', as: 'text', of: ({ method }) => method },
  { name: 'value', as: 'value', of: ({ value }) => value },
  { name: 'from', as: 'time', of: ({ from }) => from },
  { name: 'to', as: 'time', of: ({ to }) => to },
]

/** Answers the columns of instances: those of the system with sysAttrs, and the time that the query is about always. */
export function instanceColumns({ sysAttrs, property }: EvolutionOptions): readonly Column<InstanceRow>[] {
  return [...INSTANCE, ...SYSTEM.filter(({ name }) => sysAttrs || name === property)]
}
