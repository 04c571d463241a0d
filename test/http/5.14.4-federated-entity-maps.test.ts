import { expect } from 'chai'
import { startTestHub, type TestAnswer, type TestHub, type TestRequest } from '../support/hub.ts'
import { type Source, sendJson, startSource } from '../unit/federation/support.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const MAPS = '/ngsi-ld/v1/entityMaps'

describe('5.14.4 EntityMaps over several hubs', () => {
  let province: TestHub
  /** A hub, which makes EntityMaps of its own. */
  let north: TestHub
  /** A broker that makes none, although its registration does not say so. */
  let south: Source
  let lines: Map<string, number>
  let broken = false
  let type: string
  let number = 0

  before(async () => {
    const start = (name: string) => startTestHub({ name, 'context.default': 'core' })
    ;[province, north] = await Promise.all([start('province'), start('north')])
    south = await startSource((_, response, url) => {
      if (broken) return void response.writeHead(500).end()
      const [, one] = /\/entities(?:\/(.+))?$/.exec(decodeURIComponent(url.pathname)) ?? []
      const asked = one === undefined ? url.searchParams.get('id')?.split(',') : [one]
      const found = [...lines].filter(([id]) => !asked || asked.includes(id))
      const entities = found.map(([id, value]) => ({ id, type, line: { type: 'Property', value } }))
      const makesNone = url.pathname.includes('/entityMaps')
      if (makesNone || (one !== undefined && !entities[0])) response.writeHead(404).end()
      else sendJson(response, one === undefined ? entities : entities[0])
    })
  })
  after(() => Promise.all([province.stop(), north.stop(), south.close()]))

  /** Buses 0 to 8: the north has 0, 3, 6, the south 1, 4, 7 and the province 2, 5, 8; the line of each is its number. */
  beforeEach(async () => {
    type = `Bus${++number}`
    broken = false
    lines = new Map([1, 4, 7].map((at) => [bus(at), at]))
    await put(north, [0, 3, 6])
    await put(province, [2, 5, 8])
    await register('north', north.url)
    await register('south', south.endpoint)
    ;(south.asked as unknown[]).length = 0
  })
  afterEach(async () => {
    for (const name of ['north', 'south'])
      await province.send(`/ngsi-ld/v1/csourceRegistrations/${registration(name)}`, { method: 'DELETE' })
  })

  const bus = (at: number) => `urn:${type}:${at}`
  const buses = (...at: number[]) => at.map(bus)
  const registration = (name: string) => `urn:r:${name}:${type}`
  const ids = ({ body }: TestAnswer): string[] => body.map(({ id }: { id: string }) => id)
  const location = ({ headers }: TestAnswer) => String(headers['ngsild-entitymap'])
  const warnings = ({ headers }: TestAnswer) => [headers['ngsild-warning'] ?? []].flat().join(', ')
  const query = (search: string, map?: string) =>
    province.send(`${ENTITIES}?type=${type}&${search}`, {
      headers: map === undefined ? {} : { 'NGSILD-EntityMap': map },
    })
  const through = (map: string, path: string, request: TestRequest = {}) =>
    province.send(path, { ...request, headers: { 'NGSILD-EntityMap': map } })
  const held = async (map: string) => (await province.send(map)).body

  async function put(hub: TestHub, numbers: readonly number[]): Promise<void> {
    const body = numbers.map((at) => ({ id: bus(at), type, line: at }))
    const { status, text } = await hub.send('/ngsi-ld/v1/entityOperations/upsert', { method: 'POST', body })
    expect(status, text).to.equal(201)
  }

  async function register(name: string, endpoint: string): Promise<void> {
    const body = {
      id: registration(name),
      type: 'ContextSourceRegistration',
      contextSourceAlias: name,
      endpoint,
      information: [{ entities: [{ type }] }],
    }
    const answer = await province.send('/ngsi-ld/v1/csourceRegistrations', { method: 'POST', body })
    expect(answer.status, answer.text).to.equal(201)
  }

  async function pages(search: string): Promise<readonly string[]> {
    let answer = await query(search)
    expect([answer.status, warnings(answer)]).to.deep.equal([201, ''])
    const map = location(answer)
    const seen = [...ids(answer)]
    for (let next = nextOf(answer); next !== undefined; next = nextOf(answer)) {
      answer = await province.send(next)
      expect([answer.status, location(answer)]).to.deep.equal([200, map])
      seen.push(...ids(answer))
    }
    return seen
  }

  it('holds who has which entity, and the maps of sources that make some', async () => {
    const { status, body } = await province.send(`${MAPS}?type=${type}`)
    expect(status).to.equal(201)
    const of = (at: number) => [[registration('north')], [registration('south')], ['@none']][at % 3]
    expect(body.entityMap).to.deep.equal(
      Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7, 8].map((at) => [bus(at), of(at)])),
    )
    expect(Object.keys(body.linkedMaps)).to.deep.equal([registration('north')])
    const there = await north.send(`${MAPS}/${body.linkedMaps[registration('north')]}`)
    expect(Object.keys(there.body.entityMap)).to.deep.equal(buses(0, 3, 6))
  })

  it('5.5.9.3 loses and repeats nothing between pages, whatever comes and goes at the sources', async () => {
    expect(await pages('limit=2&entityMap=true')).to.deep.equal(buses(0, 1, 2, 3, 4, 5, 6, 7, 8))
    const first = await query('limit=3&entityMap=true')
    await put(north, [9])
    await north.send(`${ENTITIES}/${bus(3)}`, { method: 'DELETE' })
    lines.delete(bus(4))
    const second = await province.send(String(nextOf(first)))
    expect(ids(second)).to.deep.equal(buses(5, 6, 7))
    expect(Object.keys((await held(location(first))).entityMap)).to.deep.equal(buses(0, 1, 2, 5, 6, 7, 8))
    expect(ids(await province.send(String(nextOf(second))))).to.deep.equal(buses(8))
  })

  it('asks the sources of a page alone, and by ids', async () => {
    const map = location(await query('limit=1&entityMap=true'))
    ;(south.asked as unknown[]).length = 0
    expect(ids(await query('limit=2&offset=7', map))).to.deep.equal(buses(7, 8))
    expect(south.asked.map(({ url }) => url.searchParams.get('id'))).to.deep.equal([bus(7)])
    expect(ids(await query(`id=${bus(2)},${bus(9)}`, map))).to.deep.equal(buses(2))
    expect(south.asked).to.have.length(1)
  })

  it('judges filters on what comes together, and removes what does not match any more', async () => {
    const first = await query('q=line>2&limit=1&count=true&entityMap=true')
    expect([ids(first), first.headers['ngsild-results-count']]).to.deep.equal([buses(3), '6'])
    lines.set(bus(4), 0)
    const map = location(first)
    const rest = await query('q=line>2&count=true', map)
    expect([ids(rest), rest.headers['ngsild-results-count']]).to.deep.equal([buses(3, 5, 6, 7, 8), '5'])
    expect(Object.keys((await held(map)).entityMap)).to.deep.equal(buses(3, 5, 6, 7, 8))
    const other = await query('q=line>6&count=true&limit=1', map)
    expect([ids(other), other.headers['ngsild-results-count']]).to.deep.equal([buses(7), '2'])
    expect(Object.keys((await held(map)).entityMap)).to.have.length(5)
  })

  it('4.3.6.7 holds unjudged what may be in parts, and judges it page by page', async () => {
    const upsert = { id: bus(1), type, seats: 40 }
    await province.send('/ngsi-ld/v1/entityOperations/upsert', { method: 'POST', body: [upsert] })
    const first = await query('q=line<4;seats==40&splitEntities=true&limit=1&count=true&entityMap=true')
    expect(ids(first)).to.deep.equal([bus(1)])
    expect(warnings(first)).to.contain('not all of which were judged yet')
    const { entityMap } = await held(location(first))
    expect(entityMap[bus(1)]).to.deep.equal(['@none', registration('south')])
    expect(Object.keys(entityMap)).to.deep.equal(buses(0, 1, 3, 4, 6, 7))
    const again = await query('q=line<4;seats==40&splitEntities=true', location(first))
    expect(ids(again)).to.deep.equal([bus(1)])
    expect(Object.keys((await held(location(first))).entityMap)).to.deep.equal([bus(1)])
  })

  it('keeps what a silent source has, and warns', async () => {
    const map = location(await query('limit=1&entityMap=true'))
    broken = true
    const page = await query('limit=9', map)
    expect(ids(page)).to.deep.equal(buses(0, 2, 3, 5, 6, 8))
    expect(warnings(page)).to.match(/^299 province "Source south /)
    broken = false
    expect(ids(await query('limit=9', map))).to.deep.equal(buses(0, 1, 2, 3, 4, 5, 6, 7, 8))
  })

  it('goes on by ids where a source lost its own map', async () => {
    const map = location(await query('limit=1&entityMap=true'))
    const { linkedMaps } = await held(map)
    await north.send(`${MAPS}/${linkedMaps[registration('north')]}`, { method: 'DELETE' })
    expect(ids(await query('limit=4', map))).to.deep.equal(buses(0, 1, 2, 3))
    expect(await held(map)).to.not.have.property('linkedMaps')
    expect(ids(await query('limit=9', map))).to.deep.equal(buses(0, 1, 2, 3, 4, 5, 6, 7, 8))
  })

  it('shows with local=true what is held here, and removes nothing', async () => {
    const map = location(await query('limit=1&entityMap=true'))
    expect(ids(await query('local=true', map))).to.deep.equal(buses(2, 5, 8))
    expect(Object.keys((await held(map)).entityMap)).to.have.length(9)
    const ordered = await query('orderBy=line;desc', map)
    expect(ordered.status).to.equal(400)
  })

  it('5.7.1.4 asks for one entity who holds it', async () => {
    const made = await province.send(`${ENTITIES}/${bus(1)}?entityMap=true`)
    expect(made.status).to.equal(200)
    expect((await held(location(made))).entityMap).to.deep.equal({ [bus(1)]: [registration('south')] })
    const map = location(await query('limit=1&entityMap=true'))
    ;(south.asked as unknown[]).length = 0
    for (const at of [0, 2]) {
      const answer = await through(map, `${ENTITIES}/${bus(at)}`)
      expect([answer.status, answer.body.line.value, location(answer)]).to.deep.equal([200, at, map])
    }
    expect(south.asked).to.deep.equal([])
    expect((await through(map, `${ENTITIES}/${bus(7)}`)).status).to.equal(200)
    expect(south.asked).to.have.length(1)
  })
})

function nextOf({ headers }: TestAnswer): string | undefined {
  return /<([^>]+)>; rel="next"/.exec(String(headers.link))?.[1]
}
