import { expect } from 'chai'
import { at, EVOLUTIONS, provide } from '../support/history.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

describe('5.6.15 Delete Attribute instance from Temporal Evolution of an Entity', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  const idsOf = async (id: string): Promise<readonly string[]> =>
    ((await hub.send(`${EVOLUTIONS}/${id}`)).body.level ?? []).map(
      ({ instanceId }: { instanceId: string }) => instanceId,
    )
  const remove = (id: string, name: string, instance: string) =>
    hub.send(`${EVOLUTIONS}/${id}/attrs/${name}/${instance}`, { method: 'DELETE' })

  it('takes one instance away for good', async () => {
    await provide(hub, { id: 'urn:t:1', type: 'Thing', level: [at(1, 1), at(2, 2)] })
    const [first = '', second = ''] = await idsOf('urn:t:1')
    expect((await remove('urn:t:1', 'level', first)).status).to.equal(204)
    expect(await idsOf('urn:t:1')).to.deep.equal([second])
    expect((await remove('urn:t:1', 'level', first)).status).to.equal(404)
  })

  it('takes away what the entities interface recorded, and leaves the entity', async () => {
    const level = at(1, 'secret-417')
    await hub.send('/ngsi-ld/v1/entities', { method: 'POST', body: { id: 'urn:t:2', type: 'Thing', level } })
    const [only = ''] = await idsOf('urn:t:2')
    expect((await remove('urn:t:2', 'level', only)).status).to.equal(204)
    expect((await hub.send(`${EVOLUTIONS}/urn:t:2`)).text).to.not.include('secret-417')
    expect((await hub.send('/ngsi-ld/v1/entities/urn:t:2')).text).to.include('secret-417')
  })

  it('is 404 for what is not there, and 400 for what is no id', async () => {
    await provide(hub, { id: 'urn:t:3', type: 'Thing', level: [at(1, 1)], other: [at(1, 1)] })
    const [only = ''] = await idsOf('urn:t:3')
    for (const [status, of, name, instance] of [
      [404, 'urn:t:none', 'level', only],
      [404, 'urn:t:3', 'other', only],
      [404, 'urn:t:3', 'level', 'urn:ngsi-ld:Instance:none'],
      [400, 'none', 'level', only],
      [400, 'urn:t:3', 'a(b', only],
      [400, 'urn:t:3', 'level', 'none'],
    ] as const)
      expect((await remove(of, name, instance)).status, `${of} ${name} ${instance}`).to.equal(status)
    expect(await idsOf('urn:t:3')).to.deep.equal([only])
  })
})
