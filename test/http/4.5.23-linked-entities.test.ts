import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const QUERY = '/ngsi-ld/v1/entityOperations/query'

const property = (value: unknown) => ({ type: 'Property', value })
const relationship = (object: unknown, more: object = {}) => ({ type: 'Relationship', object, ...more })

/** Station s1 and s2 stand in street a, which lies in ward w, which points back at s1. */
const GRAPH: readonly object[] = [
  {
    id: 'urn:t:s1',
    type: 'Station',
    name: property('one'),
    in: relationship('urn:t:a'),
    near: relationship(['urn:t:none', 'urn:t:b', 'urn:t:a']),
    route: {
      type: 'ListRelationship',
      objectList: [{ object: 'urn:t:b' }, { object: 'urn:t:none' }, { object: 'urn:t:a' }],
    },
    lost: relationship('urn:t:none'),
    sub: { ...property(1), in: relationship('urn:t:w') },
  },
  { id: 'urn:t:s2', type: 'Station', name: property('two'), in: relationship('urn:t:a') },
  { id: 'urn:t:a', type: 'Street', name: property('A'), ward: relationship('urn:t:w') },
  { id: 'urn:t:b', type: 'Street', name: property('B') },
  { id: 'urn:t:w', type: 'Ward', name: property('W'), first: relationship('urn:t:s1') },
  {
    id: 'urn:t:sets',
    type: 'Sets',
    in: [relationship('urn:t:a'), relationship('urn:t:b', { datasetId: 'urn:d:2' })],
  },
  {
    id: 'urn:t:place',
    type: 'Place',
    location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105, 21] } },
    in: relationship('urn:t:b'),
  },
]

const A = { id: 'urn:t:a', type: 'Street', name: property('A'), ward: relationship('urn:t:w') }
const B = { id: 'urn:t:b', type: 'Street', name: property('B') }

