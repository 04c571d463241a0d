import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'
const ID = 'urn:ngsi-ld:Subscription:1'

describe('5.8.3 Retrieve Subscription', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
    const endpoint = { uri: 'http://receiver.example:9/notify' }
    const body = {
      id: ID,
      type: 'Subscription',
      entities: [{ type: 'Bus' }],
      expiresAt: '2099-01-01T00:00:00Z',
      notification: { endpoint, attributes: ['speed'] },
    }
    expect((await hub.send(SUBSCRIPTIONS, { method: 'POST', body })).status).to.equal(201)
  })
  after(() => hub.stop())

  it('answers JSON with a link to the @context, or JSON-LD with the @context', async () => {
    const plain = await hub.send(`${SUBSCRIPTIONS}/${ID}`)
    expect(plain.headers['content-type']).to.equal('application/json')
    expect(plain.headers.link).to.match(/rel="http:\/\/www.w3.org\/ns\/json-ld#context"/)
    const headers = { Accept: 'application/ld+json' }
    const linked = await hub.send(`${SUBSCRIPTIONS}/${ID}`, { headers })
    expect(linked.body).to.have.property('@context')
    expect(
      (await hub.send(`${SUBSCRIPTIONS}/${ID}`, { headers: { Accept: 'application/geo+json' } })).status,
    ).to.equal(406)
  })

  it('says nothing of notifications before one was sent', async () => {
    const { body } = await hub.send(`${SUBSCRIPTIONS}/${ID}`)
    expect(Object.keys(body.notification)).to.have.members(['endpoint', 'attributes'])
  })

  it('refuses an unknown id, one that is no URI, and unknown parameters', async () => {
    expect((await hub.send(`${SUBSCRIPTIONS}/urn:s:unknown`)).status).to.equal(404)
    expect((await hub.send(`${SUBSCRIPTIONS}/unknown`)).status).to.equal(400)
    expect((await hub.send(`${SUBSCRIPTIONS}/${ID}?limit=5`)).status).to.equal(400)
    expect((await hub.send(`${SUBSCRIPTIONS}/${ID}?options=keyValues`)).status).to.equal(400)
  })

  it('4.3.6.8 is the same in each version of the standard', async () => {
    const plain = await hub.send(`${SUBSCRIPTIONS}/${ID}`)
    const old = await hub.send(`${SUBSCRIPTIONS}/${ID}`, { headers: { Prefer: 'ngsi-ld="1.0";q=0.1' } })
    expect([old.status, old.headers['preference-applied']]).to.deep.equal([200, 'ngsi-ld=1.0'])
    expect(old.body).to.deep.equal(plain.body)
    expect(plain.headers).not.to.have.property('preference-applied')
  })
})
