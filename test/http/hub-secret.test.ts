import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { startTestHub, testConfig } from '../support/hub.ts'
import { rejection } from '../support/rejection.ts'

const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'
const PATH = `${SUBSCRIPTIONS}/urn:s:sealed`

describe('The secret of a hub', () => {
  const data = mkdtempSync(join(tmpdir(), 'hub-test-'))
  after(() => rmSync(data, { recursive: true, force: true }))
  const secret = randomBytes(32).toString('base64')
  const start = (given: string) => startTestHub({ data, secret: given })

  it('is kept out of the store when it is configured, and opens what was sealed with it', async () => {
    const hub = await start(secret)
    const body = {
      id: 'urn:s:sealed',
      type: 'Subscription',
      entities: [{ type: 'Bus' }],
      notification: { endpoint: { uri: 'http://receiver.example/secret-path' } },
    }
    expect((await hub.send(SUBSCRIPTIONS, { method: 'POST', body })).status).to.equal(201)
    expect(await hub.running.store.document(DEFAULT_TENANT, 'identity', 'hub-secret')).to.equal(undefined)
    await hub.stop()
    const again = await start(secret)
    const { uri } = (await again.send(PATH)).body.notification.endpoint
    expect(uri).to.equal('http://receiver.example/secret-path')
    await again.stop()
  })

  it('opens nothing that was sealed with another', async () => {
    for (const other of [randomBytes(32).toString('base64url'), '']) {
      const hub = await start(other)
      expect((await hub.send(PATH)).body.notification.endpoint.uri).to.equal('http://receiver.example/***')
      const { status } = await hub.send(PATH, { method: 'PATCH', body: { throttling: 5 } })
      expect(status).to.equal(409)
      await hub.stop()
    }
  })

  it('is refused when it is short, and not repeated', async () => {
    for (const bad of ['c2hvcnQ=', 'not base64 at all, however long this text may be'])
      expect(String(await rejection(testConfig({ secret: bad }))))
        .to.include('Setting secret')
        .and.not.include(bad)
  })
})
