import type { LogRecord } from '../../../core/model/change.ts'
import type { KeptRecord, TenantCollections } from '../mongo-documents.ts'

/** Selects records; where a log that was moved here ended there may be one that is none. */
export const IS_RECORD = { text: { $ne: '' } } as const

/** Answers records of the log behind a number, oldest first. */
export async function readLog(
  { log }: Pick<TenantCollections, 'log'>,
  after: number,
  limit: number,
): Promise<readonly LogRecord[]> {
  const rows = await log
    .find({ _id: { $gt: after }, ...IS_RECORD })
    .sort({ _id: 1 })
    .limit(limit)
    .toArray()
  return rows.map(({ _id, text }): LogRecord => ({ sequence: _id, ...JSON.parse(text) }))
}

/** Answers what stands where a log ended that was moved here, so that what comes is numbered behind it. */
export function endOfLog(number: number): KeptRecord {
  return { _id: number, key: `end ${number}`, text: '' }
}
