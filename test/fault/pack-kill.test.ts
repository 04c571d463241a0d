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
import { NOW, PM10 } from '../support/store-builders.ts'
import { temporaryFolder } from '../support/stores.ts'

const PROGRAM = new URL('../support/pack-program.js', import.meta.url).pathname
const KILLS = 6
const DAYS = 6
const MINUTES = 100
/** What is in a chunk and in rows at the same time. */
const TWICE = `SELECT count(*) AS days FROM chunk WHERE EXISTS (
  SELECT 1 FROM history WHERE history.subject = chunk.subject AND history.attribute = chunk.attribute
  AND history.dataset = chunk.dataset AND time >= chunk.day * 86400000000 AND time < (chunk.day + 1) * 86400000000)`

describe('SQLite store under kill -9 while it packs history', () => {
  const directories: string[] = []
  after(() => {
    for (const directory of directories) rmSync(directory, { recursive: true, force: true })
  })

  /** Lets a process pack until it has said so many lines, kills it a little later, and answers what it said last. */
  async function killedAfter(directory: string, count: number): Promise<string> {
    const child = spawn(process.execPath, [PROGRAM, directory], {
      env: uncovered,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let last = ''
    let lines = 0
    for await (const line of createInterface({ input: child.stdout })) {
      last = line
      if (++lines === count) setTimeout(() => child.kill('SIGKILL'), count % 7)
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    return last
  }

  it(`each day is rows or a chunk after ${KILLS} kills, and nothing acknowledged is lost`, async () => {
    let chunks = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const directory = temporaryFolder()
      directories.push(directory)
      const [, round, day] = (await killedAfter(directory, DAYS + 1 + kill * 4)).split(' ').map(Number)
      const database = new DatabaseSync(join(directory, 'default.sqlite'))
      expect({ ...database.prepare('PRAGMA integrity_check').get() }).to.deep.equal({ integrity_check: 'ok' })
      expect({ ...database.prepare(TWICE).get() }).to.deep.equal({ days: 0 })
      chunks += (database.prepare('SELECT count(*) AS chunks FROM chunk').get() as { chunks: number }).chunks
      database.close()
      const store = await openSqliteStore({ directory, clock: () => NOW, packDays: 1 })
      await expectAll(store, { round: round ?? 0, day: day ?? 0 })
      await store.rollUp()
      await expectAll(store, { round: round ?? 0, day: day ?? 0 })
      await store.close()
    }
    expect(chunks).to.be.above(0)
  })

  async function expectAll(
    store: Awaited<ReturnType<typeof openSqliteStore>>,
    { round, day }: { round: number; day: number },
  ): Promise<void> {
    const query = { attributes: [PM10], order: 'newest', perAttribute: 10_000 } as const
    const found = await store.instances(DEFAULT_TENANT, 'urn:packed', query)
    expect(found).to.have.lengthOf(DAYS * MINUTES)
    const values = found.map(({ text }) => JSON.parse(text ?? '').value)
    const minutes = Array.from({ length: MINUTES }, (_, at) => MINUTES - 1 - at)
    for (let back = 0; back < DAYS; back++) {
      const ofDay = values.slice(back * MINUTES, (back + 1) * MINUTES)
      const acknowledged = 2 + back <= day ? round : round - 1
      // one more may have been kept than was acknowledged
      expect(-ofDay.at(-1)).to.be.within(acknowledged, acknowledged + 1)
      expect(ofDay.slice(0, -1)).to.deep.equal(minutes.slice(0, -1))
    }
  }
})
