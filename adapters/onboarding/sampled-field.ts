import { type Json, member } from '../kit/values/json.ts'
import { isNoValue } from '../kit/values/measure.ts'
import { type FieldName, readFieldName } from './field-name.ts'
import { type ValueShape, valueShape } from './value-shape.ts'

/** A field of a source, with what its records have there. */
export interface SampledField {
  readonly field: string
  readonly name: FieldName
  /** Values of the records that have one, in their order. */
  readonly values: readonly Json[]
  readonly shape: ValueShape
}

/** Gathers the fields of sampled records, flat ones, in the order of their coming. */
export function sampledFields(records: readonly Json[]): readonly SampledField[] {
  const names = [...new Set(records.flatMap((record) => Object.keys(record ?? {})))]
  return names
    .filter((field) => field !== '')
    .map((field) => {
      const values = records
        .map((record) => member(record, field))
        .filter((value) => value !== undefined && value !== null)
        .filter((value) => typeof value !== 'string' || !isNoValue(value)) as readonly Json[] // undefined was left out
      return { field, name: readFieldName(field), values, shape: valueShape(values) }
    })
}
