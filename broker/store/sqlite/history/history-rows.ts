import type { Instance } from '../../../core/model/entity.ts'
import type { Iri } from '../../../core/model/iri.ts'
import type { Micros } from '../../../core/model/time.ts'
import { canonicalInstance } from '../../port/canonical.ts'
import { deletionText } from '../../port/history-instances.ts'
import { isPlain } from '../../port/plain-number.ts'
import type { SqlValue } from '../statements.ts'

/**
 * Rows of history on their way to the writer, flat, without their subject: attribute, time, dataset, deleted, text, value,
 * observed, created, modified, unit. A plain number is complete in its columns; of everything else the text is here, or in
 * the log record that the change is told in.
 */
export const ROW_FIELDS = 10

/** Stands in the place of an instance that is gone for good where a log record still tells of it. */
export const TOMBSTONE = ''

/** Adds the row of an instance; `told`: the log record of its change holds its text. */
export function addInstanceRow(
  rows: SqlValue[],
  { attribute, instance, told }: { attribute: Iri; instance: Instance; told: boolean },
): void {
  const { datasetId = '', observedAt, createdAt, modifiedAt, value, unitCode = null } = instance
  const time = observedAt ?? modifiedAt
  const observed = observedAt === undefined ? 0 : 1
  if (typeof value === 'number' && !isTiny(value) && isPlain(instance)) {
    rows.push(attribute, time, datasetId, 0, null, value, observed, createdAt, modifiedAt, unitCode)
  } else {
    const text = told ? null : canonicalInstance(instance)
    rows.push(attribute, time, datasetId, 0, text, null, observed, createdAt, modifiedAt, null)
  }
}

/** Tells whether a number would not arrive in a column: the binding takes what is closer to 0 than this for 0. */
function isTiny(value: number): boolean {
  return value > 0 && value < Number.EPSILON
}

/** Adds the row of a deletion. */
export function addDeletionRow(
  rows: SqlValue[],
  { attribute, before, at }: { attribute: Iri; before: Instance; at: Micros },
): void {
  const { datasetId = '', createdAt } = before
  rows.push(attribute, at, datasetId, 1, deletionText(before, at), null, 0, createdAt, at, null)
}
