import { expect } from 'chai'
import { at, between, EVOLUTIONS, minuteOf, provide } from '../support/history.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ID = 'urn:t:1'
const PATH = `${EVOLUTIONS}/${ID}`

describe('5.7.3 Retrieve Temporal Evolution of an Entity', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
    await provide(hub, {
      id: ID,
      type: 'Thing',
      level: [at(1, 1), at(2, 2), at(3, 3), at(2, 20, { datasetId: 'urn:d' })],
      other: [at(5, 'a'), at(6, 'b')],
    })
  })
  after(() => hub.stop())

  const get = async (search: string) => {
    const { status, body, text } = await hub.send(`${PATH}?${search}`)
    expect(status, text).to.equal(200)
    return body
  }
  const told = (instances: readonly { value: unknown; observedAt: string }[] = []) =>
    instances.map(({ value, observedAt }) => [value, observedAt])

  it('answers all instances, oldest first, each with its id', async () => {
    const { id, type, level, other } = await get('')
    expect([id, type]).to.deep.equal([ID, 'Thing'])
    expect(level).to.have.length(4)
    expect(told(level).map(([, time]) => time)).to.deep.equal([1, 2, 2, 3].map(minuteOf))
    expect(told(other)).to.deep.equal([
      ['a', minuteOf(5)],
      ['b', minuteOf(6)],
    ])
    const ids = [...level, ...other].map(({ instanceId }: { instanceId: string }) => instanceId)
    expect(new Set(ids).size).to.equal(6)
    for (const each of ids) expect(each).to.match(/^urn:ngsi-ld:Instance:/)
  })

  it('answers those within the time that is asked for', async () => {
    for (const [search, values] of [
      [`timerel=before&timeAt=${minuteOf(2)}`, [1]],
      [`timerel=after&timeAt=${minuteOf(3)}`, [3]],
      [between(1, 3), [1, 2, 20]],
    ] as const) {
      const { level } = await get(`${search}&attrs=level`)
      const seen = told(level).map(([value]) => value as number)
      expect(
        seen.sort((one, two) => one - two),
        search,
      ).to.deep.equal(values)
    }
  })

  it('answers the last of each attribute with lastN, newest first', async () => {
    const { level, other } = await get('lastN=1')
    expect(told(level)).to.deep.equal([[3, minuteOf(3)]])
    expect(told(other)).to.deep.equal([['b', minuteOf(6)]])
    expect(told((await get('lastN=9')).other).map(([value]) => value)).to.deep.equal(['b', 'a'])
  })

  it('answers only instances of the datasets that are asked for, and counts these alone', async () => {
    expect(told((await get('datasetId=urn:d')).level)).to.deep.equal([[20, minuteOf(2)]])
    expect(told((await get('datasetId=urn:d&lastN=1')).level)).to.deep.equal([[20, minuteOf(2)]])
    expect((await get('datasetId=urn:d')).other).to.equal(undefined)
    expect(told((await get('datasetId=@none')).level)).to.have.length(3)
    expect((await hub.send(`${PATH}?datasetId=urn:none`)).status).to.equal(404)
  })

  it('projects members', async () => {
    expect(Object.keys(await get('pick=id,other')).sort()).to.deep.equal(['id', 'other'])
    expect(Object.keys(await get('omit=level,type')).sort()).to.deep.equal(['id', 'other'])
    expect(Object.keys(await get('attrs=other')).sort()).to.deep.equal(['id', 'other', 'type'])
  })

  it('is 404 for an entity or a time of which there is nothing, and where nothing is left', async () => {
    for (const path of [
      `${EVOLUTIONS}/urn:t:none`,
      `${PATH}?attrs=none`,
      `${PATH}?pick=none`,
      `${PATH}?omit=id,type,level,other`,
      `${PATH}?timerel=after&timeAt=${minuteOf(30)}`,
      `${PATH}?timeproperty=deletedAt`,
    ])
      expect((await hub.send(path)).status, path).to.equal(404)
  })

  it('tells what was deleted: by deletedAt, with NGSI-LD Null as its value, and of what was before', async () => {
    const body = { id: 'urn:t:gone', type: 'Thing', level: at(1, 1), other: { type: 'Property', value: 'x' } }
    await hub.send('/ngsi-ld/v1/entities', { method: 'POST', body })
    await hub.send('/ngsi-ld/v1/entities/urn:t:gone/attrs/level', { method: 'DELETE' })
    const { body: told } = await hub.send(`${EVOLUTIONS}/urn:t:gone?timeproperty=deletedAt`)
    expect(told.level).to.have.length(1)
    expect(told.level[0].value).to.equal('urn:ngsi-ld:null')
    expect(told.level[0].deletedAt).to.be.a('string')
    expect(told).to.not.have.property('other')
    await hub.send('/ngsi-ld/v1/entities/urn:t:gone', { method: 'DELETE' })
    const after = await hub.send(`${EVOLUTIONS}/urn:t:gone`)
    expect(after.status).to.equal(200)
    expect(after.body.level).to.have.length(2)
    expect(after.body.other).to.have.length(2)
  })

  it('tells the scopes that the entity had', async () => {
    const path = '/ngsi-ld/v1/entities/urn:t:scoped'
    await hub.send('/ngsi-ld/v1/entities', {
      method: 'POST',
      body: { id: 'urn:t:scoped', type: 'Thing', scope: '/a', level: at(1, 1) },
    })
    await hub.send(path, { method: 'PATCH', body: { scope: '/b' } })
    const { body } = await hub.send(`${EVOLUTIONS}/urn:t:scoped`)
    expect(body.scope.map(({ value }: { value: unknown }) => value)).to.deep.equal(['/a', '/b'])
  })

  it('refuses what it cannot read', async () => {
    for (const [path, type] of [
      [`${EVOLUTIONS}/none`, 'BadRequestData'],
      [`${PATH}?timerel=before`, 'BadRequestData'],
      [`${PATH}?timeAt=${minuteOf(1)}`, 'BadRequestData'],
      [`${PATH}?timerel=between&timeAt=${minuteOf(1)}`, 'BadRequestData'],
      [`${PATH}?timerel=after&timeAt=2026-01-01`, 'BadRequestData'],
      [`${PATH}?timeproperty=expiresAt`, 'BadRequestData'],
      [`${PATH}?lastN=0`, 'BadRequestData'],
      [`${PATH}?format=keyValues`, 'InvalidRequest'],
      [`${PATH}?format=aggregatedValues`, 'BadRequestData'],
      [`${PATH}?pick=owner{name}`, 'BadRequestData'],
      [`${PATH}?pick=level&attrs=level`, 'BadRequestData'],
      [`${PATH}?join=inline`, 'InvalidRequest'],
    ] as const) {
      const { status, body, text } = await hub.send(path)
      expect(status, `${path} ${text}`).to.equal(400)
      expect(body.type, path).to.equal(`https://uri.etsi.org/ngsi-ld/errors/${type}`)
    }
  })

  it('has its @context in the Link header or in the body, as is accepted', async () => {
    const plain = await hub.send(PATH)
    expect(plain.headers.link).to.include('rel="http://www.w3.org/ns/json-ld#context"')
    expect(plain.body).to.not.have.property('@context')
    const linked = await hub.send(PATH, { headers: { Accept: 'application/ld+json' } })
    expect(linked.body).to.have.property('@context')
    expect((await hub.send(PATH, { headers: { Accept: 'application/geo+json' } })).status).to.equal(406)
  })

  it('answers HEAD and OPTIONS, and other methods with what is allowed', async () => {
    expect((await hub.send(PATH, { method: 'HEAD' })).status).to.equal(200)
    expect((await hub.send(PATH, { method: 'OPTIONS' })).headers.allow).to.include('GET')
    const { status, headers } = await hub.send(PATH, { method: 'PUT', body: {} })
    expect(status).to.equal(405)
    expect(String(headers.allow).split(', ').sort()).to.include.members(['DELETE', 'GET'])
  })
})
