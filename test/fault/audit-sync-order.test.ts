import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { openAuditLog } from '../../security/audit/audit-log.ts'
import { verifyAudit } from '../../security/audit/verify-audit.ts'
import { signingKey } from '../../security/signing-key.ts'
import { readTrace } from '../support/sync-trace.ts'

const PROGRAM = new URL('../support/audit-program.js', import.meta.url).pathname
const CALLS = 'trace=write,pwrite64,ftruncate,fsync,fdatasync'
const RECORDS = 40

describe('The audit log, seen from outside', () => {
  let parent: string
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'hub-audit-'))
  })
  afterEach(() => rmSync(parent, { recursive: true, force: true }))

  const segment = (): string => join(parent, 'audit', '000000000001.ndjson')
  const places = () => ({ folder: join(parent, 'audit'), heads: join(parent, 'heads.ndjson') })

  /** Reads what the program prints until it says this. */
  async function printed(child: ChildProcess, last: string): Promise<readonly string[]> {
    const lines: string[] = []
    if (!child.stdout) return lines
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line)
      if (line === last) break
    }
    return lines
  }

  it('answers for a record only after it is synced: cut back to the last sync, each one is there', async function () {
    const probe = spawnSync('strace', ['-f', '-o', join(parent, 'probe'), process.execPath, '-e', '0'])
    if (probe.status !== 0) {
      if (this.test) this.test.title = `SKIPPED: ${this.test.title} (no strace, or no right to trace)`
      return this.skip()
    }
    const output = join(parent, 'trace')
    const program = [process.execPath, PROGRAM, parent, '4', String(RECORDS)]
    const child = spawn('strace', ['-f', '-y', '-s', '200', '-e', CALLS, '-o', output, ...program])
    const exit = once(child, 'exit')
    await printed(child, 'done')
    child.stdin.end()
    await exit
    const acknowledgements = readTrace(readFileSync(output, 'utf8'), segment())
    expect(acknowledgements.length).to.equal(RECORDS)
    const bytes = readFileSync(segment())
    for (const { id, synced } of acknowledgements)
      expect(bytes.subarray(0, synced).toString(), `synced before ${id}`).to.include(`"request":"${id}"`)
    const [first] = acknowledgements
    expect(first?.synced).to.be.lessThan(bytes.length / 2)
  })

  it('goes on after kill -9 with all that it answered for, and its chain is whole', async () => {
    const child = spawn(process.execPath, [PROGRAM, parent, '3', '1000000'])
    const acknowledged = await printed(child, 'ack r59')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const log = await openAuditLog({
      ...places(),
      ...{ hub: 'program', key: signingKey(Buffer.alloc(32, 7), 'audit'), segmentBytes: 1_000_000_000 },
      clock: () => Date.now() * 1000,
      failed: (_, text) => expect.fail(text),
    })
    await log.append({ kind: 'read', operation: 'GET /x', outcome: 'permit', request: 'after' })
    await log.close()
    const text = readFileSync(segment(), 'utf8')
    for (const line of acknowledged) expect(text).to.include(`"request":"${line.slice('ack '.length)}"`)
    expect(text).to.include('"request":"after"')
    expect((await verifyAudit(places())).faults).to.deep.equal([])
  })
})
