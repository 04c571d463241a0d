import { expect } from 'chai'
import {
  type Client,
  clientCredentials,
  createClient,
  etagOf,
  HubProblem,
  LoginFault,
  valueIn,
} from '../../openapi/client/client.ts'
import { type ClientHub, minute, SECRET, startClientHub, stationId } from '../support/client-hub.ts'
import type { TestHub } from '../support/hub.ts'

describe('e2e: client', () => {
  let started: ClientHub
  let hub: TestHub
  let client: Client
  let asked: string[]
  before(async () => {
    started = await startClientHub()
    ;({ hub, client, asked } = started)
  })
  after(() => started?.stop())
  beforeEach(() => {
    asked.length = 0
  })

  it('gets one token for all who ask at the same time, and another when the hub takes it no more', async () => {
    const fresh = clientCredentials(started.credentials)
    const other = createClient({ url: hub.url, token: fresh, fetch: started.credentials.fetch })
    await Promise.all([1, 2, 3].map((at) => other.entities.retrieve('AirQualityObserved', stationId(at))))
    expect(asked.filter((path) => path.endsWith('POST /oidc/token'))).to.have.length(1)
    const authorization = `Basic ${btoa(['application', SECRET].map(encodeURIComponent).join(':'))}`
    const body = new URLSearchParams({ token: await fresh({}), token_type_hint: 'access_token' })
    expect(
      (await fetch(`${hub.url}/oidc/token/revocation`, { method: 'POST', headers: { authorization }, body }))
        .status,
    ).to.equal(200)
    asked.length = 0
    await other.entities.retrieve('AirQualityObserved', stationId(9))
    expect(asked.map((path) => path.slice(0, 8))).to.deep.equal(['401 GET ', '200 POST', '200 GET '])
  })

  it('says why an issuer gives no token', async () => {
    const wrong = createClient({
      url: hub.url,
      token: clientCredentials({ ...started.credentials, clientSecret: 'guessed' }),
    })
    const fault = await wrong.entities
      .query('*')
      .first()
      .catch((caught: unknown) => caught)
    expect(fault).to.be.instanceOf(LoginFault).and.include({ error: 'invalid_client' })
  })

  it('finds what a query was built to find, page by page', async () => {
    const query = client.entities.query('AirQualityObserved', {
      format: 'simplified',
      pick: ['id', 'pm25'],
      limit: 4,
      count: true,
      q: (attribute) =>
        attribute('pm25')
          .greaterOrEqual(10)
          .and(
            attribute('name').contains('" \\ (Ph'),
            attribute('pm25')
              .member('observedAt')
              .less(new Date(minute(21))),
          ),
    })
    const values: (number | undefined)[] = []
    for await (const { pm25 } of query) values.push(pm25)
    expect(values).to.have.members([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]).and.have.length(11)
    expect(asked).to.have.length(3)
    const { count, items, warnings } = await query.first()
    expect([count, items.length, warnings]).to.deep.equal([11, 4, []])
    const pages: number[] = []
    for await (const page of query.pages()) pages.push(page.items.length)
    expect(pages).to.deep.equal([4, 4, 3])
  })

  it('finds by place and by scope, exports what there is, and knows one value by its unit', async () => {
    const near = client.entities.query('AirQualityObserved', {
      geo: { relation: 'near', maxDistance: 3000, geometry: { type: 'Point', coordinates: [105.8, 21.6] } },
    })
    expect((await near.all()).map(({ id }) => id)).to.have.members([0, 1, 2].map(stationId))
    const centre = await client.entities
      .query('AirQualityObserved', { scope: [['/+/Centre', '/ThaiNguyen/#']] })
      .all()
    expect(centre).to.have.length(5)
    const [first] = centre
    const pm25 = first?.pm25
    const unit = pm25 && 'unitCode' in pm25 ? pm25.unitCode : undefined
    expect([unit, valueIn(pm25)]).to.deep.equal(['GQ', 0])
    const ids: string[] = []
    for await (const { id } of client.entities.export('AirQualityObserved', {
      format: 'concise',
      pick: ['id'],
    }))
      ids.push(id)
    expect(ids).to.have.length(25)
  })

  it('reads an entity anew only when it changed, and writes on the state that it saw', async () => {
    const retrieve = () => client.entities.retrieve('AirQualityObserved', stationId(20))
    const first = await retrieve()
    expect(await retrieve()).to.equal(first)
    await client.entities.merge(
      'AirQualityObserved',
      stationId(20),
      { pm25: { value: 21, unitCode: 'GQ' } },
      { ifMatch: etagOf(first) },
    )
    const second = await retrieve()
    expect([valueIn(first.pm25), valueIn(second.pm25)]).to.deep.equal([20, 21])
    expect(asked.filter((path) => path.includes('GET')).map((path) => path.slice(0, 3))).to.deep.equal([
      '200',
      '304',
      '200',
    ])
    const late = await client.entities
      .delete(stationId(20), { ifMatch: etagOf(first) })
      .catch((caught: unknown) => caught)
    expect(HubProblem.is(late, 'PreconditionFailed')).to.equal(true)
  })

  it('loses no change of several writers', async () => {
    await client.entities.create({ id: stationId('counted'), type: 'AirQualityObserved', pm10: 0 })
    const add = () =>
      client.entities.change('AirQualityObserved', stationId('counted'), ({ pm10 }) => ({
        pm10: Number(valueIn(pm10)) + 1,
      }))
    await Promise.all([add(), add(), add(), add()])
    const { pm10 } = await client.entities.retrieve('AirQualityObserved', stationId('counted'), {
      format: 'keyValues',
    })
    expect(pm10).to.equal(4)
    await client.entities.merge('AirQualityObserved', stationId('counted'), { pm10: null })
    expect(await client.entities.retrieve('AirQualityObserved', stationId('counted'))).to.not.have.property(
      'pm10',
    )
    expect(await client.entities.deleteAll([stationId('counted')])).to.deep.equal({
      success: [stationId('counted')],
      errors: [],
    })
  })

  it('throws what the hub refuses, by its kind', async () => {
    const twice = await client.entities
      .create({ id: stationId(1), type: 'AirQualityObserved' })
      .catch((caught: unknown) => caught)
    expect(HubProblem.is(twice, 'AlreadyExists')).to.equal(true)
    const wrong = await client.entities
      .query('*', { q: 'a==' })
      .first()
      .catch((caught: unknown) => caught)
    if (!HubProblem.is(wrong, 'BadRequestData')) throw wrong
    expect(wrong.members.position).to.equal(3)
    const none = await client.api
      .GET('/ngsi-ld/v1/subscriptions/{id}', { params: { path: { id: 'urn:none' } } })
      .catch((caught: unknown) => caught)
    expect(HubProblem.is(none, 'ResourceNotFound')).to.equal(true)
  })

  it('works with types and vocabularies that it does not know', async () => {
    const context = { Spaceship: 'https://example.org/Spaceship', crew: 'https://example.org/crew' }
    await client.entities.create({ '@context': context, id: 'urn:x:ship', type: 'Spaceship', crew: 3 })
    const [ship] = await client.entities
      .query('https://example.org/Spaceship', {
        format: 'simplified',
        q: (attribute) => attribute('https://example.org/crew').equal(3),
      })
      .all()
    expect(ship).to.deep.equal({
      id: 'urn:x:ship',
      type: 'https://example.org/Spaceship',
      'https://example.org/crew': 3,
    })
  })

  it('reads all of a history that the hub tells in parts, each value once', async () => {
    const past = Array.from({ length: 12 }, (_, at) => ({
      type: 'Property',
      value: at,
      observedAt: minute(at),
    }))
    for (const [id, instances] of [
      ['past', past],
      ['short', past.slice(0, 2)],
    ] as const)
      await client.api.POST('/ngsi-ld/v1/temporal/entities', {
        body: { id: stationId(id), type: 'AirQualityObserved', no2: instances },
      })
    const values: unknown[] = []
    const parts = client.temporal.retrieve('AirQualityObserved', stationId('past'), {
      format: 'temporalValues',
      from: minute(0),
    })
    for await (const { no2 } of parts) values.push(...(no2?.values.map(([value]) => value) ?? []))
    expect(values).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(asked.slice(2).map((path) => path.slice(0, 3))).to.deep.equal(['206', '206', '200'])

    const many = new Map<string, number[]>()
    const query = client.temporal.query('AirQualityObserved', {
      from: new Date(minute(0)),
      to: minute(11),
      limit: 1,
      q: (attribute) => attribute('no2').equal(1),
    })
    for await (const { id, no2 = [] } of query)
      many.set(id, [...(many.get(id) ?? []), ...no2.map(({ value }) => value)])
    expect(Object.fromEntries(many)).to.deep.equal({
      [stationId('past')]: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      [stationId('short')]: [0, 1],
    })
    const lines: number[] = []
    for await (const { no2 = [] } of client.temporal.export('AirQualityObserved', {
      from: minute(0),
      pick: ['no2'],
    }))
      lines.push(...no2.map(({ value }) => value))
    expect(lines).to.have.length(14)
  })
})
