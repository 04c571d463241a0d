import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { openSqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { uncovered } from '../support/hub-process.ts'
import { NOW } from '../support/store-builders.ts'
import { temporaryFolder } from '../support/stores.ts'

const PROGRAM = new URL('../support/erase-program.js', import.meta.url).pathname
/** When it is killed: so many milliseconds after it said this. */
const KILLS = [
  ['noted', 0],
  ['noted', 30],
  ['answered', 0],
  ['answered', 60],
  ['answered', 300],
] as const

describe('SQLite store under kill -9 while it erases', () => {
  const directories: string[] = []
  after(() => {
    for (const directory of directories) rmSync(directory, { recursive: true, force: true })
  })

  async function killed(directory: string, said: string, milliseconds: number): Promise<readonly string[]> {
    const child = spawn(process.execPath, [PROGRAM, directory], {
      env: uncovered,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines: string[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line)
      if (line === said) setTimeout(() => child.kill('SIGKILL'), milliseconds)
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    return lines
  }

  for (const [said, milliseconds] of KILLS)
    it(`goes on with it when it was killed ${milliseconds} ms after it said "${said}"`, async () => {
      const directory = temporaryFolder()
      directories.push(directory)
      const lines = await killed(directory, said, milliseconds)
      const store = await openSqliteStore({ directory, clock: () => NOW })
      const left = () =>
        store.instances(DEFAULT_TENANT, 'urn:erased', { order: 'oldest', perAttribute: 20_000 })
      if (lines.includes('answered')) expect(await left()).to.deep.equal([])
      await store.rollUp()
      expect(await left()).to.deep.equal([])
      const files = readdirSync(directory).filter((file) =>
        readFileSync(join(directory, file)).includes('a secret'),
      )
      expect(files).to.deep.equal([])
      const records = await store.log(DEFAULT_TENANT, 0, 5000)
      expect(records.filter(({ id }) => id === 'urn:erased')).to.have.length(1000 + 4)
      await store.close()
    })
})
