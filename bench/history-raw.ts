import { DEFAULT_TENANT } from '../broker/core/model/tenant.ts'
import { openForReading } from '../broker/store/sqlite/connection.ts'
import { tenantFile } from '../broker/store/sqlite/tenant-files.ts'

const DAY = 86_400_000_000

/**
 * What averages by day cost without totals: reads every number that a store keeps of entities, with nothing around it, and
 * answers of how many days there are averages, entity by entity.
 */
export function rawDailyAverages(directory: string, ids: readonly string[]): number {
  const database = openForReading({ file: tenantFile(directory, DEFAULT_TENANT) })
  const statement = database.prepare(
    `SELECT time, value FROM history WHERE value IS NOT NULL AND subject IN (
      SELECT key FROM entity WHERE id = ?1 UNION SELECT subject FROM life WHERE id = ?1
    )`,
  )
  let days = 0
  for (const id of ids) {
    const sums = new Map<number, [sum: number, count: number]>()
    for (const { time, value } of statement.iterate(id) as Iterable<{ time: number; value: number }>) {
      const day = Math.floor(time / DAY) // as the statement says
      const [sum, count] = sums.get(day) ?? [0, 0]
      sums.set(day, [sum + value, count + 1])
    }
    days += sums.size
  }
  database.close()
  return days
}
