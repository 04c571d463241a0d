import { expect } from 'chai'
import { logLines, startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const REGISTRATIONS = '/ngsi-ld/v1/csourceRegistrations'

/** Reads the values of the NGSILD-Warning headers. */
function warnings({
  headers,
}: {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}): string {
  return [headers['ngsild-warning']].flat().join(', ')
}

describe('e2e: a province over two cities', () => {
  let province: TestHub
  let north: TestHub
  let south: TestHub
  beforeEach(async () => {
    const start = (name: string) =>
      startTestHub({ name, 'context.default': 'core', 'federation.timeout': 500 })
    ;[province, north, south] = await Promise.all([start('province'), start('north'), start('south')])
    for (const [name, city] of [
      ['north', north],
      ['south', south],
    ] as const)
      await register(province, name, city.url)
  })
  afterEach(() => Promise.all([province.stop(), north.stop(), south.stop()]))

  async function register(at: TestHub, name: string, endpoint: string, members: object = {}): Promise<void> {
    const { status, text } = await at.send(REGISTRATIONS, {
      method: 'POST',
      body: {
        id: `urn:r:${name}`,
        type: 'ContextSourceRegistration',
        contextSourceAlias: name,
        endpoint,
        information: [{ entities: [{ type: 'Bus' }] }],
        ...members,
      },
    })
    expect(status, text).to.equal(201)
  }

  async function put(hub: TestHub, id: string, members: object, type = 'Bus'): Promise<void> {
    const { status, text } = await hub.send(ENTITIES, { method: 'POST', body: { id, type, ...members } })
    expect(status, text).to.equal(201)
  }

  const speed = (value: number, observedAt: string) => ({ speed: { type: 'Property', value, observedAt } })
  const query = async (search: string, hub = province) => hub.send(`${ENTITIES}?${search}`)
  const ids = (body: readonly { id: string }[]) => body.map(({ id }) => id)

  it('5.7.2 answers one page of all hubs, in the order of the ids', async () => {
    await put(north, 'urn:b:3', { line: 3 })
    await put(south, 'urn:b:1', { line: 1 })
    await put(province, 'urn:b:2', { line: 2 })
    const { body, headers } = await query('type=Bus')
    expect(ids(body)).to.deep.equal(['urn:b:1', 'urn:b:2', 'urn:b:3'])
    expect(headers).to.not.have.property('ngsild-warning')
    expect(ids((await query('type=Bus&local=true')).body)).to.deep.equal(['urn:b:2'])
  })

  it('5.7.1 puts an entity together from its parts, the latest observation of each attribute', async () => {
    await put(north, 'urn:b:1', { ...speed(10, '2026-01-01T08:00:00Z'), line: 1 })
    await put(south, 'urn:b:1', { ...speed(20, '2026-01-01T09:00:00Z'), colour: 'red' })
    const { body, status } = await province.send(`${ENTITIES}/urn:b:1`)
    expect(status).to.equal(200)
    expect(body.speed).to.deep.equal({ type: 'Property', value: 20, observedAt: '2026-01-01T09:00:00Z' })
    expect(body.line.value).to.equal(1)
    expect(body.colour.value).to.equal('red')
    const page = await query('type=Bus')
    expect(page.body).to.deep.equal([body])
  })

  it('filters at the source and at home alike', async () => {
    await put(north, 'urn:b:1', { line: 1 })
    await put(south, 'urn:b:2', { line: 2 })
    expect(ids((await query('type=Bus&q=line==2')).body)).to.deep.equal(['urn:b:2'])
    expect(ids((await query('type=Bus&attrs=line&q=line>0')).body)).to.deep.equal(['urn:b:1', 'urn:b:2'])
    expect((await query('type=Bus&q=line==9')).body).to.deep.equal([])
  })

  it('pages over all hubs by offset, without a gap and without a double', async () => {
    for (let number = 0; number < 7; number++) {
      await put(number % 2 ? north : south, `urn:b:${number}`, { line: number })
      if (number % 3 === 0) await put(province, `urn:b:${number}`, { colour: 'red' })
    }
    const found: string[] = []
    for (let offset = 0; offset < 8; offset += 2)
      found.push(...ids((await query(`type=Bus&limit=2&offset=${offset}`)).body))
    expect(found).to.deep.equal([0, 1, 2, 3, 4, 5, 6].map((number) => `urn:b:${number}`))
  })

  it('does not ask a city for what it did not register', async () => {
    await put(north, 'urn:tram:1', { line: 1 }, 'Tram')
    expect((await query('type=Tram')).body).to.deep.equal([])
    expect((await province.send(`${ENTITIES}/urn:tram:1`)).status).to.equal(404)
  })

  it('6.3.17 answers without a city that is down, and warns', async () => {
    await put(south, 'urn:b:1', { line: 1 })
    await north.stop()
    const answer = await query('type=Bus')
    expect(answer.status).to.equal(200)
    expect(ids(answer.body)).to.deep.equal(['urn:b:1'])
    expect(warnings(answer)).to.equal('199 province "Source north could not be reached"')
    const one = await province.send(`${ENTITIES}/urn:b:1`)
    expect(one.status).to.equal(200)
    expect(warnings(one)).to.match(/^199 /)
    const none = await province.send(`${ENTITIES}/urn:b:none`)
    expect(none.status).to.equal(404)
    expect(warnings(none)).to.match(/^199 /)
    north = await startTestHub()
  })

  it('4.3.6.4 hubs that registered each other answer, whoever is asked', async () => {
    await register(north, 'province', province.url)
    await register(south, 'province', province.url, { contextSourceAlias: 'not-its-alias' })
    await put(north, 'urn:b:1', { line: 1 })
    await put(south, 'urn:b:2', { line: 2 })
    for (const hub of [province, north, south]) {
      const answer = await query('type=Bus', hub)
      expect(ids(answer.body)).to.deep.equal(['urn:b:1', 'urn:b:2'])
    }
  })

  it('4.3.6.4 a write goes round once among hubs that registered each other', async () => {
    const all = { operations: ['redirectionOps'], management: { timeout: 15_000 } }
    // nobody knows the real alias of the other, so that only Via tells
    await register(province, 'writes-north', north.url, { ...all, contextSourceAlias: 'one' })
    await register(province, 'writes-south', south.url, { ...all, contextSourceAlias: 'two' })
    for (const city of [north, south])
      await register(city, 'writes', province.url, { ...all, contextSourceAlias: 'three' })
    await put(north, 'urn:b:1', { line: 1 })
    const hubs = [province, north, south]
    const kept = async (id: string) => {
      const answers = await Promise.all(
        hubs.map((hub) => hub.send(`${ENTITIES}/${id}?local=true&options=sysAttrs`)),
      )
      return answers.map(({ body }) => ({ line: body.line?.value, once: body.createdAt === body.modifiedAt }))
    }
    expect(await kept('urn:b:1')).to.deep.equal(hubs.map(() => ({ line: 1, once: true })))
    const patch = { method: 'PATCH', body: { line: 2 } } as const
    expect((await south.send(`${ENTITIES}/urn:b:1/attrs`, patch)).status).to.equal(204)
    expect((await kept('urn:b:1')).map(({ line }) => line)).to.deep.equal([2, 2, 2])
    expect((await province.send(`${ENTITIES}/urn:b:1`, { method: 'DELETE' })).status).to.equal(204)
    expect((await north.send(`${ENTITIES}/urn:b:1`, { method: 'DELETE' })).status).to.equal(404)
    expect((await query('type=Bus')).body).to.deep.equal([])
  })

  it('a registration counts at once, and no more when it is gone', async () => {
    await put(north, 'urn:b:1', { line: 1 })
    await province.send(`${REGISTRATIONS}/urn:r:north`, { method: 'DELETE' })
    expect((await query('type=Bus')).body).to.deep.equal([])
    await register(province, 'north', north.url, { information: [{ entities: [{ type: 'Tram' }] }] })
    expect((await query('type=Bus')).body).to.deep.equal([])
    const information = [{ entities: [{ type: 'Bus' }] }]
    await province.send(`${REGISTRATIONS}/urn:r:north`, { method: 'PATCH', body: { information } })
    expect(ids((await query('type=Bus')).body)).to.deep.equal(['urn:b:1'])
  })

  it('4.3.6.5 hands on a header of the request where the registration says so', async () => {
    const contextSourceInfo = [
      { key: 'NGSILD-Tenant', value: 'urn:ngsi-ld:request' },
      { key: 'X-Request-Id', value: 'urn:ngsi-ld:request' },
    ]
    await register(province, 'again', north.url, { contextSourceInfo })
    await province.send(`${ENTITIES}?type=Bus`, { headers: { 'X-Request-Id': 'handed-on-through' } })
    const lines = logLines.filter((line) => line.includes('handed-on-through'))
    expect(lines).to.have.length(2)
  })

  it('4.14 asks the tenant of the registration, never that of the client', async () => {
    const headers = { 'NGSILD-Tenant': 'here' }
    const bus = { id: 'urn:b:1', type: 'Bus', line: 1 }
    await north.send(ENTITIES, { method: 'POST', body: bus, headers: { 'NGSILD-Tenant': 'there' } })
    await north.send(ENTITIES, { method: 'POST', body: { ...bus, id: 'urn:b:2' }, headers })
    const body = {
      type: 'ContextSourceRegistration',
      endpoint: `${north.url}/ngsi-ld/v1`,
      tenant: 'there',
      information: [{ entities: [{ type: 'Bus' }] }],
    }
    await province.send(REGISTRATIONS, { method: 'POST', body, headers })
    const answer = await province.send(`${ENTITIES}?type=Bus`, { headers })
    expect(ids(answer.body)).to.deep.equal(['urn:b:1'])
  })

  it('shows how its sources are doing', async () => {
    await query('type=Bus')
    await south.stop()
    await query('type=Bus')
    const { body } = await province.send('/hub/v1/federation')
    const byAlias = Object.fromEntries(
      body.sources.map((source: { alias: string }) => [source.alias, source]),
    )
    expect(byAlias.north).to.include({
      id: 'urn:r:north',
      endpoint: north.url,
      mode: 'inclusive',
      status: 'ok',
      timesSent: 2,
      timesFailed: 0,
    })
    expect(byAlias.south).to.include({ status: 'failed', timesSent: 2, timesFailed: 1 })
    expect(byAlias.south.lastFailure).to.match(/Z$/)
    const registration = await province.send(`${REGISTRATIONS}/urn:r:south`)
    expect(registration.body).to.include({ status: 'failed', timesSent: 2, timesFailed: 1 })
    south = await startTestHub()
  })
})
