import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { uncovered } from '../support/hub-process.ts'
import { buildSlowDisk } from '../support/slow-disk.ts'
import { temporaryFolder } from '../support/stores.ts'

const PROGRAM = new URL('../support/disk-program.js', import.meta.url).pathname
const HUB = new URL('../../broker/cli/main.js', import.meta.url).pathname
const SYNC_MILLIS = 10

describe('SQLite store on a bad disk', () => {
  const folder = temporaryFolder()
  const library = buildSlowDisk(folder)
  const flag = join(folder, 'disk-is-full')
  after(() => rmSync(folder, { recursive: true, force: true }))

  async function run(kind: 'slow' | 'full', environment: Record<string, string>) {
    const env = { ...uncovered, LD_PRELOAD: library, ...environment }
    const child = spawn(process.execPath, [PROGRAM, join(folder, kind), kind], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
    return JSON.parse(output)
  }

  it('reads on at 0.8 of its speed or more while writes wait 10 ms for each sync', async function () {
    if (!library) return skipped(this)
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

  it('answers 507 over HTTP, keeps nothing of the refused write, reads on, and takes writes again', async function () {
    if (!library) return skipped(this)
    const full = join(folder, 'hub-disk-is-full')
    const hub = await startHubProcess({ LD_PRELOAD: library, DISK_FULL_FLAG: full })
    try {
      expect((await hub.create('urn:d:1')).status).to.equal(201)
      writeFileSync(full, '')
      const refused = await hub.create('urn:d:2')
      expect(refused.status).to.equal(507)
      expect(await refused.json()).to.include({
        type: 'urn:urban-data-hub:errors:InsufficientStorage',
        status: 507,
      })
      expect((await hub.read('urn:d:1')).status).to.equal(200)
      expect((await hub.read('urn:d:2')).status).to.equal(404)
      rmSync(full)
      expect((await hub.create('urn:d:2')).status).to.equal(201)
    } finally {
      await hub.stop()
    }
  })

  async function startHubProcess(environment: Record<string, string>) {
    const parameters = ['serve', '--auth', 'off', '--port', '0', '--data', join(folder, 'hub')]
    const child = spawn(process.execPath, [HUB, ...parameters], {
      env: { ...uncovered, ...environment },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const exited = once(child, 'exit')
    const [line] = await once(child.stdout, 'data')
    const entities = `${/listens on (\S+)/.exec(String(line))?.[1]}/ngsi-ld/v1/entities`
    return {
      create: (id: string) =>
        fetch(entities, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ id, type: 'T' }),
        }),
      read: (id: string) => fetch(`${entities}/${id}`),
      stop: async () => {
        child.kill('SIGTERM')
        await exited
      },
    }
  }
})

function skipped(test: Mocha.Context): void {
  if (test.test) test.test.title = `SKIPPED: ${test.test.title} (no C compiler, or not Linux)`
  test.skip()
}
