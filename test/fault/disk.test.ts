import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { buildSlowDisk } from '../support/slow-disk.ts'
import { temporaryFolder } from '../support/stores.ts'

const PROGRAM = new URL('../support/disk-program.js', import.meta.url).pathname
const SYNC_MILLIS = 10

describe('SQLite store on a bad disk', () => {
  const folder = temporaryFolder()
  const library = buildSlowDisk(folder)
  const flag = join(folder, 'disk-is-full')
  after(() => rmSync(folder, { recursive: true, force: true }))

  async function run(kind: 'slow' | 'full', environment: Record<string, string>) {
    const env = { ...process.env, LD_PRELOAD: library, ...environment }
    const child = spawn(process.execPath, [PROGRAM, join(folder, kind), kind], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
    return JSON.parse(output)
  }

  it('reads on at 0.8 of its speed or more while writes wait 10 ms for each sync', async function () {
    if (!library) return skipped(this)
    this.timeout(60_000)
    const { ratio, commits, commitMillis } = await run('slow', {
      DISK_SYNC_MICROS: String(SYNC_MILLIS * 1000),
    })
    console.log(
      `      reads while writing: ${ratio.toFixed(2)} of those alone; ${commits} commits of ${commitMillis.toFixed(1)} ms`,
    )
    expect(commitMillis).to.be.greaterThan(SYNC_MILLIS * 0.9)
    expect(commits).to.be.greaterThan(9)
    expect(ratio).to.be.at.least(0.8)
  })

  it('refuses writes on a full disk, reads on, and writes again when there is space', async function () {
    if (!library) return skipped(this)
    expect(await run('full', { DISK_FULL_FLAG: flag })).to.deep.equal({
      before: 'kept',
      full: ['InsufficientStorage', 'InsufficientStorage'],
      readsOn: 'urn:d:before',
      lost: null,
      after: 'kept',
      kept: ['urn:d:before', 'urn:d:after'],
    })
  })
})

function skipped(test: Mocha.Context): void {
  if (test.test) test.test.title = `SKIPPED: ${test.test.title} (no C compiler, or not Linux)`
  test.skip()
}
