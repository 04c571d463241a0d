import { expect } from 'chai'
import { at, between, EVOLUTIONS, minuteOf, provide } from '../support/history.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

interface Told {
  readonly id: string
  readonly [name: string]: unknown
}

const place = (minute: number, coordinates: readonly number[]) => ({
  type: 'GeoProperty',
  value: { type: 'Point', coordinates },
  observedAt: minuteOf(minute),
})

describe('5.7.4 Query Temporal Evolution of Entities', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
    await provide(hub, {
      id: 'urn:t:a',
      type: 'Thing',
      level: [at(1, 10), at(10, 90)],
      name: [at(1, 'x')],
      location: [place(1, [105.8, 21.5]), place(10, [0, 0])],
    })
    await provide(hub, { id: 'urn:t:b', type: 'Thing', level: [at(2, 50), at(3, 20)] })
    await provide(hub, { id: 'urn:t:c', type: 'Other', level: [at(20, 50)] })
    await provide(hub, { id: 'urn:t:d', type: 'Thing', name: [at(2, 'y')] })
    await provide(hub, {
      id: 'urn:t:scoped',
      type: 'Scoped',
      scope: [at(5, '/a'), at(8, '/b')],
      level: [at(4, 4), at(6, 6), at(9, 9)],
    })
  })
  after(() => hub.stop())

  const query = async (search: string): Promise<readonly Told[]> => {
    const { status, body, text } = await hub.send(`${EVOLUTIONS}?${search}`)
    expect(status, text).to.equal(200)
    return body
  }
  const ids = async (search: string) =>
    (await query(search)).map(({ id }) => id.slice('urn:t:'.length)).join()

  it('answers entities that have instances at that time, with these', async () => {
    const [a, b, d, ...rest] = await query(`type=Thing&${between(1, 5)}&format=temporalValues`)
    expect(rest).to.deep.equal([])
    expect(a?.level).to.deep.equal({ type: 'Property', values: [[10, minuteOf(1)]] })
    expect(b?.level).to.deep.equal({
      type: 'Property',
      values: [
        [50, minuteOf(2)],
        [20, minuteOf(3)],
      ],
    })
    expect(d?.name).to.deep.equal({ type: 'Property', values: [['y', minuteOf(2)]] })
  })

  it('selects by ids, patterns, types and attributes', async () => {
    for (const [search, found] of [
      ['type=Thing', 'a,b,d'],
      ['type=Thing,Other', 'a,b,c,d'],
      ['type=*', 'a,b,c,d,scoped'],
      ['local=true&id=urn:t:c,urn:t:a,urn:t:none', 'a,c'],
      ['local=true&idPattern=[bc]$', 'b,c'],
      ['attrs=name', 'a,d'],
      ['attrs=none', ''],
    ] as const)
      expect(await ids(`${search}&${between(0, 59)}`), search).to.equal(found)
  })

  it('judges q on any instance of that time, and answers all of them', async () => {
    expect(await ids(`type=Thing&q=level>40&${between(0, 59)}`)).to.equal('a,b')
    expect(await ids(`type=Thing&q=level>40&${between(0, 5)}`)).to.equal('b')
    expect(await ids(`type=Thing&q=level==10;level==90&${between(0, 59)}`)).to.equal('a')
    expect(await ids(`type=Thing&q=!level&${between(0, 59)}`)).to.equal('d')
    const [b] = await query(`type=Thing&q=level==50&${between(0, 5)}&format=temporalValues`)
    expect(b?.level).to.have.nested.property('values.length', 2)
  })

  it('judges a geoquery on the places of that time', async () => {
    const near = 'georel=near;maxDistance==1000&geometry=Point&coordinates=[105.8,21.5]'
    expect(await ids(`${near}&${between(0, 5)}`)).to.equal('a')
    expect(await ids(`${near}&${between(5, 59)}`)).to.equal('')
  })

  it('judges a scope query by when scopes were valid, and answers what was then', async () => {
    const levels = async (search: string) =>
      (await query(`type=Scoped&${search}&pick=level&format=temporalValues`)).flatMap(({ level }) =>
        (level as { values: [number][] }).values.map(([value]) => value),
      )
    expect(await levels(`scopeQ=/a&${between(0, 59)}`)).to.deep.equal([6])
    expect(await levels(`scopeQ=/b&${between(0, 59)}`)).to.deep.equal([9])
    expect(await levels(`scopeQ=/b&${between(9, 59)}`)).to.deep.equal([9])
    expect(await ids(`type=Scoped&scopeQ=/c&${between(0, 59)}`)).to.equal('')
    expect(await ids(`type=Scoped&scopeQ=/a&${between(9, 59)}`)).to.equal('')
  })

  it('keeps an entity whose members are all that is wanted of it', async () => {
    expect(await query(`type=Other&pick=id&${between(0, 59)}`)).to.deep.equal([{ id: 'urn:t:c' }])
    expect(await query(`type=Other&pick=id&${between(0, 9)}`)).to.deep.equal([])
  })

  it('pages through entities by sealed links, by offset, and counts', async () => {
    const seen: string[] = []
    let path: string | undefined = `${EVOLUTIONS}?type=Thing&${between(0, 59)}&limit=1&count=true`
    while (path !== undefined) {
      const { body, headers }: Awaited<ReturnType<TestHub['send']>> = await hub.send(path)
      expect(headers['ngsild-results-count']).to.equal('3')
      seen.push(...body.map(({ id }: Told) => id))
      path = /<([^>]+)>;\s*rel="next"/.exec([headers.link].flat().join(', '))?.[1]
    }
    expect(seen).to.deep.equal(['urn:t:a', 'urn:t:b', 'urn:t:d'])
    expect(await ids(`type=Thing&${between(0, 59)}&limit=2&offset=1`)).to.equal('b,d')
    expect(await ids(`type=Thing&${between(0, 59)}&limit=2&offset=3`)).to.equal('')
    const none = await hub.send(`${EVOLUTIONS}?type=Thing&${between(0, 59)}&limit=0&count=true`)
    expect([none.body.length, none.headers['ngsild-results-count']]).to.deep.equal([0, '3'])
    const wrong = await hub.send(`${EVOLUTIONS}?type=Thing&${between(0, 59)}&after=urn:t:a`)
    expect(wrong.status).to.equal(400)
  })

  it('orders by id, both ways', async () => {
    expect(await ids(`type=Thing&${between(0, 59)}&orderBy=id;desc`)).to.equal('d,b,a')
    expect(await ids(`type=Thing&${between(0, 59)}&orderBy=id;desc&limit=1&offset=1`)).to.equal('b')
    expect(await ids(`type=Thing&${between(0, 59)}&orderBy=id&collation=vi`)).to.equal('a,b,d')
    expect((await hub.send(`${EVOLUTIONS}?type=Thing&${between(0, 59)}&orderBy=level`)).status).to.equal(400)
  })

  it('takes the same as a body', async () => {
    const post = (body: object, search = '') =>
      hub.send(`/ngsi-ld/v1/temporal/entityOperations/query?${search}`, { method: 'POST', body })
    const temporalQ = { timerel: 'between', timeAt: minuteOf(0), endTimeAt: minuteOf(59) }
    const entities = [{ type: 'Thing', idPattern: '[ab]$' }, { type: 'Other' }]
    const all = await post({ type: 'Query', entities, temporalQ }, 'format=temporalValues')
    expect(all.status, all.text).to.equal(200)
    expect(all.body.map(({ id }: Told) => id)).to.deep.equal(['urn:t:a', 'urn:t:b', 'urn:t:c'])
    const last = await post({
      type: 'Query',
      entities: [{ type: 'Thing' }],
      q: 'level>40',
      pick: ['level'],
      temporalQ: { ...temporalQ, lastN: 1 },
    })
    expect(last.body.map(({ level }: { level: { value: number }[] }) => level[0]?.value)).to.deep.equal([
      90, 20,
    ])
    for (const body of [
      { type: 'Query', entities },
      { type: 'Query', temporalQ },
      { type: 'Query', entities, temporalQ: { ...temporalQ, lastN: 0 } },
      { type: 'Query', entities, temporalQ: { ...temporalQ, more: 1 } },
    ])
      expect((await post(body)).status, JSON.stringify(body)).to.equal(400)
  })

  it('finds what the entities interface wrote, at once, by when it was written', async () => {
    const body = { id: 'urn:t:now', type: 'Now', level: { type: 'Property', value: 1 } }
    await hub.send('/ngsi-ld/v1/entities', { method: 'POST', body })
    const since = 'type=Now&timerel=after&timeAt=2026-01-01T00:00:00Z'
    expect(await ids(`${since}&timeproperty=modifiedAt`)).to.equal('now')
    expect(await ids(since)).to.equal('')
    await hub.send('/ngsi-ld/v1/entities/urn:t:now', { method: 'DELETE' })
    expect(await ids(`${since}&timeproperty=deletedAt`)).to.equal('now')
  })

  it('refuses a query without time, too wide a one, and what looks into linked entities', async () => {
    for (const search of [
      'type=Thing',
      'type=Thing&timeproperty=modifiedAt',
      between(0, 59),
      `id=urn:t:a&${between(0, 59)}`,
      `attrs=createdAt&${between(0, 59)}`,
      `type=*&local=false&${between(0, 59)}`,
      `type=Thing&q=owner{name}=="x"&${between(0, 59)}`,
      `type=Thing&pick=owner{name}&${between(0, 59)}`,
      `type=Thing&q=level>&${between(0, 59)}`,
      `type=Thing&csf=))(&${between(0, 59)}`,
    ]) {
      const { status, body } = await hub.send(`${EVOLUTIONS}?${search}`)
      expect([status, body.type], search).to.deep.equal([
        400,
        'https://uri.etsi.org/ngsi-ld/errors/BadRequestData',
      ])
    }
  })

  it('is empty for a tenant of its own, and 404 for one that is not there', async () => {
    const search = `${EVOLUTIONS}?type=Thing&${between(0, 59)}`
    const headers = { 'NGSILD-Tenant': 'nobody' }
    expect((await hub.send(search, { headers })).status).to.equal(404)
  })
})
