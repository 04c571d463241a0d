import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect } from 'chai'
import { freePort } from '../support/free-port.ts'
import { startHubProcess, uncovered } from '../support/hub-process.ts'
import { missingMongo, startMongo } from '../support/mongodb-server.ts'
import { startRecordingRelay } from '../support/recording-relay.ts'
import { temporaryFolder } from '../support/stores.ts'
import { until } from '../support/until.ts'

const PROGRAM = new URL('../../broker/cli/main.js', import.meta.url).pathname
const missing = missingMongo()
const CAR_PARK = { id: 'urn:ngsi-ld:OffStreetParking:1', type: 'OffStreetParking' }

describe('readiness', () => {
  it('goes with SIGTERM while the hub answers on, until its time of grace is over', async () => {
    const hub = await startHubProcess({
      data: temporaryFolder(),
      port: await freePort(),
      settings: { HUB_LISTEN_GRACE_SECONDS: '2' },
    })
    const stopped = hub.stop()
    const status = async () => (await hub.send('GET', '/health/ready')).status
    await until('a hub that says it is not ready', async () => (await status()) === 503)
    const { body } = await hub.send('GET', '/health/ready')
    expect(body).to.deep.equal({ status: 'not ready', checks: { serving: 'failed', store: 'ok' } })
    expect((await hub.send('GET', '/health/live')).status).to.equal(200)
    expect((await hub.send('POST', '/ngsi-ld/v1/entities', CAR_PARK)).status).to.equal(201)
    await stopped
  })

  it('is not there before the store is, though the process lives, and SIGTERM ends it then', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const asked = once(silent, 'connection')
    const port = await freePort()
    const server = `mongodb://127.0.0.1:${(silent.address() as AddressInfo).port}/` // it listens
    const hub = spawn(
      process.execPath,
      [PROGRAM, 'serve', '--auth', 'off', '--store', 'mongodb', '--mongodb', server, '--port', String(port)],
      { env: uncovered, stdio: 'ignore' },
    )
    const ended = once(hub, 'exit')
    await asked
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status
    expect([await status('/health/live'), await status('/health/ready')]).to.deep.equal([200, 503])
    hub.kill('SIGTERM')
    expect(await ended).to.deep.equal([0, null])
    silent.close()
  })

  if (missing === undefined) {
    it('goes with MongoDB while the process lives, and comes back with it', async () => {
      const server = await startMongo()
      const through = new URL(server.url)
      const target = Number(through.port)
      let relay = await startRecordingRelay(target)
      const { port } = relay
      through.port = String(port)
      through.searchParams.set('directConnection', 'true') // a replica set would lead past the relay
      const hub = await startHubProcess({
        data: temporaryFolder(),
        port: await freePort(),
        settings: {
          HUB_STORE_KIND: 'mongodb',
          HUB_STORE_MONGODB_URL: through.href,
          HUB_STORE_MONGODB_DATABASE: `hub-test-readiness-${process.pid}`,
        },
      })
      await relay.close()
      const { status, body } = await hub.send('GET', '/health/ready')
      expect(status).to.equal(503)
      expect(body).to.deep.equal({ status: 'not ready', checks: { serving: 'ok', store: 'failed' } })
      expect((await hub.send('GET', '/health/live')).status).to.equal(200)
      relay = await startRecordingRelay(target, undefined, port)
      const isReady = async () => (await hub.send('GET', '/health/ready')).status === 200
      await until('MongoDB behind the hub', isReady)
      expect((await hub.send('POST', '/ngsi-ld/v1/entities', CAR_PARK)).status).to.equal(201)
      await hub.stop()
      await relay.close()
      await server.close()
    })
  } else {
    it.skip(`SKIPPED: goes with MongoDB while the process lives, and comes back with it (${missing})`)
  }
})
