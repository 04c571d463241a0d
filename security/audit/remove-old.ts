import { rm } from 'node:fs/promises'
import type { Micros } from '../../broker/core/model/time.ts'
import { hashOf } from './audit-entry.ts'
import { listSegments, readLines, syncFolder } from './audit-files.ts'
import type { AuditLog } from './audit-log.ts'
import { beginOf } from './read-audit.ts'

/**
 * Removes whole segments, the oldest first, all of whose records are older than an instant: only what is sealed, and
 * each after the log says that it goes. Answers how many went.
 */
export async function removeOld(
  folder: string,
  log: Pick<AuditLog, 'append' | 'seal'>,
  before: Micros,
): Promise<number> {
  const segments = await listSegments(folder)
  let removed = 0
  for (const [at, { name, path, first }] of segments.entries()) {
    const next = segments[at + 1]
    const until = next && (await beginOf(next))
    if (until === undefined || until >= before) break
    const head = await log.seal()
    const { lines } = await readLines(path)
    const last = first + lines.length - 1
    if (!head || head.seq < last) break
    await log.append({
      ...{ kind: 'log', operation: 'log.removed', outcome: 'done' },
      details: { file: name, first, last, hash: hashOf(lines.at(-1) ?? '') },
    })
    await rm(path)
    await syncFolder(folder)
    removed++
  }
  return removed
}
