import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'

describe('HTTP: entities', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  const create = (id: string, members: object = {}) =>
    hub.send(ENTITIES, { method: 'POST', body: { id, type: 'Room', ...members } })
  const retrieve = (id: string, query = '') => hub.send(`${ENTITIES}/${id}${query}`)

  it('5.6.1 creates an entity, says where it is, and refuses it a second time', async () => {
    const first = await create('urn:t:create', {
      temperature: { type: 'Property', value: 21.5, unitCode: 'CEL' },
    })
    expect(first.status).to.equal(201)
    expect(first.headers.location).to.equal(`${ENTITIES}/urn:t:create`)
    expect((await retrieve('urn:t:create')).body).to.deep.equal({
      id: 'urn:t:create',
      type: 'Room',
      temperature: { type: 'Property', value: 21.5, unitCode: 'CEL' },
    })
    const second = await create('urn:t:create')
    expect(second.status).to.equal(409)
    expect(second.body.type).to.equal('https://uri.etsi.org/ngsi-ld/errors/AlreadyExists')
  })

  it('keeps all eight kinds of attribute, and simplifies them', async () => {
    const entity = {
      id: 'urn:t:kinds',
      type: 'Room',
      property1: { type: 'Property', value: { deep: [1, 'two', true] } },
      geo1: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.8, 21.5] } },
      language1: { type: 'LanguageProperty', languageMap: { vi: 'phòng', en: 'room' } },
      vocab1: { type: 'VocabProperty', vocab: 'office' },
      json1: { type: 'JsonProperty', json: { nothing: null } },
      list1: { type: 'ListProperty', valueList: [1] },
      relationship1: { type: 'Relationship', object: 'urn:t:other' },
      listRelationship1: {
        type: 'ListRelationship',
        objectList: [{ object: 'urn:t:a' }, { object: 'urn:t:b' }],
      },
    }
    expect((await hub.send(ENTITIES, { method: 'POST', body: entity })).status).to.equal(201)
    expect((await retrieve('urn:t:kinds')).body).to.deep.equal(entity)
    expect((await retrieve('urn:t:kinds', '?format=simplified')).body).to.deep.equal({
      id: 'urn:t:kinds',
      type: 'Room',
      property1: { deep: [1, 'two', true] },
      geo1: { type: 'Point', coordinates: [105.8, 21.5] },
      language1: { languageMap: { vi: 'phòng', en: 'room' } },
      vocab1: { vocab: 'office' },
      json1: { json: { nothing: null } },
      list1: [1],
      relationship1: 'urn:t:other',
      listRelationship1: ['urn:t:a', 'urn:t:b'],
    })
    const vietnamese = await retrieve('urn:t:kinds', '?lang=vi&pick=language1')
    expect(vietnamese.body).to.deep.equal({ language1: { type: 'Property', value: 'phòng', lang: 'vi' } })
  })

  it('5.6.17 merges, 5.6.2 updates, 5.6.3 appends, 5.6.4 changes a part, 5.6.5 deletes', async () => {
    const id = 'urn:t:write'
    await create(id, { a: { type: 'Property', value: { x: 1, y: 2 }, unitCode: 'CEL' }, b: 'old' })
    const write = (method: 'POST' | 'PATCH' | 'PUT', path: string, body: unknown) =>
      hub.send(`${ENTITIES}/${id}${path}`, { method, body })
    expect((await write('PATCH', '', { a: { value: { y: 'urn:ngsi-ld:null', z: 3 } } })).status).to.equal(204)
    expect((await retrieve(id, '?pick=a')).body.a).to.deep.equal({
      type: 'Property',
      value: { x: 1, z: 3 },
      unitCode: 'CEL',
    })
    expect((await write('PATCH', '/attrs', { a: { type: 'Property', value: 5 } })).status).to.equal(204)
    expect((await retrieve(id, '?pick=a')).body.a).to.deep.equal({ type: 'Property', value: 5 })
    const appended = await write('POST', '/attrs?options=noOverwrite', { b: 'new', c: 7 })
    expect(appended.status).to.equal(207)
    expect(appended.body.notUpdated).to.have.length(1)
    expect((await retrieve(id, '?format=simplified&pick=b,c')).body).to.deep.equal({ b: 'old', c: 7 })
    expect((await write('PATCH', '/attrs/c', { observedAt: '2026-01-01T00:00:00Z' })).status).to.equal(204)
    expect((await retrieve(id, '?pick=c')).body.c).to.deep.equal({
      type: 'Property',
      value: 7,
      observedAt: '2026-01-01T00:00:00Z',
    })
    expect((await hub.send(`${ENTITIES}/${id}/attrs/c`, { method: 'DELETE' })).status).to.equal(204)
    expect((await retrieve(id, '?pick=c')).status).to.equal(404)
    expect((await hub.send(`${ENTITIES}/${id}/attrs/c`, { method: 'DELETE' })).status).to.equal(404)
  })

  it('5.6.18 replaces an entity but keeps createdAt; 5.6.6 deletes it', async () => {
    const id = 'urn:t:replace'
    await create(id, { a: 1 })
    const before = (await retrieve(id, '?options=sysAttrs')).body
    expect(
      (await hub.send(`${ENTITIES}/${id}`, { method: 'PUT', body: { type: 'Room', b: 2 } })).status,
    ).to.equal(204)
    const after = (await retrieve(id, '?options=sysAttrs')).body
    expect(after.createdAt).to.equal(before.createdAt)
    expect(after).to.not.have.property('a')
    expect((await hub.send(`${ENTITIES}/${id}?type=Other`, { method: 'DELETE' })).status).to.equal(404)
    expect((await hub.send(`${ENTITIES}/${id}`, { method: 'DELETE' })).status).to.equal(204)
    expect((await retrieve(id)).status).to.equal(404)
  })

  describe('5.7.2 Query Entities', () => {
    before(async () => {
      for (let at = 0; at < 5; at++) {
        await create(`urn:q:${at}`, {
          type: at === 4 ? ['Room', 'Hall'] : 'Hall',
          level: { type: 'Property', value: at },
          location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.8 + at / 100, 21.5] } },
          scope: `/tn/s${at}`,
        })
      }
    })
    const ids = async (query: string) => {
      const answer = await hub.send(`${ENTITIES}?${query}`)
      expect(answer.status, answer.text).to.equal(200)
      return answer.body.map((entity: { id: string }) => entity.id)
    }

    for (const [query, expected] of [
      ['type=Hall', [0, 1, 2, 3, 4]],
      ['type=(Hall;Room)', [4]],
      ['type=Hall&q=level==2', [2]],
      ['type=Hall&q=level%3E=3', [3, 4]],
      ['type=Hall&q=level==1..3', [1, 2, 3]],
      ['type=Hall&q=level==0|level==4', [0, 4]],
      ['type=Hall&q=nothing', []],
      ['type=Hall&id=urn:q:1,urn:q:3', [1, 3]],
      ['type=Hall&idPattern=urn:q:[12]', [1, 2]],
      ['type=Hall&scopeQ=/tn/s3', [3]],
      ['type=Hall&georel=near;maxDistance==500&geometry=Point&coordinates=[105.8,21.5]', [0]],
      [
        'type=Hall&georel=within&geometry=Polygon&coordinates=[[[105.805,21],[105.835,21],[105.835,22],[105.805,22],[105.805,21]]]',
        [1, 2, 3],
      ],
    ] as const) {
      it(`${decodeURIComponent(query)}`, async () => {
        expect(await ids(query)).to.have.members(expected.map((at) => `urn:q:${at}`))
      })
    }

    it('6.3.10 pages by sealed cursors, each entity once, and counts', async () => {
      const seen: string[] = []
      let path: string | undefined = `${ENTITIES}?type=Hall&limit=2&count=true`
      for (let pages = 0; path !== undefined; pages++) {
        expect(pages).to.be.lessThan(4)
        const answer = await hub.send(path)
        expect(answer.headers['ngsild-results-count']).to.equal('5')
        seen.push(...answer.body.map((entity: { id: string }) => entity.id))
        path = /<([^>]+)>; rel="next"/.exec(String(answer.headers.link))?.[1]
      }
      expect(seen).to.have.length(5)
      expect(new Set(seen)).to.have.property('size', 5)
    })

    it('refuses a cursor of another query', async () => {
      const answer = await hub.send(`${ENTITIES}?type=Hall&limit=2`)
      const next = /<([^>]+)>; rel="next"/.exec(String(answer.headers.link))?.[1] ?? ''
      const moved = await hub.send(next.replace('type=Hall', 'type=Room'))
      expect(moved.status).to.equal(400)
    })

    it('answers GeoJSON', async () => {
      const answer = await hub.send(`${ENTITIES}?type=Hall&q=level==1`, {
        headers: { accept: 'application/geo+json' },
      })
      expect(answer.headers['content-type']).to.equal('application/geo+json')
      expect(answer.body.features[0].geometry).to.deep.equal({ type: 'Point', coordinates: [105.81, 21.5] })
    })

    it('6.23 takes the query as a body, with several selectors', async () => {
      const body = {
        type: 'Query',
        entities: [
          { type: 'Hall', id: 'urn:q:1' },
          { type: 'Room', idPattern: 'urn:q:.*' },
        ],
      }
      const answer = await hub.send('/ngsi-ld/v1/entityOperations/query', { method: 'POST', body })
      expect(answer.body.map((entity: { id: string }) => entity.id)).to.have.members(['urn:q:1', 'urn:q:4'])
    })
  })

  describe('5.5.11 batches', () => {
    const batch = (kind: string, body: unknown) =>
      hub.send(`/ngsi-ld/v1/entityOperations/${kind}`, { method: 'POST', body })

    it('creates, and reports each failure by itself', async () => {
      const items = [
        { id: 'urn:b:1', type: 'T' },
        { id: 'not a uri', type: 'T' },
        { id: 'urn:b:1', type: 'T' },
        { id: 'urn:b:2', type: 'T' },
      ]
      const answer = await batch('create', items)
      expect(answer.status).to.equal(207)
      expect(answer.body.success).to.deep.equal(['urn:b:1', 'urn:b:2'])
      expect(
        answer.body.errors.map(({ error }: { error: { status: number } }) => error.status),
      ).to.deep.equal([400, 409])
    })

    it('upserts the same entity several times in order', async () => {
      const values = [1, 2, 3].map((value) => ({ id: 'urn:b:many', type: 'T', a: value }))
      const answer = await batch('upsert?options=update', values)
      expect(answer.status).to.equal(201)
      expect((await retrieve('urn:b:many', '?format=simplified')).body.a).to.equal(3)
      expect((await batch('upsert?options=update', [{ id: 'urn:b:many', type: 'T', b: 9 }])).status).to.equal(
        204,
      )
      expect((await retrieve('urn:b:many', '?format=simplified')).body).to.include({ a: 3, b: 9 })
    })

    it('deletes, and says which were not there', async () => {
      await batch('create', [{ id: 'urn:b:gone', type: 'T' }])
      const answer = await batch('delete', ['urn:b:gone', 'urn:b:never'])
      expect(answer.status).to.equal(207)
      expect(answer.body.success).to.deep.equal(['urn:b:gone'])
      expect(
        (await batch('update', [{ id: 'urn:b:gone', type: 'T', a: 1 }])).body.errors[0].error.status,
      ).to.equal(404)
    })
  })

  it('4.22 finds by absence an entity whose attribute has expired', async () => {
    const gone = { type: 'Property', value: 1, expiresAt: '2020-01-01T00:00:00Z' }
    await hub.send(ENTITIES, { method: 'POST', body: { id: 'urn:x:gone', type: 'Fleeting', a: gone } })
    await hub.send(ENTITIES, { method: 'POST', body: { id: 'urn:x:there', type: 'Fleeting', a: 1 } })
    const ids = async (q: string) =>
      (await hub.send(`${ENTITIES}?type=Fleeting&q=${q}`)).body.map(({ id }: { id: string }) => id)
    expect(await ids('!a')).to.deep.equal(['urn:x:gone'])
    expect(await ids('a')).to.deep.equal(['urn:x:there'])
  })

  it('4.14 keeps tenants apart', async () => {
    const tenant = { 'NGSILD-Tenant': 'health' }
    expect((await hub.send(`${ENTITIES}?type=Room`, { headers: tenant })).status).to.equal(404)
    const created = await hub.send(ENTITIES, {
      method: 'POST',
      body: { id: 'urn:t:tenant', type: 'Room' },
      headers: tenant,
    })
    expect(created.status).to.equal(201)
    expect(created.headers['ngsild-tenant']).to.equal('health')
    expect((await hub.send(`${ENTITIES}/urn:t:tenant`, { headers: tenant })).status).to.equal(200)
    expect((await retrieve('urn:t:tenant')).status).to.equal(404)
  })
})
