import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { logLines, startTestHub, type TestAnswer, type TestHub, type TestRequest } from '../support/hub.ts'
import { micros } from '../support/micros.ts'

const REGISTRATIONS = '/ngsi-ld/v1/csourceRegistrations'
const CITY = 'https://example.org/city/'

const whole = {
  type: 'ContextSourceRegistration',
  endpoint: 'http://source.example:1026',
  information: [{ entities: [{ type: 'Bus' }], propertyNames: ['speed'], relationshipNames: ['line'] }],
}

describe('5.9 Context Source Registration', () => {
  let hub: TestHub
  let number = 0
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', name: 'province' })
  })
  after(() => hub.stop())

  const nextId = () => `urn:r:${++number}`
  const at = (id: string, rest = '') => `${REGISTRATIONS}/${id}${rest}`
  const create = (members: object, request: Partial<TestRequest> = {}) =>
    hub.send(REGISTRATIONS, { method: 'POST', body: { ...whole, ...members }, ...request })
  const patch = (id: string, body: object) => hub.send(at(id), { method: 'PATCH', body })
  const find = async (search: string) =>
    (await hub.send(`${REGISTRATIONS}?${search}`)).body.map((item: { id: string }) => item.id)

  async function created(members: object = {}, request: Partial<TestRequest> = {}): Promise<string> {
    const id = nextId()
    const answer = await create({ id, ...members }, request)
    expect(answer.status, answer.text).to.equal(201)
    return id
  }

  it('5.9.2 creates one, says where it is, and answers it as it was given', async () => {
    const id = nextId()
    const members = {
      id,
      registrationName: 'City buses',
      contextSourceAlias: 'city',
      scope: ['/thaiNguyen/bus'],
      location: { type: 'Point', coordinates: [105.8, 21.5] },
      management: { timeout: 500, cooldown: 1000, localOnly: true },
      operations: ['retrieveOps'],
      tenant: 'city',
      expiresAt: '2099-01-01T00:00:00Z',
      quality: { type: 'Property', value: 5, checkedBy: { type: 'Relationship', object: 'urn:p:1' } },
    }
    const answer = await create(members)
    expect(answer.status).to.equal(201)
    expect(answer.headers.location).to.equal(at(id))
    expect(answer.text).to.equal('')
    expect((await hub.send(at(id))).body).to.deep.equal({ ...whole, ...members })
  })

  it('5.9.2 gives an id to one that has none', async () => {
    const { headers } = await create({})
    expect(headers.location).to.match(
      /^\/ngsi-ld\/v1\/csourceRegistrations\/urn:ngsi-ld:ContextSourceRegistration:[0-9a-f-]{36}$/,
    )
  })

  it('5.9.2 refuses an id that is taken, whatever else the body says', async () => {
    const answer = await create({ id: await created(), endpoint: 'http://other.example' })
    expect(answer.status).to.equal(409)
    expect(answer.body.type).to.equal('https://uri.etsi.org/ngsi-ld/errors/AlreadyExists')
  })

  it('5.9.2 ignores members that only the hub writes', async () => {
    const id = await created({ status: 'failed', timesSent: 9, createdAt: '2000-01-01T00:00:00Z' })
    const { body } = await hub.send(at(id, '?options=sysAttrs'))
    expect(body).to.not.have.any.keys('status', 'timesSent')
    expect(body.createdAt)
      .to.match(/^20[2-9]/)
      .and.to.equal(body.modifiedAt)
    expect((await hub.send(at(id))).body).to.not.have.any.keys('createdAt', 'modifiedAt')
  })

  const refused: readonly [string, object | string][] = [
    ['an array', '[]'],
    ['another type', { type: 'Subscription' }],
    ['no endpoint', { endpoint: null }],
    ['an endpoint that is no URL', { endpoint: 'here' }],
    ['an endpoint that is no web address', { endpoint: 'file:///etc/passwd' }],
    ['an endpoint with credentials', { endpoint: 'http://a:b@source.example' }],
    ['no information', { information: [] }],
    ['an empty RegistrationInfo', { information: [{}] }],
    ['an empty list of entities', { information: [{ entities: [] }] }],
    ['an empty EntityInfo', { information: [{ entities: [{}] }] }],
    ['an empty list of names', { information: [{ propertyNames: [] }] }],
    ['an unknown member of RegistrationInfo', { information: [{ names: ['speed'] }] }],
    ['an entity id that is no URI', { information: [{ entities: [{ type: 'Bus', id: 'bus 1' }] }] }],
    ['an id pattern that is none', { information: [{ entities: [{ type: 'Bus', idPattern: '(' }] }] }],
    ['a type that is no name', { information: [{ entities: [{ type: 'Bus<' }] }] }],
    ['an id that is no URI', { id: 'one two' }],
    ['an unknown mode', { mode: 'excluding' }],
    ['the endpoint of the hub itself', { endpoint: '$HUB' }],
    ['an unknown operation', { operations: ['stealEntity'] }],
    ['no operation at all', { operations: [] }],
    ['an alias that cannot stand in Via', { contextSourceAlias: 'city hub' }],
    ['a tenant that is no name', { tenant: '../x' }],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['an expiry that is no time', { expiresAt: 'tomorrow' }],
    ['a location that is no geometry', { location: { type: 'Point', coordinates: 'here' } }],
    ['a scope that is none', { scope: '/a//b' }],
    ['a datasetId that is no URI', { datasetId: ['one'] }],
    ['an interval without start', { observationInterval: { endAt: '2020-01-01T00:00:00Z' } }],
    [
      'an interval that ends before it starts',
      { managementInterval: { startAt: '2021-01-01T00:00:00Z', endAt: '2020-01-01T00:00:00Z' } },
    ],
    ['a refresh rate that is no duration', { refreshRate: '5 minutes' }],
    ['a timeout of 0', { management: { timeout: 0 } }],
    ['an unknown member of management', { management: { retries: 3 } }],
    ['a pair without value', { contextSourceInfo: [{ key: 'X-A' }] }],
    ['a header that would split', { contextSourceInfo: [{ key: 'X-A', value: 'a\r\nX-B: b' }] }],
    ['a key that is no header', { contextSourceInfo: [{ key: 'X A', value: 'a' }] }],
    ['an accept that sources need not have', { contextSourceInfo: [{ key: 'accept', value: 'text/html' }] }],
    ['a conformance that is no version', { contextSourceInfo: [{ key: 'ngsildConformance', value: 'new' }] }],
    ['a @context that is no URL', { contextSourceInfo: [{ key: 'jsonldContext', value: 'x' }] }],
    ['a property of its own that is none', { quality: { type: 'Property' } }],
    ['a name that is none', { '<b>': 5 }],
    ['a null', { description: null }],
  ]
  for (const [title, members] of refused) {
    it(`5.9.2 refuses ${title}`, async () => {
      const given = JSON.stringify({ ...whole, id: nextId(), ...Object(members) }).replace('$HUB', hub.url)
      const body = typeof members === 'string' ? members : given
      const answer = await hub.send(REGISTRATIONS, { method: 'POST', body })
      expect(answer.status, answer.text).to.equal(400)
      expect(answer.body.type).to.equal('https://uri.etsi.org/ngsi-ld/errors/BadRequestData')
      expect(answer.body.detail).to.be.a('string').and.not.to.equal(answer.body.title)
    })
  }

  it('5.9.3 replaces what is given, keeps the rest and removes by null', async () => {
    const id = await created({ description: 'old', expiresAt: '2099-01-01T00:00:00Z', quality: 5 })
    expect(
      (await patch(id, { description: 'new', expiresAt: null, quality: 'urn:ngsi-ld:null' })).status,
    ).to.equal(204)
    expect((await hub.send(at(id))).body).to.deep.equal({ ...whole, id, description: 'new' })
    const { body } = await hub.send(at(id, '?options=sysAttrs'))
    expect(micros(body.modifiedAt)).to.be.greaterThan(micros(body.createdAt))
  })

  const badPatches: readonly [string, object, number][] = [
    ['removes the endpoint', { endpoint: null }, 400],
    ['removes the information', { information: 'urn:ngsi-ld:null' }, 400],
    ['removes the type', { type: null }, 400],
    ['changes the id', { id: 'urn:r:other' }, 400],
    ['sets an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 400],
    ['changes to a mode whose demands it does not meet', { mode: 'exclusive' }, 400],
  ]
  for (const [title, body, status] of badPatches) {
    it(`5.9.3 refuses a fragment that ${title}, and changes nothing`, async () => {
      const id = await created()
      expect((await patch(id, { description: 'never', ...body })).status).to.equal(status)
      expect((await hub.send(at(id))).body).to.deep.equal({ ...whole, id })
    })
  }

  it('5.9.4 deletes one, once', async () => {
    const id = await created()
    expect((await hub.send(at(id), { method: 'DELETE' })).status).to.equal(204)
    expect((await hub.send(at(id), { method: 'DELETE' })).status).to.equal(404)
    expect((await hub.send(at(id))).status).to.equal(404)
    expect((await patch(id, { description: 'x' })).status).to.equal(404)
    expect(await find(`id=urn:b:1&type=Bus`)).to.not.include(id)
  })

  it('5.10.1 tells an unknown id from one that is no URI', async () => {
    expect((await hub.send(at('urn:r:none'))).status).to.equal(404)
    expect((await hub.send(at('none'))).status).to.equal(400)
  })

  it('5.9.2 lets one that has expired be gone at once, and its id be free again', async () => {
    const id = await created({
      expiresAt: new Date(Date.now() + 300).toISOString(),
      information: [{ entities: [{ type: 'Balloon' }] }],
    })
    expect(await find('type=Balloon')).to.deep.equal([id])
    await new Promise((resolve) => setTimeout(resolve, 350))
    expect((await hub.send(at(id))).status).to.equal(404)
    expect(await find('type=Balloon')).to.deep.equal([])
    expect((await create({ id })).status).to.equal(201)
  })

  it('5.5.7 expands on the way in and compacts with the @context of each call', async () => {
    const context = [{ Bus: `${CITY}Bus`, speed: `${CITY}speed`, quality: `${CITY}quality` }]
    const headers = { 'content-type': 'application/ld+json' }
    const id = await created({ '@context': context, quality: 5 }, { headers })
    const { body } = await hub.send(at(id))
    expect(body.information).to.deep.equal([
      { entities: [{ type: `${CITY}Bus` }], propertyNames: [`${CITY}speed`], relationshipNames: ['line'] },
    ])
    expect(body[`${CITY}quality`]).to.equal(5)
    expect(body).to.not.have.any.keys('@context', 'quality')
    expect(await find(`type=${encodeURIComponent(`${CITY}Bus`)}`)).to.include(id)
    expect(await find('type=Bus')).to.not.include(id)
  })

  it('5.10.1 puts the @context where the representation wants it', async () => {
    const id = await created()
    const plain = await hub.send(at(id))
    expect(plain.headers.link).to.match(
      /^<[^>]+>; rel="http:\/\/www.w3.org\/ns\/json-ld#context"; type="application\/ld\+json"$/,
    )
    const linked = await hub.send(at(id), { headers: { accept: 'application/ld+json' } })
    expect(linked.body).to.have.property('@context')
    expect(linked.headers).to.not.have.property('link')
  })

  it('keeps credentials but never shows nor logs them', async () => {
    const contextSourceInfo = [
      { key: 'Authorization', value: 'Bearer s3cret-of-source' },
      { key: 'X-Auth', value: 's3cret-of-another-name' },
      { key: 'Cookie', value: 'urn:ngsi-ld:request' },
      { key: 'accept', value: 'application/json' },
    ]
    const id = await created({ contextSourceInfo })
    const { body, text } = await hub.send(at(id))
    expect(body.contextSourceInfo).to.deep.equal([
      { key: 'Authorization', value: '***' },
      { key: 'X-Auth', value: '***' },
      ...contextSourceInfo.slice(2),
    ])
    expect(text).to.not.include('s3cret')
    expect((await hub.send(`${REGISTRATIONS}?type=Bus&limit=1000`)).text).to.not.include('s3cret')
    expect((await hub.send('/hub/v1/federation')).text).to.not.include('s3cret')
    expect(logLines.join('\n')).to.not.include('s3cret')
    expect((await patch(id, { description: 'told twice' })).status).to.equal(204)
    const records = await hub.running.store.log(DEFAULT_TENANT, 0, 10_000)
    expect(JSON.stringify(records)).to.not.include('s3cret')
    expect(records.filter((record) => record.id === id).map(({ action }) => action)).to.deep.equal([
      'created',
      'updated',
    ])
    const stored = await hub.running.store.document(DEFAULT_TENANT, 'registration', id)
    expect(JSON.stringify(stored)).to.not.include('s3cret')
    expect((await hub.send(at(id))).body).to.not.have.property('sealed')
  })

  it('credentials do not follow the endpoint to another server', async () => {
    const id = await created({ contextSourceInfo: [{ key: 'Authorization', value: 'Bearer s3cret' }] })
    expect((await patch(id, { endpoint: 'http://thief.example' })).status).to.equal(400)
    expect((await patch(id, { endpoint: 'http://source.example:1026/new' })).status).to.equal(204)
    expect((await patch(id, { endpoint: 'http://new.example', contextSourceInfo: [] })).status).to.equal(204)
    expect(
      (await patch(id, { contextSourceInfo: [{ key: 'Authorization', value: '***' }] })).status,
    ).to.equal(400)
  })

  describe('5.10.2 Query CSource Registrations', () => {
    let trams: readonly string[]
    before(async () => {
      trams = [
        await created({
          information: [{ entities: [{ type: 'Tram', id: 'urn:t:1' }], propertyNames: ['speed'] }],
          scope: '/city/tram',
          quality: 5,
        }),
        await created({
          information: [{ entities: [{ type: 'Tram', idPattern: '^urn:t:' }] }],
          location: { type: 'Point', coordinates: [105.8, 21.5] },
        }),
        await created({
          information: [{ entities: [{ type: 'Tram' }] }],
          observationInterval: { startAt: '2020-01-01T00:00:00Z', endAt: '2021-01-01T00:00:00Z' },
        }),
      ]
    })

    const cases: readonly [string, string, readonly number[]][] = [
      ['by type: those of the current state', 'type=Tram', [0, 1]],
      ['by type and id', 'type=Tram&id=urn:t:2', [1]],
      ['by type and pattern', 'type=Tram&idPattern=:t:', [0, 1]],
      ['by an attribute: also those open to any', 'type=Tram&attrs=speed', [0, 1]],
      ['by an attribute that one does not have', 'type=Tram&attrs=colour', [1]],
      ['by the attributes that q looks at', 'type=Tram&q=colour==5', [1]],
      ['by scope', 'type=Tram&scopeQ=/city/%23', [0]],
      [
        'by area',
        'type=Tram&georel=within&geometry=Polygon&coordinates=[[[105,21],[106,21],[106,22],[105,22],[105,21]]]',
        [1],
      ],
      ['by another area', 'type=Tram&georel=near;maxDistance==1000&geometry=Point&coordinates=[105,20]', []],
      ['by its own property', 'type=Tram&csf=quality==5', [0]],
      ['by its own property, another value', 'type=Tram&csf=quality==6', []],
      ['by time: sources of history', 'type=Tram&timerel=before&timeAt=2020-06-01T00:00:00Z', [2]],
      ['by a time that they do not have', 'type=Tram&timerel=after&timeAt=2022-06-01T00:00:00Z', []],
      [
        'by an overlapping time',
        'type=Tram&timerel=between&timeAt=2020-12-01T00:00:00Z&endTimeAt=2022-01-01T00:00:00Z',
        [2],
      ],
      [
        'by a time of the other kind',
        'type=Tram&timerel=before&timeAt=2020-06-01T00:00:00Z&timeproperty=modifiedAt',
        [],
      ],
      ['by an unknown type', 'type=Ship', []],
    ]
    for (const [title, search, expected] of cases) {
      it(title, async () => expect(await find(search)).to.deep.equal(expected.map((index) => trams[index])))
    }

    it('pages with links that keep the parameters, and counts', async () => {
      const first = await hub.send(`${REGISTRATIONS}?type=Tram&limit=1&count=true`)
      expect(first.body).to.have.length(1)
      expect(first.headers['ngsild-results-count']).to.equal('2')
      const links = [first.headers.link].flat().join(', ')
      expect(links).to.match(
        /<\/ngsi-ld\/v1\/csourceRegistrations\?count=true&limit=1&offset=1&type=Tram>; rel="next"; type="application\/json"/,
      )
      expect(links).to.not.include('rel="prev"')
      const last = await hub.send(`${REGISTRATIONS}?type=Tram&limit=1&offset=1`)
      expect([last.headers.link].flat().join(', ')).to.include('rel="prev"').and.not.include('rel="next"')
      expect(last.body[0].id).to.equal(trams[1])
    })

    const bad: readonly [string, string, string][] = [
      ['nothing selected', '', 'BadRequestData'],
      ['scope alone', '?scopeQ=/city', 'BadRequestData'],
      ['an id that is no URI', '?id=x', 'BadRequestData'],
      ['a time without relation', '?type=Tram&timeAt=2020-06-01T00:00:00Z', 'BadRequestData'],
      ['between without an end', '?type=Tram&timerel=between&timeAt=2020-06-01T00:00:00Z', 'BadRequestData'],
      ['an unknown option', '?type=Tram&options=keyValues', 'InvalidRequest'],
      ['an unknown parameter', '?type=Tram&invalidParams=1', 'InvalidRequest'],
    ]
    for (const [title, search, type] of bad) {
      it(`refuses ${title}`, async () => {
        const answer = await hub.send(`${REGISTRATIONS}${search}`)
        expect(answer.status).to.equal(400)
        expect(answer.body.type).to.equal(`https://uri.etsi.org/ngsi-ld/errors/${type}`)
      })
    }
  })

  it('4.14 keeps tenants apart, and a registration creates its tenant', async () => {
    const headers = { 'NGSILD-Tenant': 'city-a' }
    const missing = await hub.send(at('urn:r:none'), { headers })
    expect(missing.body.type).to.equal('https://uri.etsi.org/ngsi-ld/errors/NonexistentTenant')
    const id = await created({ information: [{ entities: [{ type: 'Ferry' }] }] }, { headers })
    expect((await hub.send(at(id), { headers })).status).to.equal(200)
    expect((await hub.send(at(id))).status).to.equal(404)
    expect(await find('type=Ferry')).to.deep.equal([])
  })

  it('405 names the verbs there are', async () => {
    const answer: TestAnswer = await hub.send(at('urn:r:1'), { method: 'PUT', body: {} })
    expect(answer.status).to.equal(405)
    expect(answer.headers.allow).to.include('GET').and.include('PATCH').and.include('DELETE')
  })

  it('5.15.1 says who the hub is, each tenant by its own alias', async () => {
    const { body, status } = await hub.send('/ngsi-ld/v1/info/sourceIdentity')
    expect(status).to.equal(200)
    expect(body).to.include({ type: 'ContextSourceIdentity', contextSourceAlias: 'province' })
    expect(body.contextSourceUptime).to.match(/^PT\d+S$/)
    expect(Math.abs(Date.parse(body.contextSourceTimeAt) - Date.now())).to.be.below(5000)
    await created({}, { headers: { 'NGSILD-Tenant': 'city-b' } })
    const other = await hub.send('/ngsi-ld/v1/info/sourceIdentity', {
      headers: { 'NGSILD-Tenant': 'city-b' },
    })
    expect(other.body.contextSourceAlias).to.equal('province.city-b')
  })
})
