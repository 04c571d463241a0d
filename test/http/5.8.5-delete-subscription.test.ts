import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'

describe('5.8.5 Delete Subscription', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.stop())

  it('is gone', async () => {
    const body = {
      id: 'urn:s:1',
      type: 'Subscription',
      watchedAttributes: ['speed'],
      notification: { endpoint: { uri: 'http://receiver.example:9/notify' } },
    }
    await hub.send(SUBSCRIPTIONS, { method: 'POST', body })
    const { status, text } = await hub.send(`${SUBSCRIPTIONS}/urn:s:1`, { method: 'DELETE' })
    expect([status, text]).to.deep.equal([204, ''])
    expect((await hub.send(`${SUBSCRIPTIONS}/urn:s:1`)).status).to.equal(404)
    expect((await hub.send(SUBSCRIPTIONS)).body).to.deep.equal([])
    expect((await hub.send(SUBSCRIPTIONS, { method: 'POST', body })).status).to.equal(201)
  })

  it('refuses an unknown id, and one that is no URI', async () => {
    expect((await hub.send(`${SUBSCRIPTIONS}/urn:s:unknown`, { method: 'DELETE' })).status).to.equal(404)
    expect((await hub.send(`${SUBSCRIPTIONS}/unknown`, { method: 'DELETE' })).status).to.equal(400)
    expect((await hub.send(`${SUBSCRIPTIONS}/`, { method: 'DELETE' })).status).to.equal(405)
  })
})
