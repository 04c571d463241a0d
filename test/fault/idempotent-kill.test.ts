import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { expect } from 'chai'
import { Pool } from 'undici'
import { packageRoot } from '../../ontology/package-root.ts'
import { freePort } from '../support/free-port.ts'
import { isReady, uncovered } from '../support/hub-process.ts'
import { temporaryFolder } from '../support/stores.ts'
import { until } from '../support/until.ts'

const PROGRAM = new URL('../../broker/cli/main.js', import.meta.url).pathname
const ENDPOINT = 'http://127.0.0.1:9'
const KILLS = 2
const KEYS = 40

describe('Idempotency-Key under kill -9', () => {
  const directory = temporaryFolder()
  after(() => rmSync(directory, { recursive: true, force: true }))

  async function startHub(): Promise<{ child: ChildProcess; client: Pool }> {
    const port = await freePort()
    const args = [PROGRAM, 'serve', '--data', directory, '--auth', 'off', '--port', String(port)]
    const child = spawn(process.execPath, args, { cwd: packageRoot, env: uncovered, stdio: 'ignore' })
    const client = new Pool(`http://127.0.0.1:${port}`, { connections: 8 })
    await until('a hub that is ready', () => isReady(client), 30_000)
    return { child, client }
  }

  /** Asks for a registration without an id: only the key can tell that it was asked for before. */
  async function register(client: Pool, key: string): Promise<number> {
    const body = {
      type: 'ContextSourceRegistration',
      endpoint: ENDPOINT,
      information: [{ entities: [{ type: 'Far' }] }],
    }
    const headers = { 'content-type': 'application/json', 'idempotency-key': key }
    const answer = await client.request({
      method: 'POST',
      path: '/ngsi-ld/v1/csourceRegistrations',
      headers,
      body: JSON.stringify(body),
    })
    await answer.body.dump()
    return answer.statusCode
  }

  it(`creates once for each key in ${KILLS} kills in the middle of it`, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const keys = Array.from({ length: KEYS }, (_, at) => `key-${kill}-${at}`)
      const first = await startHub()
      let acknowledged = 0
      await Promise.all(
        keys.map(async (key, at) => {
          if (at >= 20) return
          const status = await register(first.client, key).catch(() => undefined)
          if (status === 201 && ++acknowledged === 3 + kill * 5) first.child.kill('SIGKILL')
        }),
      )
      if (first.child.exitCode === null && first.child.signalCode === null) await once(first.child, 'exit')
      await first.client.destroy()
      const second = await startHub()
      for (const key of keys) expect(await register(second.client, key)).to.equal(201)
      const { body } = await second.client.request({
        method: 'GET',
        path: '/ngsi-ld/v1/csourceRegistrations?type=Far&limit=1000',
      })
      expect(await body.json()).to.have.length((kill + 1) * KEYS)
      second.child.kill('SIGKILL')
      await once(second.child, 'exit')
      await second.client.destroy()
    }
  })
})
