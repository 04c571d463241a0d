import { expect } from 'chai'
import { ENTITIES, OPERATIONS, useApi } from '../support/api.ts'

describe('4.22 Transient Storage of Entities and Attributes', () => {
  const api = useApi()
  const past = '2020-01-01T00:00:00Z'
  const future = '2999-01-01T00:00:00Z'
  const expiry = (id: string) => api.read(id, '?options=sysAttrs')

  it('takes an entity that has expired for one that is not there', async () => {
    await api.create('urn:x:1', { expiresAt: past, a: 1 })
    await api.absent('urn:x:1')
    expect(await api.ids('type=Room&q=a')).to.deep.equal([])
    expect((await api.send(`${ENTITIES}?type=Room&count=true`)).headers['ngsild-results-count']).to.equal('0')
    await api.refused(api.write('PATCH', `${ENTITIES}/urn:x:1`, { a: 2 }), 404, 'ResourceNotFound')
    await api.refused(api.send(`${ENTITIES}/urn:x:1`, { method: 'DELETE' }), 404, 'ResourceNotFound')
    await api.create('urn:x:1', { type: 'Hall', b: 1 })
    expect(await api.read('urn:x:1')).to.have.all.keys('id', 'type', 'b')
  })

  it('takes attributes, instances and sub-attributes that have expired for absent', async () => {
    const gone = { value: 1, expiresAt: past }
    await api.create('urn:x:2', {
      a: gone,
      b: [{ value: 1 }, { ...gone, datasetId: 'urn:x:d' }],
      c: { value: 1, by: gone },
    })
    expect(await api.read('urn:x:2')).to.deep.equal({
      id: 'urn:x:2',
      type: 'Room',
      b: { type: 'Property', value: 1 },
      c: { type: 'Property', value: 1 },
    })
    expect(await api.ids('type=Room&q=a')).to.deep.equal([])
    expect(await api.ids('type=Room&q=c.by')).to.deep.equal([])
    await api.refused(
      api.write('PATCH', `${ENTITIES}/urn:x:2/attrs/a`, { value: 2 }),
      404,
      'ResourceNotFound',
    )
  })

  it('finds by absence an entity whose attribute has expired', async () => {
    await api.create('urn:x:gone', { type: 'Fleeting', a: { value: 1, expiresAt: past } })
    await api.create('urn:x:there', { type: 'Fleeting', a: 1 })
    expect(await api.ids('type=Fleeting&q=!a')).to.deep.equal(['urn:x:gone'])
    expect(await api.ids('type=Fleeting&q=a')).to.deep.equal(['urn:x:there'])
  })

  it('lets things expire while it runs, also out of kept answers', async () => {
    const soon = new Date(Date.now() + 700).toISOString()
    await api.create('urn:x:3', { type: 'Soon', expiresAt: soon })
    await api.create('urn:x:4', { type: 'Soon', a: { value: 1, expiresAt: soon } })
    expect(await api.ids('type=Soon')).to.deep.equal(['urn:x:3', 'urn:x:4'])
    expect(await api.read('urn:x:4')).to.have.property('a')
    await new Promise((done) => setTimeout(done, Math.max(0, Date.parse(soon) - Date.now()) + 20))
    expect(await api.ids('type=Soon')).to.deep.equal(['urn:x:4'])
    expect(await api.read('urn:x:4')).to.not.have.property('a')
  })

  it('discovers no types and attributes of what has expired', async () => {
    await api.create('urn:x:10', { type: 'Gone', expiresAt: past, gone: 1 })
    await api.create('urn:x:11', { type: 'Left', left: 1, gone: { value: 1, expiresAt: past } })
    await api.create('urn:x:12', { type: 'Left', left: { value: 1, faded: { value: 1, expiresAt: past } } })
    const { typeList } = (await api.send('/ngsi-ld/v1/types')).body
    expect(typeList).to.include('Left').and.not.include('Gone')
    const { attributeList } = (await api.send('/ngsi-ld/v1/attributes')).body
    expect(attributeList).to.include('left').and.not.include('gone')
    await api.refused(api.send('/ngsi-ld/v1/types/Gone'), 404, 'ResourceNotFound')
    await api.refused(api.send('/ngsi-ld/v1/attributes/gone'), 404, 'ResourceNotFound')
    const { entityCount, attributeDetails } = (await api.send('/ngsi-ld/v1/types/Left')).body
    expect(entityCount).to.equal(2)
    expect(attributeDetails).to.have.length(1)
  })

  it('shows expiresAt with sysAttrs only', async () => {
    await api.create('urn:x:5', { expiresAt: future, a: { value: 1, expiresAt: future } })
    expect((await api.send(`${ENTITIES}/urn:x:5`)).text).to.not.include('expiresAt')
    const entity = await expiry('urn:x:5')
    expect([entity.expiresAt, entity.a.expiresAt]).to.deep.equal([future, future])
  })

  it('keeps the expiry of an attribute through partial updates and merges, and loses it by replacement', async () => {
    await api.create('urn:x:6', { a: { value: 1, expiresAt: future } })
    await api.write('PATCH', `${ENTITIES}/urn:x:6/attrs/a`, { value: 2 })
    await api.write('PATCH', `${ENTITIES}/urn:x:6`, { a: { value: 3 } })
    expect((await expiry('urn:x:6')).a).to.include({ value: 3, expiresAt: future })
    await api.write('PATCH', `${ENTITIES}/urn:x:6/attrs`, { a: 4 })
    expect((await expiry('urn:x:6')).a).to.not.have.property('expiresAt')
  })

  it('lets a merge give, move and take away the expiry of an entity', async () => {
    await api.create('urn:x:7', { expiresAt: future })
    await api.write('PATCH', `${ENTITIES}/urn:x:7`, { expiresAt: '2998-01-01T00:00:00Z' })
    expect((await expiry('urn:x:7')).expiresAt).to.equal('2998-01-01T00:00:00Z')
    await api.write('PATCH', `${ENTITIES}/urn:x:7`, { expiresAt: 'urn:ngsi-ld:null' })
    expect(await expiry('urn:x:7')).to.not.have.property('expiresAt')
    await api.write('PATCH', `${ENTITIES}/urn:x:7`, { expiresAt: past })
    await api.absent('urn:x:7')
  })

  it('upserts an entity that has expired as a new one', async () => {
    await api.create('urn:x:8', { expiresAt: past, a: 1 })
    const answer = await api.write('POST', `${OPERATIONS}/upsert?options=update`, [
      { id: 'urn:x:8', type: 'Room', b: 1 },
    ])
    expect([answer.status, answer.body]).to.deep.equal([201, ['urn:x:8']])
    expect(await api.read('urn:x:8')).to.not.have.property('a')
  })

  describe('refuses an expiresAt that is no DateTime', () => {
    for (const expiresAt of ['tomorrow', '2999-01-01', 7, ''])
      it(JSON.stringify(expiresAt), async () => {
        for (const members of [{ expiresAt }, { a: { value: 1, expiresAt } }])
          await api.refused(
            api.write('POST', ENTITIES, { id: 'urn:x:none', type: 'Room', ...members }),
            400,
            'BadRequestData',
          )
        await api.absent('urn:x:none')
      })
  })
})
