import { expect } from 'chai'
import { hasOpenssl } from '../support/certificates.ts'
import type { TestRequest } from '../support/hub.ts'
import { until } from '../support/until.ts'
import { report, reportId, STRANGE_TYPE, strangeId, strangeThing } from './leak-entities.ts'
import { IDENTIFIERS, type Identifier, identifiersIn } from './personal-identifiers.ts'
import { startTappedHubs, type TappedHubs } from './tapped-hubs.ts'

type Step = readonly [path: string, request?: TestRequest]

const API = '/ngsi-ld/v1'
const ENTITIES = `${API}/entities`
const HISTORY = `${API}/temporal/entities`
const SINCE = 'timerel=after&timeAt=2020-01-01T00:00:00Z&timeproperty=modifiedAt'
/** One report that each city has a part of. */
const SHARED = 'urn:ngsi-ld:ServiceRequest:province:shared'
const CITIES = ['thai-nguyen', 'song-cong', 'pho-yen'] as const

const post = (body: unknown): TestRequest => ({ method: 'POST', body })
const QUERY = { type: 'Query', entities: [{ type: 'ServiceRequest' }, { type: STRANGE_TYPE }] }
const typed = IDENTIFIERS.map(({ value }) => `reporterName==${JSON.stringify(value)}`).join('|')

const SOME = [0, 1, 2].map(reportId).concat(SHARED).join()
const FEW = `${ENTITIES}?type=ServiceRequest&id=${SOME}`

/** What is read of all there is. */
const READS: readonly Step[] = [
  [`${API}/entityOperations/query?limit=1000`, post(QUERY)],
  [`${ENTITIES}/${SHARED}`, { headers: { Accept: 'application/geo+json' } }],
  [`${ENTITIES}/${strangeId(1)}`],
  [`${HISTORY}?type=ServiceRequest&id=${SOME}&${SINCE}`],
  [`${API}/types?details=true`],
  [`${ENTITIES}/${reportId(0)}`, { method: 'PATCH', body: { status: { type: 'Property', value: 'x' } } }],
]

/** The other ways in which the province asks cities; how it renders what they answer is seen at the city alone. */
const OTHER_READS: readonly Step[] = [
  [`${ENTITIES}?type=ServiceRequest&limit=1000&options=sysAttrs`],
  [`${FEW}&q=reporterPhone&attrs=reporterPhone,note&count=true&lang=vi`],
  [`${FEW}&splitEntities=true&q=note.remark&format=simplified`],
  [`${FEW}&georel=near;maxDistance==2000&geometry=Point&coordinates=[105.84,21.59]`],
  [
    `${FEW}&pick=id,reporterName,details&datasetId=urn:dataset:other`,
    { headers: { 'Hub-Provenance': 'true' } },
  ],
  [`${FEW}&join=inline&joinLevel=2`],
  [`${ENTITIES}/${reportId(3)}/attrs/reporterPhone/value`],
  [`${FEW}&entityMap=true&limit=2`],
  [`${API}/entityMaps?type=ServiceRequest&id=${SOME}&q=reporterPhone`],
  [
    `${HISTORY}?type=ServiceRequest&id=${SOME}&${SINCE}&format=aggregatedValues&aggrMethods=min,distinctCount`,
  ],
  [`${HISTORY}/${SHARED}?${SINCE}&format=temporalValues`],
  [
    `${API}/temporal/entityOperations/query`,
    post({
      ...QUERY,
      entities: [{ type: STRANGE_TYPE }],
      temporalQ: { timerel: 'after', timeAt: '2020-01-01T00:00:00Z', timeproperty: 'modifiedAt' },
    }),
  ],
  [`${API}/attributes/reporterPhone`],
  [`${ENTITIES}/${reportId(1)}/attrs/reporterPhone`, { method: 'DELETE' }],
]

/** What the asker knows and types goes to the cities where they are to judge it: what comes back must not tell. */
const GUESSES: readonly Step[] = [
  [`${ENTITIES}?type=ServiceRequest&q=${encodeURIComponent(typed)}`],
  [`${ENTITIES}?type=ServiceRequest&q=${encodeURIComponent('reporterPhone~="0900000417(')}`],
  [`${API}/entityOperations/query`, post({ ...QUERY, q: typed })],
  ['/hub/v1/privacy/find', post({ identifiers: ['phone:0900000417', 'cccd:019300000417'] })],
  ['/hub/v1/privacy/export', post({ identifiers: ['phone:0900000417'] })],
]

/** Who may not see any of the identifiers: how many of the reports cities show them, and what they read. */
const ASKERS = {
  analyst: { reports: IDENTIFIERS.length, reads: [...READS, ...OTHER_READS] },
  'operator.thai-nguyen': { reports: IDENTIFIERS.length, reads: READS },
  'operator.song-cong': { reports: IDENTIFIERS.length, reads: READS },
  'operator.pho-yen': { reports: IDENTIFIERS.length, reads: READS },
  public: { reports: IDENTIFIERS.length, reads: READS },
  'peer hub': { reports: 0, reads: READS },
  administrator: { reports: 0, reads: READS },
  anonymous: { reports: 0, reads: READS },
}

const subscription = (asker: string) => ({
  id: `urn:ngsi-ld:Subscription:${asker.replace(' ', '-')}`,
  type: 'Subscription',
  entities: [{ type: 'ServiceRequest' }],
  notification: { endpoint: { uri: 'http://127.0.0.1:9/notify' } },
})

