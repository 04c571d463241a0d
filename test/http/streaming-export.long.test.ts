import { expect } from 'chai'
import { request } from 'undici'
import type { Store } from '../../broker/store/port/store.ts'
import { logLines, startTestHub, type TestHub } from '../support/hub.ts'
import { slowClient, standStill } from '../support/slow-client.ts'
import { LOADING_MILLISECONDS, onMongo } from '../support/store-of-tests.ts'
import { until } from '../support/until.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const QUERY = '/ngsi-ld/v1/entityOperations/query'
const LINES = { Accept: 'application/x-ndjson' }
const RECORDS = { Accept: 'application/geo+json-seq' }

/** More than a query may look at; a server without indexes looks at all of them whenever it is asked. */
const TOTAL = onMongo ? 6000 : 20_000
const BATCH = 1000
const MOST_ROWS = 5000
/** Larger in all than what sockets hold on their own. */
const PADDING = 'x'.repeat(onMongo ? 3000 : 1200)

describe('Export: all matches of a query as a stream (NDJSON, RFC 8142)', function () {
  this.timeout(LOADING_MILLISECONDS)
  let hub: TestHub
  let probe: Probe

  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', 'limits.rows': MOST_ROWS, 'limits.exports': 2 })
    for (let at = 0; at < TOTAL; at += BATCH) {
      const body = Array.from({ length: BATCH }, (_, index) => room(at + index))
      const { status } = await hub.send('/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })
      expect(status).to.equal(201)
    }
    probe = probeQueries(hub.running.store)
  })
  afterEach(() => probe.reset())
  after(() => hub.stop())

  const room = (at: number) => ({
    id: `urn:t:${at}`,
    type: 'Room',
    level: { type: 'Property', value: at },
    note: { type: 'Property', value: PADDING },
    ...(at < 2 && { location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105, 21] } } }),
  })
  const lines = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  const ask = (query: string, headers: Record<string, string> = LINES) =>
    hub.send(`${ENTITIES}?${query}`, { headers })

  it('has every match once, far beyond a page and the rows that a query may look at', async () => {
    const { status, headers, text } = await ask('type=Room')
    expect(status).to.equal(200)
    expect(headers['content-type']).to.equal('application/x-ndjson')
    expect(headers.link).to.match(/^<[^>]+>; rel="http:\/\/www.w3.org\/ns\/json-ld#context"/)
    expect(headers['content-length']).to.equal(undefined)
    const entities = lines(text)
    expect(entities).to.have.length(TOTAL)
    expect(new Set(entities.map(({ id }) => id)).size).to.equal(TOTAL)
    expect(entities[3]).to.deep.equal(room(3))
    expect(text).not.to.contain('@context')
    expect(Math.max(...probe.sizes)).to.be.at.most(1000)
  })

  it('writes Features as records of RFC 8142', async () => {
    const { status, headers, text } = await ask('type=Room&limit=150&format=simplified&omit=note', RECORDS)
    expect(status).to.equal(200)
    expect(headers['content-type']).to.equal('application/geo+json-seq')
    const records = text.split('\u001e')
    expect(records.shift()).to.equal('')
    expect(records).to.have.length(150)
    expect(records.every((record) => record.endsWith('}\n'))).to.equal(true)
    expect(JSON.parse(records[1] ?? '')).to.deep.equal({
      id: 'urn:t:1',
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [105, 21] },
      properties: { type: 'Room', level: 1, location: { type: 'Point', coordinates: [105, 21] } },
    })
  })

  it('obeys filters, projection, limit and version like a query', async () => {
    const some = await ask('type=Room&q=level==5..9&pick=id,level&format=concise&limit=3')
    expect(lines(some.text)).to.deep.equal([5, 6, 7].map((level) => ({ id: `urn:t:${level}`, level })))
    const body = { type: 'Query', entities: [{ type: 'Room' }], q: `level>${TOTAL - 3}`, pick: ['id'] }
    const posted = await hub.send(QUERY, { method: 'POST', body, headers: LINES })
    expect(lines(posted.text)).to.deep.equal([{ id: `urn:t:${TOTAL - 2}` }, { id: `urn:t:${TOTAL - 1}` }])
    const none = await ask('type=Room&q=level<0')
    expect([none.status, none.text]).to.deep.equal([200, ''])
    const earlier = await ask('type=Room&limit=1', { ...LINES, Prefer: 'ngsi-ld=1.3' })
    expect([earlier.status, earlier.headers['preference-applied']]).to.deep.equal([203, 'ngsi-ld=1.3'])
  })

  it('goes on where a query would look at too much', async () => {
    const query = `type=Room&idPattern=:${TOTAL - 124}$&pick=id`
    expect((await ask(query, { Accept: 'application/json' })).status).to.equal(403)
    expect(lines((await ask(query)).text)).to.deep.equal([{ id: `urn:t:${TOTAL - 124}` }])
  })

  it('refuses what only pages have, and what selects too much', async () => {
    for (const [query, type] of [
      ['type=Room&offset=5', 'InvalidRequest'],
      ['type=Room&count=true', 'InvalidRequest'],
      ['type=Room&after=x', 'InvalidRequest'],
      ['type=Room&local=true&orderBy=level', 'InvalidRequest'],
      ['type=Room&join=inline', 'InvalidRequest'],
      ['type=Room&entityMap=true', 'InvalidRequest'],
      ['type=Room&limit=0', 'BadRequestData'],
      ['type=Room&limit=-1', 'BadRequestData'],
      ['id=urn:t:1', 'BadRequestData'],
    ]) {
      const { status, headers, body } = await ask(query ?? '')
      expect([status, headers['content-type']], query).to.deep.equal([400, 'application/json'])
      expect(body.type, query).to.equal(`https://uri.etsi.org/ngsi-ld/errors/${type}`)
    }
  })

  it('is chosen by its name alone, and named where nothing fits', async () => {
    for (const accept of [
      '*/*',
      'application/*',
      'application/x-ndjson;q=0.5, application/*',
      'application/x-ndjson, application/json',
    ])
      expect((await ask('type=Room&limit=1', { Accept: accept })).headers['content-type']).to.equal(
        'application/json',
      )
    const weighed = await ask('type=Room&limit=1', { Accept: '*/*;q=0.5, application/x-ndjson' })
    expect(weighed.headers['content-type']).to.equal('application/x-ndjson')
    const refused = await ask('type=Room', { Accept: 'text/csv' })
    expect(refused.status).to.equal(406)
    expect(refused.body.available).to.include.members([
      'application/json',
      'application/x-ndjson',
      'application/geo+json-seq',
    ])
    expect((await hub.send(`${ENTITIES}/urn:t:1`, { headers: LINES })).status).to.equal(406)
  })

  it('answers HEAD without running', async () => {
    const { status, headers, text } = await hub.send(`${ENTITIES}?type=Room`, {
      method: 'HEAD',
      headers: LINES,
    })
    expect([status, text]).to.deep.equal([200, ''])
    expect(headers['content-type']).to.equal('application/x-ndjson')
    expect(probe.pages).to.equal(0)
  })

  it('reads no further than its client does, and all of it once the client goes on', async () => {
    const { socket, received } = slowClient(hub, `${ENTITIES}?type=Room`, LINES.Accept)
    await until('the first page', () => probe.pages > 0)
    await standStill(() => probe.pages)
    expect(probe.rows).to.be.lessThan(TOTAL / 2)
    socket.resume()
    await until('the end', () => received().endsWith('0\r\n\r\n'), LOADING_MILLISECONDS)
    expect(probe.rows).to.equal(TOTAL)
    expect(received().match(/"id":"urn:t:/g)).to.have.length(TOTAL)
    socket.destroy()
  })

  it('stops when its client goes away, and makes room for others', async () => {
    const first = slowClient(hub, `${ENTITIES}?type=Room`, LINES.Accept)
    const second = slowClient(hub, `${ENTITIES}?type=Room`, LINES.Accept)
    await until('both to begin', () => probe.pages > 1)
    await standStill(() => probe.pages)
    const busy = await ask('type=Room&limit=1')
    expect([busy.status, busy.headers['retry-after']]).to.deep.equal([429, '10'])
    first.socket.destroy()
    second.socket.destroy()
    const before = probe.rows
    await until('room', async () => (await ask('type=Room&limit=1')).status === 200)
    await standStill(() => probe.rows)
    expect(probe.rows - before).to.be.lessThan(TOTAL / 2)
  })

  it('cuts the connection when something fails on the way', async () => {
    const logged = logLines.length
    probe.failAt = 3
    const { statusCode, body } = await request(`${hub.url}${ENTITIES}?type=Room`, { headers: LINES })
    expect(statusCode).to.equal(200)
    const outcome = await body.text().then(
      () => 'a clean end',
      () => 'a broken one',
    )
    expect(outcome).to.equal('a broken one')
    const failures = () => logLines.slice(logged).filter((line) => line.includes('request failed'))
    await until('the log', () => failures().length > 0)
    expect(failures()).to.have.length(1)
  })

  it('holds as many entities at once as their size allows', async () => {
    const body = Array.from({ length: 150 }, (_, at) => ({
      id: `urn:l:${at}`,
      type: 'Large',
      note: { type: 'Property', value: PADDING.repeat(50) },
    }))
    await hub.send('/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })
    expect(lines((await ask('type=Large')).text)).to.have.length(150)
    expect(probe.sizes.slice(1).every((rows) => rows <= 17)).to.equal(true)
  })

  it('answers what fails before the first entity as a problem', async () => {
    probe.failAt = 1
    const { status, headers, body } = await ask('type=Room')
    expect([status, headers['content-type']]).to.deep.equal([500, 'application/json'])
    expect(body.type).to.equal('https://uri.etsi.org/ngsi-ld/errors/InternalError')
  })

  it('is of this hub alone: where others may have more, local=true says so', async () => {
    const registration = {
      type: 'ContextSourceRegistration',
      endpoint: 'http://127.0.0.1:9/',
      information: [{ entities: [{ type: 'Shared' }] }],
    }
    const created = await hub.send('/ngsi-ld/v1/csourceRegistrations', { method: 'POST', body: registration })
    expect(created.status).to.equal(201)
    const shared = await ask('type=Shared')
    expect(shared.status).to.equal(400)
    expect(shared.body.detail).to.contain('local=true')
    expect((await ask('type=Shared&local=true')).status).to.equal(200)
    expect((await ask('type=Room&limit=1')).status).to.equal(200)
    expect((await ask('type=*&limit=1')).status).to.equal(200)
  })
})

interface Probe {
  /** Pages and rows that the store has handed out; rows of each page. */
  pages: number
  rows: number
  sizes: number[]
  /** The page of this number fails. */
  failAt: number
  reset(): void
}

/** Counts what a store hands out, and lets one page of it fail. */
function probeQueries(store: Store): Probe {
  const query = store.query.bind(store)
  const fresh = () => ({ pages: 0, rows: 0, sizes: [], failAt: 0 })
  const probe: Probe = { ...fresh(), reset: () => void Object.assign(probe, fresh()) }
  store.query = async (tenant, plan) => {
    // the hub looks for alerts that end by itself, now and then
    if (plan.maxRows !== MOST_ROWS) return query(tenant, plan)
    probe.pages++
    if (probe.pages === probe.failAt) throw new Error('Disk is gone')
    const page = await query(tenant, plan)
    probe.rows += page.rows.length
    probe.sizes.push(page.rows.length)
    return page
  }
  return probe
}
