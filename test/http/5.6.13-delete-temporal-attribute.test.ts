import { expect } from 'chai'
import { at, EVOLUTIONS, minuteOf, provide } from '../support/history.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

describe('5.6.13 Delete Attribute from Temporal Evolution of an Entity', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  async function made(id: string): Promise<string> {
    const level = [at(1, 1), at(2, 2), at(1, 3, { datasetId: 'urn:d:1' }), at(1, 4, { datasetId: 'urn:d:2' })]
    await provide(hub, { id, type: 'Thing', level, other: [at(1, 0)] })
    return id
  }
  const remove = (id: string, name: string, search = '') =>
    hub.send(`${EVOLUTIONS}/${id}/attrs/${name}${search}`, { method: 'DELETE' })
  const left = async (id: string) =>
    ((await hub.send(`${EVOLUTIONS}/${id}`)).body.level ?? [])
      .map(({ value }: { value: number }) => value)
      .sort()

  it('takes the default instances away, all of them and no others', async () => {
    const id = await made('urn:t:default')
    expect((await remove(id, 'level')).status).to.equal(204)
    expect(await left(id)).to.deep.equal([3, 4])
  })

  it('takes the instances of one dataset away', async () => {
    const id = await made('urn:t:dataset')
    expect((await remove(id, 'level', '?datasetId=urn:d:1')).status).to.equal(204)
    expect(await left(id)).to.deep.equal([1, 2, 4])
  })

  it('takes all away with deleteAll, and other attributes stay', async () => {
    const id = await made('urn:t:all')
    expect((await remove(id, 'level', '?deleteAll=true')).status).to.equal(204)
    const { body } = await hub.send(`${EVOLUTIONS}/${id}?format=temporalValues`)
    expect(body).to.not.have.property('level')
    expect(body.other.values).to.deep.equal([[0, minuteOf(1)]])
  })

  it('leaves the entity that is there as it is', async () => {
    const body = { id: 'urn:t:there', type: 'Thing', level: { type: 'Property', value: 1 } }
    await hub.send('/ngsi-ld/v1/entities', { method: 'POST', body })
    expect((await remove('urn:t:there', 'level')).status).to.equal(204)
    expect((await hub.send(`${EVOLUTIONS}/urn:t:there`)).text).to.not.include('level')
    expect((await hub.send('/ngsi-ld/v1/entities/urn:t:there')).body.level.value).to.equal(1)
  })

  it('is 404 for what is not there', async () => {
    const id = await made('urn:t:404')
    for (const [of, name, search] of [
      ['urn:t:none', 'level', ''],
      [id, 'none', ''],
      [id, 'level', '?datasetId=urn:d:none'],
    ] as const)
      expect((await remove(of, name, search)).status, `${of} ${name} ${search}`).to.equal(404)
    expect(await left(id)).to.deep.equal([1, 2, 3, 4])
  })

  it('refuses names and ids that are none', async () => {
    const id = await made('urn:t:400')
    for (const [of, name, search] of [
      ['none', 'level', ''],
      [id, 'a(b', ''],
      [id, 'level', '?datasetId=none'],
      [id, 'level', '?deleteAll=yes'],
    ] as const)
      expect((await remove(of, name, search)).status, `${of} ${name} ${search}`).to.equal(400)
  })
})
