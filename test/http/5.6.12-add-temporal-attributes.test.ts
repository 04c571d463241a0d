import { expect } from 'chai'
import { at, EVOLUTIONS, minuteOf, provide, values } from '../support/history.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

describe('5.6.12 Add Attributes to Temporal Evolution of an Entity', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
    await provide(hub, { id: 'urn:t:1', type: 'Thing', level: [at(1, 1)] })
  })
  after(() => hub.stop())

  const add = (id: string, body: unknown) => hub.send(`${EVOLUTIONS}/${id}/attrs/`, { method: 'POST', body })

  it('adds instances and new attributes', async () => {
    const answer = await add('urn:t:1', { level: [at(2, 2), at(3, 3)], other: [at(1, 'a')] })
    expect(answer.status, answer.text).to.equal(204)
    expect(await values(hub, 'urn:t:1', 'level')).to.have.length(3)
    expect(await values(hub, 'urn:t:1', 'other')).to.deep.equal([['a', minuteOf(1)]])
  })

  it('adds types that it did not have, and none otherwise', async () => {
    expect((await add('urn:t:1', { type: 'Other', level: [at(4, 4)] })).status).to.equal(204)
    const { body } = await hub.send(`${EVOLUTIONS}/urn:t:1`)
    expect([...body.type].sort()).to.deep.equal(['Other', 'Thing'])
  })

  it('is 404 where there is no evolution, and makes none', async () => {
    expect((await add('urn:t:none', { level: [at(1, 1)] })).status).to.equal(404)
    expect((await hub.send(`${EVOLUTIONS}/urn:t:none`)).status).to.equal(404)
  })

  it('refuses an id that is no URI, and a body that is none', async () => {
    expect((await add('none', { level: [at(1, 1)] })).status).to.equal(400)
    const { status, body } = await add('urn:t:1', '[')
    expect([status, body.type]).to.deep.equal([400, 'https://uri.etsi.org/ngsi-ld/errors/InvalidRequest'])
  })
})
