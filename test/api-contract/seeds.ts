import type { TestHub, TestRequest } from '../support/hub.ts'

const ENDPOINT = 'https://receiver.example.org/notify'
const TENANT = 'seed'
const POINT = { type: 'Point', coordinates: [105.84, 21.59] }

/** Brings something of each kind into a hub, where it is not there: what `schemathesis.toml` has the ids of. */
export async function seed(hub: TestHub, headers: Readonly<Record<string, string>>): Promise<void> {
  const send = (method: TestRequest['method'], path: string, body: unknown, more = {}): Promise<unknown> =>
    hub.send(path, { ...(method && { method }), body, headers: { ...headers, ...more } })
  for (const tenant of [{}, { 'NGSILD-Tenant': TENANT }])
    await send('POST', '/ngsi-ld/v1/entityOperations/upsert', entities(), tenant)
  await send('POST', '/ngsi-ld/v1/subscriptions', {
    id: 'urn:ngsi-ld:Subscription:seed',
    type: 'Subscription',
    entities: [{ type: 'AirQualityObserved' }],
    notification: { endpoint: { uri: ENDPOINT } },
  })
  await send('POST', '/ngsi-ld/v1/csourceRegistrations', {
    id: 'urn:ngsi-ld:ContextSourceRegistration:seed',
    type: 'ContextSourceRegistration',
    information: [{ entities: [{ type: 'WaterLevelObserved' }] }],
    endpoint: 'https://source.example.org',
  })
  await send('POST', '/ngsi-ld/v1/csourceSubscriptions', {
    id: 'urn:ngsi-ld:ContextSourceRegistrationSubscription:seed',
    type: 'Subscription',
    entities: [{ type: 'WaterLevelObserved' }],
    notification: { endpoint: { uri: ENDPOINT } },
  })
  await send('POST', '/ngsi-ld/v1/snapshots', {
    id: 'urn:ngsi-ld:Snapshot:seed',
    type: 'Snapshot',
    snapshotQueries: [{ type: 'Query', entities: [{ type: 'AirQualityObserved' }] }],
  })
  await send('PUT', '/hub/v1/feeds/seed', { definition: { title: 'Seed', source: 'urn:ngsi-ld:Feed:seed' } })
  await send('POST', '/hub/v1/quarantine', {
    id: `seed.${'0'.repeat(32)}`,
    feed: 'seed',
    reason: 'unmapped',
    detail: 'Status is not in the table of the feed',
    input: 'seed.json',
    encoding: 'utf-8',
    raw: '{}',
  })
}

function entities(): readonly object[] {
  const observedAt = new Date().toISOString()
  const stations = [1, 2].map((at) => ({
    id: `urn:ngsi-ld:AirQualityObserved:seed:${at}`,
    type: 'AirQualityObserved',
    scope: '/Station/Air',
    name: { type: 'LanguageProperty', languageMap: { vi: `Trạm ${at}`, en: `Station ${at}` } },
    stationCode: { type: 'Property', value: `seed-${at}` },
    location: { type: 'GeoProperty', value: POINT },
    pm25: [
      { type: 'Property', value: 20 + at, unitCode: 'GQ', observedAt },
      { type: 'Property', value: 30 + at, unitCode: 'GQ', observedAt, datasetId: 'urn:ngsi-ld:Dataset:seed' },
    ],
  }))
  const report = {
    id: 'urn:ngsi-ld:ServiceRequest:seed:1',
    type: 'ServiceRequest',
    status: { type: 'Property', value: 'received' },
    reporterPhone: { type: 'Property', value: '0900000417' },
    about: { type: 'Relationship', object: 'urn:ngsi-ld:AirQualityObserved:seed:1' },
  }
  return [...stations, report]
}