describe('4.5.23 NGSI-LD Linked Entity Retrieval', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', 'limits.joined': 60 })
    const { status, text } = await hub.send('/ngsi-ld/v1/entityOperations/create', {
      method: 'POST',
      body: GRAPH,
    })
    expect(status, text).to.equal(201)
  })
  after(() => hub.stop())

  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await hub.send(`${ENTITIES}${path}`, { headers })
    expect(answer.status, `${path} ${answer.text}`).to.equal(200)
    return answer.body
  }
  const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id.slice('urn:t:'.length))

  describe('4.5.23.2 Inline Linked Entity Representation', () => {
    it('puts the entity beside its URI, and no second level unless asked', async () => {
      expect(await get('/urn:t:s2?join=inline')).to.deep.equal({
        id: 'urn:t:s2',
        type: 'Station',
        name: property('two'),
        in: { ...relationship('urn:t:a'), entity: A },
      })
    })

    it('puts several objects into an array, and those of a ListRelationship into entityList, in order', async () => {
      const { near, route, lost, sub } = await get('/urn:t:s1?join=inline')
      expect(near).to.deep.equal({ ...relationship(['urn:t:none', 'urn:t:b', 'urn:t:a']), entity: [B, A] })
      expect(route.entityList).to.deep.equal([B, A])
      expect(route.objectList).to.have.length(3)
      expect(route).to.not.have.property('entity')
      expect(lost).to.deep.equal(relationship('urn:t:none'))
      expect(sub.in).to.deep.equal(relationship('urn:t:w'))
    })

    it('goes as deep as joinLevel says, and never round', async () => {
      const two = await get('/urn:t:s1?join=inline&joinLevel=2')
      expect(two.in.entity.ward.entity.name.value).to.equal('W')
      expect(two.in.entity.ward.entity.first).to.deep.equal(relationship('urn:t:s1'))
      const deep = await get('/urn:t:s1?join=inline&joinLevel=10')
      expect(deep.in.entity.ward.entity.first).to.deep.equal(relationship('urn:t:s1'))
      expect(deep.near.entity[1].ward.entity.name.value).to.equal('W')
    })

    it('joins to each of several instances', async () => {
      const { in: instances } = await get('/urn:t:sets?join=inline')
      expect(instances.map(({ entity }: { entity: { id: string } }) => entity.id)).to.deep.equal([
        'urn:t:a',
        'urn:t:b',
      ])
      const { in: simple } = await get('/urn:t:sets?join=inline&format=simplified')
      expect(simple.dataset['@none'].id).to.equal('urn:t:a')
      expect(simple.dataset['urn:d:2']).to.deep.equal({ id: 'urn:t:b', type: 'Street', name: 'B' })
    })

    it('writes linked entities in the representation of the answer', async () => {
      const concise = await get('/urn:t:s2?join=inline&format=concise')
      expect(concise.in).to.deep.equal({
        object: 'urn:t:a',
        entity: { id: 'urn:t:a', type: 'Street', name: 'A', ward: { object: 'urn:t:w' } },
      })
      const simplified = await get('/urn:t:s1?join=inline&format=simplified&pick=in,near,route,lost')
      const a = { id: 'urn:t:a', type: 'Street', name: 'A', ward: 'urn:t:w' }
      const b = { id: 'urn:t:b', type: 'Street', name: 'B' }
      expect(simplified).to.deep.equal({
        in: a,
        near: ['urn:t:none', b, a],
        route: [b, 'urn:t:none', a],
        lost: 'urn:t:none',
      })
      const system = await get('/urn:t:s2?join=inline&options=sysAttrs')
      expect(system.in.entity).to.include.keys('createdAt', 'modifiedAt')
    })

    it('leaves a Feature the only one: what is linked is an entity in its properties', async () => {
      const feature = await get('/urn:t:place?join=inline', { Accept: 'application/geo+json' })
      expect(feature.type).to.equal('Feature')
      expect(feature.properties.in.entity).to.deep.equal(B)
    })

    it('gives only the linking entity an @context', async () => {
      const entity = await get('/urn:t:s2?join=inline', { Accept: 'application/ld+json' })
      expect(entity).to.have.property('@context')
      expect(entity.in.entity).to.not.have.property('@context')
    })

    it('joins to each entity of a query', async () => {
      const list = await get('?type=Station&join=inline&pick=id,in')
      expect(list.map(({ in: { entity } }: { in: { entity: object } }) => entity)).to.deep.equal([A, A])
    })
  })

  describe('4.5.23.3 Flattened Linked Entity Representation', () => {
    it('appends each linked entity once, nearest first', async () => {
      const list = await get('/urn:t:s1?join=flat')
      expect(ids(list)).to.deep.equal(['s1', 'a', 'b'])
      expect(list[1]).to.deep.equal(A)
      expect(JSON.stringify(list)).to.not.match(/"entity(List)?"/)
      expect(ids(await get('/urn:t:s1?join=flat&joinLevel=5'))).to.deep.equal(['s1', 'a', 'b', 'w'])
    })

    it('answers an array of one where nothing is linked', async () => {
      expect(await get('/urn:t:b?join=flat')).to.deep.equal([B])
    })

    it('appends to a page what its entities link to, and none that it has already', async () => {
      expect(ids(await get('?type=Station&join=flat'))).to.deep.equal(['s1', 's2', 'a', 'b'])
      expect(ids(await get('?type=Station,Street&join=flat'))).to.deep.equal(['s1', 's2', 'a', 'b', 'w'])
      expect(ids(await get('?type=Station&join=flat&limit=1&offset=1'))).to.deep.equal(['s2', 'a'])
    })

    it('is a FeatureCollection, simplified entities, or entities with @context', async () => {
      const features = await get('/urn:t:place?join=flat', { Accept: 'application/geo+json' })
      expect(features.type).to.equal('FeatureCollection')
      expect(ids(features.features)).to.deep.equal(['place', 'b'])
      expect(features.features[1].geometry).to.equal(null)
      expect(await get('/urn:t:place?join=flat&format=simplified&pick=id,in')).to.deep.equal([
        { id: 'urn:t:place', in: 'urn:t:b' },
        { id: 'urn:t:b', type: 'Street', name: 'B' },
      ])
      const linked = await get('/urn:t:place?join=flat', { Accept: 'application/ld+json' })
      for (const entity of linked) expect(entity).to.have.property('@context')
    })
  })

  describe('6.4.3.2 and 6.5.3.1 join, joinLevel and containedBy', () => {
    it('containedBy: what the asker knows is not joined', async () => {
      const one = await get('/urn:t:s2?join=inline&joinLevel=2&containedBy=urn:t:w')
      expect(one.in.entity).to.deep.equal(A)
      expect(await get('/urn:t:s2?join=inline&joinLevel=1&containedBy=urn:t:a')).to.deep.equal(
        await get('/urn:t:s2'),
      )
      expect(ids(await get('/urn:t:s1?join=flat&joinLevel=2&containedBy=urn:t:a,urn:t:w'))).to.deep.equal([
        's1',
        'b',
      ])
    })

    it('join=@none joins nothing', async () => {
      expect(await get('/urn:t:s1?join=@none&joinLevel=3')).to.deep.equal(await get('/urn:t:s1'))
    })

    it('a Query body says it too (5.2.23)', async () => {
      const ask = (members: object) =>
        hub.send(QUERY, {
          method: 'POST',
          body: { type: 'Query', entities: [{ type: 'Station' }], ...members },
        })
      const { body } = await ask({ join: 'flat', joinLevel: 2, containedBy: ['urn:t:b'] })
      expect(ids(body)).to.deep.equal(['s1', 's2', 'a', 'w'])
      const nested = await ask({ join: 'inline', pick: ['id', 'in{name}'], q: 'in{name}=="A"' })
      expect(nested.body[1]).to.deep.equal({
        id: 'urn:t:s2',
        in: { ...relationship('urn:t:a'), entity: { name: property('A') } },
      })
      for (const members of [
        { join: 'all' },
        { join: 1 },
        { join: 'flat', joinLevel: 0 },
        { join: 'flat', joinLevel: 1.5 },
        { join: 'flat', joinLevel: '2' },
        { join: 'flat', containedBy: [] },
        { join: 'flat', containedBy: ['no uri'] },
        { pick: ['in{name}'] },
        { q: 'in{name}' },
      ]) {
        const answer = await ask(members)
        expect(answer.status, JSON.stringify(members)).to.equal(400)
        expect(answer.body.type).to.match(/BadRequestData$/)
      }
    })

    for (const [search, said] of [
      ['join=all', /join/],
      ['join=flat&joinLevel=0', /joinLevel/],
      ['join=flat&joinLevel=-1', /joinLevel/],
      ['join=flat&joinLevel=x', /joinLevel/],
      ['join=flat&containedBy=a%20b', /containedBy/],
      ['pick=in%7Bname%7D', /pick.*join/],
      ['omit=in%7Bname%7D&join=@none', /omit.*join/],
      ['pick=in%7Bward%7Bname%7D%7D&join=inline', /pick.*level 2.*joinLevel of 1/],
      ['omit=in%7Bward%7Bname%7D%7D&join=flat&joinLevel=1', /omit/],
    ] as const) {
      it(`400 for ${search}`, async () => {
        for (const path of [`/urn:t:s1?${search}`, `?type=Station&${search}`]) {
          const { status, body } = await hub.send(`${ENTITIES}${path}`)
          expect(status, path).to.equal(400)
          expect(body.type).to.match(/BadRequestData$/)
          expect(body.detail).to.match(said)
        }
      })
    }

    it('403 for more levels or linked entities than one answer may have', async () => {
      const level = await hub.send(`${ENTITIES}/urn:t:s1?join=flat&joinLevel=11`)
      expect([level.status, level.body.type]).to.deep.equal([
        403,
        'https://uri.etsi.org/ngsi-ld/errors/TooComplexQuery',
      ])
      const object = Array.from({ length: 61 }, (_, at) => `urn:t:many:${at}`)
      await hub.send(ENTITIES, {
        method: 'POST',
        body: { id: 'urn:t:many', type: 'Many', to: relationship(object) },
      })
      for (const join of ['flat', 'inline']) {
        const { status, body } = await hub.send(`${ENTITIES}/urn:t:many?join=${join}`)
        expect(status).to.equal(403)
        expect(body).to.include({ limit: 'joined', maximum: 60 })
      }
      expect((await hub.send(`${ENTITIES}/urn:t:many`)).status).to.equal(200)
    })
  })

  describe('4.21 NGSI-LD Attribute Projection Language, for linked entities', () => {
    it('pick: only relationships that are picked are followed', async () => {
      expect(await get('/urn:t:s2?join=inline&pick=id,name')).to.deep.equal({
        id: 'urn:t:s2',
        name: property('two'),
      })
      expect(ids(await get('/urn:t:s2?join=flat&pick=id,name'))).to.deep.equal(['s2'])
    })

    it('pick: what is nested says what of the linked entity is shown, level by level', async () => {
      expect(await get('/urn:t:s2?join=inline&joinLevel=2&pick=in%7Bid,ward%7Bname%7D%7D')).to.deep.equal({
        in: {
          ...relationship('urn:t:a'),
          entity: { id: 'urn:t:a', ward: { ...relationship('urn:t:w'), entity: { name: property('W') } } },
        },
      })
      expect(await get('/urn:t:s2?join=flat&joinLevel=2&pick=id,in%7Bid,name%7D')).to.deep.equal([
        { id: 'urn:t:s2', in: relationship('urn:t:a') },
        { id: 'urn:t:a', name: property('A') },
      ])
    })

    it('omit: what is nested is taken out of the linked entity alone', async () => {
      const { in: link, name } = await get(
        '/urn:t:s2?join=inline&joinLevel=2&omit=type,in%7Bname,ward%7Bname%7D%7D',
      )
      expect(name).to.deep.equal(property('two'))
      expect(link.entity).to.have.all.keys('id', 'type', 'ward')
      expect(link.entity.ward.entity).to.have.all.keys('id', 'type', 'first')
    })

    it('leaves out a linked entity of which nothing is left', async () => {
      expect(await get('/urn:t:s2?join=inline&pick=in%7Bnothing%7D')).to.deep.equal({
        in: relationship('urn:t:a'),
      })
      expect(await get('/urn:t:s2?join=flat&pick=in%7Bnothing%7D')).to.deep.equal([
        { in: relationship('urn:t:a') },
      ])
    })

    it('pick and omit may go on below the same relationship, with other names', async () => {
      const { in: link } = await get('/urn:t:s2?join=inline&pick=in%7Bid,name%7D&omit=in%7Bward%7D')
      expect(link.entity).to.deep.equal({ id: 'urn:t:a', name: property('A') })
      const both = await hub.send(`${ENTITIES}/urn:t:s2?join=inline&pick=in%7Bname%7D&omit=in%7Bname%7D`)
      expect(both.status).to.equal(400)
    })
  })

  describe('4.9 NGSI-LD Query Language, on linked entities', () => {
    const found = async (q: string, more = 'join=flat&joinLevel=3') =>
      ids(await get(`?type=Station&${more}&pick=id&q=${encodeURIComponent(q)}`))

    for (const [q, stations] of [
      ['in{name}=="A"', ['s1', 's2']],
      ['in{name}=="B"', []],
      ['near{name}=="B"', ['s1']],
      ['route{name}=="B"', ['s1']],
      ['in{Street:name}=="A"', ['s1', 's2']],
      ['in{Ward,Street:name}=="A"', ['s1', 's2']],
      ['in{Ward:name}=="A"', []],
      ['in{ward{name}}=="W"', ['s1', 's2']],
      ['in{Street:ward{Ward:name}}~="^W"', ['s1', 's2']],
      ['in{ward{first}}=="urn:t:s1"', ['s1', 's2']],
      ['in{ward{first{name}}}=="one"', ['s1', 's2']],
      ['sub.in{name}=="W"', ['s1']],
      ['lost{name}', []],
      ['!lost{name}', ['s1', 's2']],
      ['name=="two";in{name}=="A"', ['s2']],
      ['name=="two"|near{name}=="A"', ['s1', 's2']],
      ['name{x}', []],
    ] as const) {
      it(`${q} → ${stations.join(', ') || 'nothing'}`, async () => {
        expect(await found(q)).to.deep.equal(stations)
      })
    }

    it('counts what matches', async () => {
      const q = encodeURIComponent('in{name}=="A"')
      const { headers } = await hub.send(`${ENTITIES}?type=Station&join=inline&count=true&limit=1&q=${q}`)
      expect(headers['ngsild-results-count']).to.equal('2')
    })

    it('400 without join, or deeper than joinLevel (5.7.2.4)', async () => {
      for (const [q, more] of [
        ['in{name}', ''],
        ['in{name}', '&join=@none'],
        ['in{ward{name}}', '&join=inline'],
        ['name|in{ward{first{name}}}', '&join=flat&joinLevel=2'],
      ]) {
        const { status, body } = await hub.send(
          `${ENTITIES}?type=Station&q=${encodeURIComponent(q ?? '')}${more}`,
        )
        expect(status, q).to.equal(400)
        expect(body.type).to.match(/BadRequestData$/)
      }
      const purge = await hub.send(`${ENTITIES}?type=Station&q=${encodeURIComponent('in{name}')}`, {
        method: 'DELETE',
      })
      expect(purge.status).to.equal(400)
    })
  })

  describe('joined pages that are kept', () => {
    it('show every change of a linked entity at once, and no expired one', async () => {
      const expiry = Date.now() + 2000
      const soon = new Date(expiry).toISOString()
      const create = (body: object) => hub.send(ENTITIES, { method: 'POST', body })
      await create({ id: 'urn:t:k1', type: 'Kept', to: relationship('urn:t:k2') })
      await create({ id: 'urn:t:k2', type: 'Target', level: property(1) })
      await create({ id: 'urn:t:k3', type: 'Kept', to: relationship('urn:t:k4') })
      await create({ id: 'urn:t:k4', type: 'Target', level: property(1), expiresAt: soon })
      /** Tells what was answered unless k4 may have expired meanwhile: a machine may be slow. */
      const untilExpired = async <T>(asked: Promise<T>, expected: T) => {
        const answer = await asked
        if (Date.now() < expiry) expect(answer).to.deep.equal(expected)
      }
      const path = '?type=Kept&join=inline&format=simplified&pick=to'
      const q = `?type=Kept&join=flat&pick=id&q=${encodeURIComponent('to{level}==1')}`
      const level = (value: number, id: string) => ({ id, type: 'Target', level: value })
      for (let round = 0; round < 2; round++) {
        await untilExpired(get(path), [{ to: level(1, 'urn:t:k2') }, { to: level(1, 'urn:t:k4') }])
        await untilExpired(get(q).then(ids), ['k1', 'k3'])
      }
      await hub.send(`${ENTITIES}/urn:t:k2/attrs`, { method: 'PATCH', body: { level: property(2) } })
      expect((await get(path))[0]).to.deep.equal({ to: level(2, 'urn:t:k2') })
      await untilExpired(get(q).then(ids), ['k3'])
      await new Promise((resolve) => setTimeout(resolve, expiry + 50 - Date.now()))
      expect((await get(path))[1]).to.deep.equal({ to: 'urn:t:k4' })
      expect(ids(await get(q))).to.deep.equal([])
      await hub.send(`${ENTITIES}/urn:t:k2`, { method: 'DELETE' })
      expect((await get(path))[0]).to.deep.equal({ to: 'urn:t:k2' })
    })
  })
})
