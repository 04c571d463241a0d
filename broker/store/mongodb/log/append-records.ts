import type { KeptRecord, TenantCollections } from '../mongo-documents.ts'
import { refusedAsDuplicate } from '../mongo-errors.ts'
import type { ChangeRecord } from './change-record.ts'

/**
 * Takes the numbers after the last for the records, in their order, unless they are there already. Only one writer gets a
 * number, and nobody gets the next one before it is there: whoever reads the log in order misses nothing.
 * Tells whether another process may have come first with some.
 */
export async function appendRecords(
  tenant: TenantCollections,
  records: readonly ChangeRecord[],
): Promise<boolean> {
  let rows: readonly Row[] = records.map(rowOf)
  while (rows.length > 0) {
    if (await insertAll(tenant, rows, (await lastSequence(tenant)) + 1)) break
    // another process drains too, or was cut off before it had finished
    rows = await withoutKept(tenant, rows)
  }
  return rows.length < records.length
}

/** Answers the number of the last record in the log; 0: there is none. */
export async function lastSequence({ log }: TenantCollections): Promise<number> {
  const last = await log.findOne({}, { projection: { _id: 1 }, sort: { _id: -1 } })
  return last?._id ?? 0
}

type Row = Omit<KeptRecord, '_id'>

function rowOf({ version, history, erased, ...written }: ChangeRecord): Row {
  return { key: `${written.collection} ${written.id} ${version}`, text: JSON.stringify(written) }
}

/** One after the other, until one is refused: then those behind it are not there either. */
async function insertAll({ log }: TenantCollections, rows: readonly Row[], first: number): Promise<boolean> {
  if (rows.length === 0) return true
  const numbered = rows.map((row, at) => ({ _id: first + at, ...row }))
  return log.insertMany(numbered, { ordered: true }).then(() => true, refusedAsDuplicate)
}

async function withoutKept({ log }: TenantCollections, rows: readonly Row[]): Promise<readonly Row[]> {
  const kept = await log
    .find({ key: { $in: rows.map(({ key }) => key) } })
    .project<Pick<Row, 'key'>>({ key: 1 })
    .toArray()
  const keys = new Set(kept.map(({ key }) => key))
  return rows.filter(({ key }) => !keys.has(key))
}
