import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from '@photostructure/sqlite'
import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { openSqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { uncovered } from '../support/hub-process.ts'
import { temporaryFolder } from '../support/stores.ts'

const PROGRAM = new URL('../support/write-program.js', import.meta.url).pathname
const KILLS = 20

describe('SQLite store under kill -9', () => {
  const directory = temporaryFolder()
  after(() => rmSync(directory, { recursive: true, force: true }))

  /** Lets a process write until it has acknowledged so many times, kills it, and answers all that it said. */
  async function killedAfter(count: number): Promise<readonly string[]> {
    const child = spawn(process.execPath, [PROGRAM, directory, '8'], {
      env: uncovered,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const acknowledged: string[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line.replace('ack ', ''))
      if (acknowledged.length === count) child.kill('SIGKILL')
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    return acknowledged
  }

  it(`loses nothing acknowledged in ${KILLS} kills under concurrent writes`, async () => {
    const acknowledged: string[] = []
    for (let kill = 0; kill < KILLS; kill++) acknowledged.push(...(await killedAfter(1 + ((kill * 7) % 60))))
    expect(acknowledged.length).to.be.greaterThan(KILLS * 10)
    const store = await openSqliteStore({ directory })
    const rows = await store.readMany(DEFAULT_TENANT, acknowledged)
    expect(rows.map(({ id }) => id)).to.deep.equal(acknowledged)
    const logged = new Set((await store.log(DEFAULT_TENANT, 0, 1_000_000)).map(({ id }) => id))
    expect(acknowledged.filter((id) => !logged.has(id))).to.deep.equal([])
    const [type, entities] = [...(await store.counters(DEFAULT_TENANT)).types][0] ?? []
    expect(type).to.be.a('string')
    expect(entities).to.equal(logged.size)
    await store.close()
    const database = new DatabaseSync(join(directory, 'default.sqlite'))
    expect({ ...database.prepare('PRAGMA integrity_check').get() }).to.deep.equal({ integrity_check: 'ok' })
    database.close()
  })
})
