import { expect } from 'chai'
import { at, EVOLUTIONS, minuteOf, provide, values } from '../support/history.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

describe('5.6.16 Delete Temporal Evolution of an Entity', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  const remove = (id: string) => hub.send(`${EVOLUTIONS}/${id}`, { method: 'DELETE' })

  it('takes all of the history away', async () => {
    await provide(hub, { id: 'urn:t:1', type: 'Thing', level: [at(1, 1)] })
    expect((await remove('urn:t:1')).status).to.equal(204)
    expect((await hub.send(`${EVOLUTIONS}/urn:t:1`)).status).to.equal(404)
    expect((await remove('urn:t:1')).status).to.equal(404)
  })

  it('begins anew when it is provided again', async () => {
    await provide(hub, { id: 'urn:t:1', type: 'Thing', level: [at(2, 2)] })
    expect(await values(hub, 'urn:t:1', 'level')).to.deep.equal([[2, minuteOf(2)]])
  })

  it('leaves the entity, whose history goes on', async () => {
    const entity = '/ngsi-ld/v1/entities/urn:t:2'
    await hub.send('/ngsi-ld/v1/entities', {
      method: 'POST',
      body: { id: 'urn:t:2', type: 'Thing', level: at(1, 1) },
    })
    expect((await remove('urn:t:2')).status).to.equal(204)
    expect((await hub.send(entity)).body.level.value).to.equal(1)
    await hub.send(`${entity}/attrs`, { method: 'PATCH', body: { level: at(2, 2) } })
    expect(await values(hub, 'urn:t:2', 'level')).to.deep.equal([[2, minuteOf(2)]])
  })

  it('is 400 for an id that is no URI', async () => {
    expect((await remove('none')).status).to.equal(400)
  })
})
