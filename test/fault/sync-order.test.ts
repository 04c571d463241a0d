import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { openSqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { temporaryFolder } from '../support/stores.ts'
import { type Acknowledgement, readTrace } from '../support/sync-trace.ts'

const PROGRAM = new URL('../support/write-program.js', import.meta.url).pathname
const CALLS = 'trace=write,pwrite64,ftruncate,fsync,fdatasync'
const COMMITS = 40

describe('SQLite store, seen from outside', () => {
  const folder = temporaryFolder()
  const directory = join(folder, 'data')
  const wal = join(directory, 'default.sqlite-wal')
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** Runs the writing program under strace and copies its files while it is still open; undefined without strace. */
  async function traced(): Promise<readonly Acknowledgement[] | undefined> {
    const probe = spawnSync('strace', ['-f', '-o', join(folder, 'probe'), process.execPath, '-e', '0'], {
      timeout: 20_000,
    })
    if (probe.status !== 0) return undefined
    const output = join(folder, 'trace')
    const command = [
      '-f',
      '-y',
      '-s',
      '200',
      '-e',
      CALLS,
      '-o',
      output,
      process.execPath,
      PROGRAM,
      directory,
      '4',
      String(COMMITS),
    ]
    const child = spawn('strace', command, { stdio: ['pipe', 'pipe', 'inherit'] })
    const exit = once(child, 'exit')
    for await (const line of createInterface({ input: child.stdout })) {
      if (line !== 'done') continue
      for (const end of ['', '-wal'])
        copyFileSync(join(directory, `default.sqlite${end}`), join(folder, `copy${end}`))
      child.stdin.end()
    }
    await exit
    return readTrace(readFileSync(output, 'utf8'), wal)
  }

  /** Answers which of these entities a copy holds whose write-ahead log is cut back to this length. */
  async function foundAfterCut(length: number, ids: readonly string[]): Promise<readonly string[]> {
    const cut = mkdtempSync(join(folder, 'cut-'))
    for (const end of ['', '-wal'])
      copyFileSync(join(folder, `copy${end}`), join(cut, `default.sqlite${end}`))
    truncateSync(join(cut, 'default.sqlite-wal'), length)
    const store = await openSqliteStore({ directory: cut })
    const rows = await store.readMany(DEFAULT_TENANT, ids)
    await store.close()
    return rows.map(({ id }) => id)
  }

  it('answers a write only after it is synced: cut back to the last sync, every acknowledged write is there', async function () {
    const acknowledgements = await traced()
    if (!acknowledgements) {
      if (this.test) this.test.title = `SKIPPED: ${this.test.title} (no strace, or no right to trace)`
      return this.skip()
    }
    expect(acknowledgements.length).to.equal(COMMITS)
    const ids = acknowledgements.map(({ id }) => id)
    for (const { id, synced, written } of acknowledgements) {
      expect(synced, `synced before ${id}`).to.be.greaterThan(0)
      expect(written, `written before ${id}`).to.be.at.least(synced)
    }
    for (const at of [0, 9, 19, 29, COMMITS - 1]) {
      const found = await foundAfterCut(acknowledgements[at]?.synced ?? 0, ids)
      expect(found, `cut at acknowledgement ${at}`).to.include.members(ids.slice(0, at + 1))
      if (at === 0) expect(found.length, 'the cut takes later writes away').to.be.lessThan(COMMITS / 2)
    }
  })
})
