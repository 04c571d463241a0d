import { DEFAULT_TENANT } from '../broker/core/model/tenant.ts'
import { openForReading } from '../broker/store/sqlite/connection.ts'
import { tenantFile } from '../broker/store/sqlite/tenant-files.ts'

const DAY = 86_400_000_000

/**
 * What averages by day cost without totals: reads every number that a store keeps of an entity, with nothing around it, and
 * answers of how many days there are averages.
 */
export function rawDailyAverages(directory: string, id: string): number {
  const database = openForReading({ file: tenantFile(directory, DEFAULT_TENANT) })
  const sums = new Map<number, [sum: number, count: number]>()
  const rows = database
    .prepare(
      `SELECT time, value FROM history WHERE value IS NOT NULL AND subject IN (
        SELECT key FROM entity WHERE id = ?1 UNION SELECT subject FROM life WHERE id = ?1
      )`,
    )
    .iterate(id) as Iterable<{ time: number; value: number }> // as the statement says
  for (const { time, value } of rows) {
    const day = Math.floor(time / DAY)
    const [sum, count] = sums.get(day) ?? [0, 0]
    sums.set(day, [sum + value, count + 1])
  }
  database.close()
  return sums.size
}