describe('e2e: no personal data between hubs but for who has a right to it', () => {
  let hubs: TappedHubs

  before(async function () {
    if (!hasOpenssl()) this.skip()
    hubs = await startTappedHubs()
    for (const [at, city] of CITIES.entries()) await fill(hubs, city, at)
    hubs.taken()
  })
  after(() => hubs?.stop())

  const ask = async (asker: string, steps: readonly Step[]): Promise<readonly string[]> => {
    const faults: string[] = []
    for (const [path, request] of steps) {
      const { status, text } = await hubs.send(hubs.province, asker, path, request)
      if (status >= 500) faults.push(`${path} ${status} ${text}`)
    }
    return faults
  }

  it('has what could leak, and reads it where there is no TLS: all cities tell the data-protection officer', async () => {
    expect(await ask('dpo', READS)).to.deep.equal([])
    const { asked, wire, told } = hubs.taken()
    expect(identifiersIn(asked.back)).to.include.members([
      ...IDENTIFIERS.map(({ name }) => name),
      'precise location',
    ])
    expect(identifiersIn(asked.there + told.there + told.back)).to.deep.equal([])
    // and where there is, nobody reads anything
    expect(wire.back.length).to.be.greaterThan(asked.back.length / 2)
    for (const text of [wire.there, wire.back]) {
      expect(identifiersIn(text)).to.deep.equal([])
      expect(text).not.to.match(/ngsi-ld|HTTP\/1.1 |Bearer|reporter/)
    }
  })

  for (const [asker, { reports, reads }] of Object.entries(ASKERS)) {
    it(`carries no identifier for ${asker}`, async () => {
      expect(await ask(asker, reads)).to.deep.equal([])
      const { asked, told } = hubs.taken()
      for (const [way, text] of Object.entries({ ...asked, told: told.there + told.back }))
        expect(identifiersIn(text), way).to.deep.equal([])
      // the cities were asked, and answered what may be seen
      const seen = new Set(asked.back.match(/"urn:ngsi-ld:ServiceRequest:thai-nguyen:leak-\d+/g))
      expect(seen.size).to.equal(reports)
      expect(await ask(asker, GUESSES)).to.deep.equal([])
      expect(identifiersIn(hubs.taken().asked.back)).to.deep.equal([])
    })
  }

  it('carries none for what is kept in a snapshot', async () => {
    const { status, headers, text } = await hubs.send(
      hubs.province,
      'analyst',
      `${API}/snapshots`,
      post({ type: 'Snapshot', snapshotQueries: [{ ...QUERY, q: 'reporterPhone' }] }),
    )
    expect(status, text).to.equal(201)
    let taken = ''
    await until('a snapshot', async () => {
      taken = (await hubs.send(hubs.province, 'analyst', String(headers.location))).body.snapshotStatus
      return taken !== 'preparing'
    })
    expect(taken).to.equal('success')
    const { asked } = hubs.taken()
    expect(asked.back).to.include(reportId(0))
    expect(identifiersIn(asked.there + asked.back)).to.deep.equal([])
  })

  it('carries none in notifications of what is subscribed at the province', async () => {
    for (const asker of ['analyst', 'peer hub', 'administrator']) {
      const { status, text } = await hubs.send(
        hubs.province,
        asker,
        `${API}/subscriptions`,
        post(subscription(asker)),
      )
      expect(status, `${asker} ${text}`).to.equal(201)
    }
    let crossed = ''
    const see = () => {
      const { asked, told } = hubs.taken()
      crossed += asked.there + asked.back + told.there + told.back
      return crossed
    }
    await until('copies at the cities', () => (see().match(/HTTP\/1.1 201/g) ?? []).length >= 3, 20_000)
    for (const [at, city] of CITIES.entries()) {
      const status = { type: 'Property', value: 'answered' }
      await write(hubs, 'feeds', city, [{ ...report(at, IDENTIFIERS[at] as Identifier), status }]) // there are thirty
    }
    await until(
      'notifications',
      () => /POST \/hub\/v1\/federation\/notifications.*leak-1"/s.test(see()),
      20_000,
    )
    expect(identifiersIn(crossed)).to.deep.equal([])
  })
})

/** Brings a third of the persons into a city, and its part of what all have. */
async function fill(hubs: TappedHubs, city: string, part: number): Promise<void> {
  const own = [...IDENTIFIERS.entries()].filter(([at]) => at % CITIES.length === part)
  const shared = { ...report(part, IDENTIFIERS[part] as Identifier), id: SHARED } // there are thirty
  await write(hubs, 'feeds', city, [...own.map(([at, each]) => report(at, each)), shared])
  const strange = own.flatMap(([at, each]) => (each.fieldOnly ? [] : [strangeThing(at, each)]))
  await write(hubs, `operator.${city}`, city, strange)
  const registration = {
    id: `urn:ngsi-ld:ContextSourceRegistration:past:${city}`,
    type: 'ContextSourceRegistration',
    endpoint: hubs.endpoints.get(city),
    information: [{ entities: [{ type: 'ServiceRequest' }, { type: STRANGE_TYPE }] }],
    operations: ['retrieveTemporal', 'queryTemporal', 'createEntityMapQueryTemporal'],
    managementInterval: { startAt: '2020-01-01T00:00:00Z' },
  }
  const registered = await hubs.send(
    hubs.province,
    'administrator',
    `${API}/csourceRegistrations`,
    post(registration),
  )
  expect(registered.status, registered.text).to.be.oneOf([201, 409])
}

async function write(
  hubs: TappedHubs,
  asker: string,
  city: string,
  entities: readonly object[],
): Promise<void> {
  const hub = hubs.cities.get(city)
  if (!hub) throw new Error(`There is no ${city}`)
  const { status, text } = await hubs.send(hub, asker, `${API}/entityOperations/upsert`, post(entities))
  expect(status, text).to.be.oneOf([201, 204])
}
