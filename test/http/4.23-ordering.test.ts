import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const QUERY = '/ngsi-ld/v1/entityOperations/query'

const property = (value: unknown, more: object = {}) => ({ type: 'Property', value, ...more })
const point = (longitude: number, latitude: number) => ({
  type: 'GeoProperty',
  value: { type: 'Point', coordinates: [longitude, latitude] },
})

/** One entity of each kind of value, in the order of the standard (4.23.2). */
const MIXED: readonly (readonly [string, object])[] = [
  ['number', { it: property(-3) }],
  ['bigger', { it: property(20) }],
  ['string', { it: property('a') }],
  ['object', { it: property({ x: { y: 1 } }) }],
  ['array', { it: property([1, 2]) }],
  ['longer', { it: property([1, 2, 0]) }],
  ['boolean', { it: property(false) }],
  ['true', { it: property(true) }],
  ['time', { it: property('09:30:00Z') }],
  ['date', { it: property('2020-02-03') }],
  ['dateTime', { it: property('2019-02-03T00:00:00Z') }],
  ['later', { it: property({ '@type': 'DateTime', '@value': '2019-02-03T00:00:00.1Z' }) }],
  ['null', { it: property({ '@type': '@json', '@value': null }) }],
  ['absent', {}],
]

describe('4.23 Entity Ordering', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', 'limits.rows': 1500 })
    const create = (body: readonly object[]) =>
      hub.send('/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })
    const shuffled = MIXED.map(([id, members], at) => ({ at: (at * 5) % MIXED.length, id, members }))
      .sort((one, other) => one.at - other.at)
      .map(({ id, members }) => ({ id: `urn:t:${id}`, type: 'Mixed', ...members }))
    const answers = [
      await create(shuffled),
      await create([
        {
          id: 'urn:t:c',
          type: 'Shop',
          name: property('Chợ'),
          rank: property(2),
          address: property({ city: 'B' }),
          location: point(105.9, 21.6),
        },
        {
          id: 'urn:t:a',
          type: 'Shop',
          name: property('An'),
          rank: property(2),
          address: property({ city: 'C' }),
          location: point(105.8, 21.6),
          scope: '/b',
        },
        {
          id: 'urn:t:b',
          type: ['Shop', 'Bakery'],
          name: property('ăn', { observedAt: '2020-01-01T00:00:00Z' }),
          rank: property(1),
          location: point(106.5, 21.6),
          scope: '/a',
        },
        {
          id: 'urn:t:d',
          type: 'Shop',
          name: property('bò', { observedAt: '2019-01-01T00:00:00Z', grade: property(7) }),
          address: property({ city: 'A' }),
        },
      ]),
    ]
    for (const { status, text } of answers) expect(status, text).to.equal(201)
  })
  after(() => hub.stop())

  const ask = (search: string) => hub.send(`${ENTITIES}?${search}`)
  const order = async (search: string): Promise<readonly string[]> => {
    const { status, body, text } = await ask(search)
    expect(status, `${search} ${text}`).to.equal(200)
    return body.map(({ id }: { id: string }) => id.slice('urn:t:'.length))
  }

  describe('4.23.2 Datatype Comparison Order', () => {
    const kinds = MIXED.map(([id]) => id)
    it('values of different kinds come in the order of the standard', async () => {
      expect(await order('type=Mixed&local=true&orderBy=it')).to.deep.equal(kinds)
    })

    it('in descending order null and missing still come last', async () => {
      const values = kinds.slice(0, -2).reverse()
      expect(await order('type=Mixed&local=true&orderBy=it;desc')).to.deep.equal([
        ...values,
        'null',
        'absent',
      ])
    })

    it('by distance, GeoProperties come before all else, which is ordered by value', async () => {
      const from = 'orderFrom=[105.7,21.6]&local=true'
      expect(await order(`type=Shop&orderBy=location;dist-asc&${from}`)).to.deep.equal(['a', 'c', 'b', 'd'])
      expect(await order(`type=Shop&orderBy=location;dist-desc&${from}`)).to.deep.equal(['b', 'c', 'a', 'd'])
      expect(await order(`type=Shop&orderBy=rank;dist-asc&${from}`)).to.deep.equal(['b', 'a', 'c', 'd'])
    })
  })

  describe('4.23.3 NGSI-LD Entity Ordering Language', () => {
    for (const [orderBy, expected] of [
      ['id', 'abcd'],
      ['id;asc', 'abcd'],
      ['id;desc', 'dcba'],
      ['rank', 'bacd'],
      ['rank;desc', 'acbd'],
      ['rank,id;desc', 'bcad'],
      ['rank;desc,name', 'acbd'],
      ['address[city]', 'dcab'],
      ['address[city];desc', 'acdb'],
      ['address[nothing]', 'abcd'],
      ['name.observedAt', 'dbac'],
      ['name.observedAt;desc', 'bdac'],
      ['name.grade', 'dabc'],
      ['scope', 'bacd'],
      ['type', 'acdb'],
      ['createdAt,id;desc', 'dcba'],
      ['name', 'abdc'],
      ['name;desc', 'cdba'],
    ] as const) {
      it(`${orderBy} → ${expected}`, async () => {
        expect((await order(`type=Shop&local=true&orderBy=${orderBy}`)).join('')).to.equal(expected)
      })
    }

    for (const [collation, expected] of [
      ['und', 'abdc'],
      ['und-x-icu', 'abdc'],
      ['vi', 'abdc'],
      ['und-u-ks-level1', 'abdc'],
      ['en-u-kn-true-ks-identic', 'abdc'],
    ] as const) {
      it(`collation ${collation} is taken`, async () => {
        expect((await order(`type=Shop&local=true&orderBy=name&collation=${collation}`)).join('')).to.equal(
          expected,
        )
      })
    }

    it('orders by the distance from any geometry', async () => {
      const line = encodeURIComponent('[[106.4,21],[106.6,22]]')
      const search = `type=Shop&local=true&orderBy=location;dist-asc&orderGeometry=LineString&orderFrom=${line}`
      expect((await order(search)).join('')).to.equal('bcad')
    })
  })

  it('a Query body says it in `ordering` (5.2.43)', async () => {
    const send = (ordering: unknown) =>
      hub.send(`${QUERY}?local=true`, {
        method: 'POST',
        body: { type: 'Query', entities: [{ type: 'Shop' }], ordering },
      })
    const ids = async (ordering: object) =>
      (await send(ordering)).body.map(({ id }: { id: string }) => id.at(-1)).join('')
    expect(await ids({ orderBy: ['rank', 'id;desc'] })).to.equal('bcad')
    expect(await ids({ orderBy: ['location;dist-asc'], coordinates: [105.7, 21.6] })).to.equal('acbd')
    expect(
      await ids({ orderBy: ['location;dist-desc'], coordinates: [105.7, 21.6], geometry: 'Point' }),
    ).to.equal('bcad')
    expect(await ids({ orderBy: ['name'], collation: 'vi' })).to.equal('abdc')
    for (const ordering of [
      {},
      [],
      'name',
      { orderBy: [] },
      { orderBy: [3] },
      { orderBy: ['location;dist-asc'] },
      { orderBy: ['location;dist-asc'], coordinates: '8,40' },
      { orderBy: ['id'], geometry: 5 },
      { orderBy: ['id'], collation: 'not a tag!!' },
      { orderBy: ['id'], by: 'x' },
    ]) {
      const { status, body } = await send(ordering)
      expect(status, JSON.stringify(ordering)).to.equal(400)
      expect(body.type).to.match(/BadRequestData$/)
    }
  })

  for (const [search, said] of [
    ['orderBy=name;up', /orderBy/],
    ['orderBy=name;', /orderBy/],
    ['orderBy=name,', /orderBy/],
    ['orderBy=,name', /orderBy/],
    ['orderBy=name;asc;desc', /orderBy/],
    ['orderBy=in%7Bname%7D', /orderBy/],
    ['orderBy=id.x', /@id/],
    ['orderBy=location;dist-asc', /orderFrom/],
    ['orderBy=location;dist-asc&orderFrom=x', /orderFrom/],
    ['orderBy=location;dist-asc&orderFrom=[500,40]', /longitude/],
    ['orderBy=location;dist-asc&orderFrom=[8,40]&orderGeometry=LineString', /position|line/],
    ['orderBy=location;dist-asc&orderFrom=[8,40]&orderGeometry=GeometryCollection', /type/],
    ['orderBy=name&orderGeometry=Point', /orderFrom/],
    ['orderFrom=[8,40]', /orderBy/],
    ['collation=vi', /orderBy/],
    ['orderBy=name&collation=!!nope', /collation/],
    ['orderBy=name&collation=und-u-co-phonebk', /collation/],
    ['orderBy=name&collation=de-u-co-nonsense', /collation/],
    ['orderBy=name&collation=de-u-ca-buddhist', /collation/],
    ['orderBy=name&collation=de-u-ks-level9', /collation/],
  ] as const) {
    it(`400 for ${search}`, async () => {
      const { status, body } = await ask(`type=Shop&local=true&${search}`)
      expect(status, search).to.equal(400)
      expect(body.type).to.match(/BadRequestData$/)
      expect(body.detail).to.match(said)
    })
  }

  it('only in local scope: 400 when a source may have entities of the query too (5.7.2.4)', async () => {
    const registration = {
      id: 'urn:ngsi-ld:ContextSourceRegistration:order',
      type: 'ContextSourceRegistration',
      endpoint: 'http://127.0.0.1:1',
      information: [{ entities: [{ type: 'Elsewhere' }] }],
    }
    const { status, text } = await hub.send('/ngsi-ld/v1/csourceRegistrations', {
      method: 'POST',
      body: registration,
    })
    expect(status, text).to.equal(201)
    const refused = await ask('type=Elsewhere&orderBy=id')
    expect(refused.status).to.equal(400)
    expect(refused.body.type).to.match(/BadRequestData$/)
    expect(refused.body.detail).to.include('local=true')
    expect(await order('type=Elsewhere&orderBy=id&local=true')).to.deep.equal([])
    expect((await order('type=Shop&orderBy=id;desc')).join('')).to.equal('dcba')
  })

  it('pages by offset, each entity once, and counts', async () => {
    const { headers } = await ask('type=Mixed&local=true&orderBy=it;desc&limit=5&count=true')
    expect(headers['ngsild-results-count']).to.equal(String(MIXED.length))
    const all = await order('type=Mixed&local=true&orderBy=it;desc')
    const paged: string[] = []
    let search: string | undefined = 'type=Mixed&local=true&orderBy=it;desc&limit=5'
    while (search !== undefined) {
      paged.push(...(await order(search)))
      const link: string = [(await ask(search)).headers.link ?? []].flat().join(',')
      search = /\?([^>]*)>; rel="next"/.exec(link)?.[1]
    }
    expect(paged).to.deep.equal(all)
    expect(await order('type=Mixed&local=true&orderBy=it&offset=99')).to.deep.equal([])
  })

  it('orders a page that is kept anew after a change', async () => {
    const search = 'type=Moving&local=true&orderBy=at'
    for (const [id, at] of [
      ['m1', 1],
      ['m2', 2],
    ])
      await hub.send(ENTITIES, {
        method: 'POST',
        body: { id: `urn:t:${id}`, type: 'Moving', at: property(at) },
      })
    expect(await order(search)).to.deep.equal(['m1', 'm2'])
    expect(await order(search)).to.deep.equal(['m1', 'm2'])
    await hub.send(`${ENTITIES}/urn:t:m1/attrs`, { method: 'PATCH', body: { at: property(3) } })
    expect(await order(search)).to.deep.equal(['m2', 'm1'])
  })

  it('joins linked entities to an ordered page, after it', async () => {
    const body = [
      { id: 'urn:t:j1', type: 'Joined', n: property(2), to: { type: 'Relationship', object: 'urn:t:a' } },
      { id: 'urn:t:j2', type: 'Joined', n: property(1), to: { type: 'Relationship', object: 'urn:t:b' } },
    ]
    await hub.send('/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })
    expect(await order('type=Joined&local=true&orderBy=n&join=flat')).to.deep.equal(['j2', 'j1', 'b', 'a'])
  })

  it('403 when more would have to be looked at than a query may', async () => {
    const body = Array.from({ length: 1600 }, (_, at) => ({
      id: `urn:t:many:${at}`,
      type: at % 7 === 3 ? ['Many', 'Few'] : 'Many',
      n: property(at % 7),
    }))
    await hub.send('/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })
    const { status, body: problem } = await ask('type=Many&local=true&orderBy=n&limit=1')
    expect(status).to.equal(403)
    expect(problem.type).to.match(/TooComplexQuery$/)
    expect(await order('type=Few&local=true&orderBy=n,id;desc&limit=2')).to.deep.equal([
      'many:997',
      'many:990',
    ])
  })
})
