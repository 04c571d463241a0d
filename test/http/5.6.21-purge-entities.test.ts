import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'

describe('5.6.21 Purge Entities', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', 'limits.rows': 2000 })
  })
  after(() => hub.stop())

  const purge = (search: string) => hub.send(`${ENTITIES}?${search}`, { method: 'DELETE' })
  const create = async (type: string, count: number, members: (at: number) => object = () => ({})) => {
    const body = Array.from({ length: count }, (_, at) => ({ id: `urn:${type}:${at}`, type, ...members(at) }))
    const answer = await hub.send('/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })
    expect(answer.status, answer.text).to.equal(201)
  }
  const left = async (type: string) => {
    const { body } = await hub.send(`${ENTITIES}?type=${type}&limit=1000&format=simplified`)
    return body.map(({ id, type: _, ...members }: { id: string; type: string }) => [
      Number(id.split(':').at(-1)),
      members,
    ])
  }

  it('deletes whole entities of a type, over several pages, and no others', async () => {
    await create('Page', 1203)
    await create('Other', 1)
    const answer = await purge('type=Page')
    expect(answer.status, answer.text).to.equal(204)
    expect(answer.text).to.equal('')
    expect(await left('Page')).to.deep.equal([])
    expect(await left('Other')).to.have.length(1)
  })

  it('deletes only what matches all filters', async () => {
    await create('Pick', 6, (at) => ({
      level: at,
      scope: at < 3 ? '/a/b' : '/c',
      location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105 + at, 21] } },
    }))
    const area = 'georel=near;maxDistance==1000&geometry=Point&coordinates=[105,21]'
    const numbers = async () => (await left('Pick')).map(([at]: [number]) => at)
    expect((await purge(`type=Pick&${area}`)).status).to.equal(204)
    expect(await numbers()).to.deep.equal([1, 2, 3, 4, 5])
    expect((await purge('q=level==1')).status).to.equal(204)
    expect(await numbers()).to.deep.equal([2, 3, 4, 5])
    expect((await purge('type=Pick&scopeQ=/a/%23')).status).to.equal(204)
    expect(await numbers()).to.deep.equal([3, 4, 5])
    expect((await purge('type=Pick&id=urn:Pick:3,urn:Pick:none')).status).to.equal(204)
    expect((await purge('type=Pick&idPattern=4$')).status).to.equal(204)
    expect(await numbers()).to.deep.equal([5])
    expect((await purge('type=Pick&q=level==77')).status).to.equal(204)
    expect(await numbers()).to.deep.equal([5])
    expect((await purge('local=true&id=urn:Pick:5')).status).to.equal(204)
    expect(await numbers()).to.deep.equal([])
  })

  it('with drop deletes these attributes only', async () => {
    await create('Drop', 3, (at) => ({ a: at, ...(at < 2 && { b: at }), scope: '/s' }))
    expect((await purge('drop=b&type=Drop')).status).to.equal(204)
    expect(await left('Drop')).to.deep.equal([0, 1, 2].map((at) => [at, { a: at, scope: '/s' }]))
    expect((await purge('drop=a,scope&type=Drop&id=urn:Drop:1')).status).to.equal(204)
    expect(await left('Drop')).to.deep.equal([
      [0, { a: 0, scope: '/s' }],
      [1, {}],
      [2, { a: 2, scope: '/s' }],
    ])
  })

  it('with drop alone looks at the entities that have the attribute', async () => {
    await create('Alone', 2, (at) => (at === 0 ? { rare: 1, a: 1 } : { a: 1 }))
    expect((await purge('drop=rare')).status).to.equal(204)
    expect(await left('Alone')).to.deep.equal([
      [0, { a: 1 }],
      [1, { a: 1 }],
    ])
  })

  it('with attrs deletes the entities that have one of them, or only what drop names of these', async () => {
    await create('Having', 3, (at) => ({ a: at, ...(at === 1 && { b: 1 }), ...(at === 2 && { c: 1 }) }))
    expect((await purge('attrs=b,none&drop=a&type=Having')).status).to.equal(204)
    expect(await left('Having')).to.deep.equal([
      [0, { a: 0 }],
      [1, { b: 1 }],
      [2, { a: 2, c: 1 }],
    ])
    expect((await purge('attrs=b,c')).status).to.equal(204)
    expect(await left('Having')).to.deep.equal([[0, { a: 0 }]])
  })

  it('with keep deletes all other attributes', async () => {
    await create('Keep', 2, (at) => ({ a: at, b: 2, c: 3, scope: '/s' }))
    expect((await purge('keep=a,none&type=Keep&q=a==1')).status).to.equal(204)
    expect(await left('Keep')).to.deep.equal([
      [0, { a: 0, b: 2, c: 3, scope: '/s' }],
      [1, { a: 1, scope: '/s' }],
    ])
  })

  it('deletes everything of this hub with type=*, which is local', async () => {
    expect((await purge('type=*&local=false')).status).to.equal(400)
    expect((await purge('type=*&idPattern=^urn:Keep:')).status).to.equal(204)
    expect(await left('Keep')).to.deep.equal([])
    expect(await left('Alone')).to.have.length(2)
  })

  it('changes nothing when it would look at more entities than it may', async () => {
    await create('Much', 1000)
    await create('More', 1000)
    await create('Most', 100)
    const answer = await purge('type=Much,More,Most')
    expect(answer.status, answer.text).to.equal(403)
    expect(answer.body.type).to.equal('https://uri.etsi.org/ngsi-ld/errors/TooComplexQuery')
    expect(await left('Much')).to.have.length(1000)
  })

  describe('refuses what is too wide, contradicts itself or looks into linked entities', () => {
    for (const [search, type, says] of [
      ['', 'BadRequestData', /too much/],
      ['id=urn:Other:0', 'BadRequestData', /too much/],
      ['idPattern=.*', 'BadRequestData', /too much/],
      ['scopeQ=/a', 'BadRequestData', /too much/],
      ['attrs=createdAt,modifiedAt', 'BadRequestData', /too much/],
      ['type=Other&attrs=a{b}', 'BadRequestData', /attrs/],
      ['q=createdAt>2000-01-01T00:00:00Z', 'BadRequestData', /too much/],
      ['local=false', 'BadRequestData', /too much/],
      ['keep=a', 'BadRequestData', /too much/],
      ['drop=scope', 'BadRequestData', /too much/],
      ['drop=createdAt', 'BadRequestData', /createdAt/],
      ['type=Other&drop=a,expiresAt', 'BadRequestData', /no attribute/],
      ['type=Other&drop=a,id', 'BadRequestData', /id/],
      ['type=Other&keep=a&drop=b', 'BadRequestData', /exclude/],
      ['type=Other&drop=a{b}', 'BadRequestData', /drop/],
      ['type=Other&keep=a.b', 'BadRequestData', /keep/],
      ['type=Other&q=a{Other:b}==1', 'BadRequestData', /linked/],
      ['type=Other&id=nonsense', 'BadRequestData', /URI/],
      ['type=Other&q=((', 'BadRequestData', /q/],
      ['type=Other&georel=near', 'BadRequestData', /geo/],
      ['type=Other&local=yes', 'InvalidRequest', /local/],
      ['type=Other&limit=1', 'InvalidRequest', /limit/],
    ] as const) {
      it(`refuses ${search || 'no filter at all'}`, async () => {
        const answer = await purge(encodeURI(search))
        expect(answer.status, answer.text).to.equal(400)
        expect(answer.body.type).to.equal(`https://uri.etsi.org/ngsi-ld/errors/${type}`)
        expect(answer.body.detail).to.match(says)
        expect(await left('Other')).to.have.length(1)
      })
    }
  })
})
