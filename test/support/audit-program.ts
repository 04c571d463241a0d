import { join } from 'node:path'
import { openAuditLog } from '../../security/audit/audit-log.ts'
import { signingKey } from '../../security/signing-key.ts'

/** Adds records to an audit log, several at a time, and prints `ack <number>` when each is there; `done` when all are. */
const [parent = '', together = '1', records = '1'] = process.argv.slice(2)
const log = await openAuditLog({
  folder: join(parent, 'audit'),
  heads: join(parent, 'heads.ndjson'),
  hub: 'program',
  key: signingKey(Buffer.alloc(32, 7), 'audit'),
  clock: () => Date.now() * 1000,
  segmentBytes: 1_000_000_000,
  failed: (_, text) => process.stderr.write(`${text}\n`),
})
for (let from = 0; from < Number(records); from += Number(together)) {
  await Promise.all(
    Array.from({ length: Number(together) }, async (_, at) => {
      const request = `r${from + at}`
      await log.append({ kind: 'read', operation: 'GET /x', outcome: 'permit', request })
      process.stdout.write(`ack ${request}\n`)
    }),
  )
}
process.stdout.write('done\n')
process.stdin.resume()
process.stdin.once('end', () => process.exit(0))
