import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect } from 'chai'
import type { RunningHub } from '../../broker/main.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { until } from '../support/until.ts'
import { ask, feedFolder, startFeedHub } from './feed-hub.ts'

const CITY = 'thai-nguyen'
const sample = (feed: string, name: string): Promise<Buffer> =>
  readFile(path.join(feedFolder(feed), 'samples', CITY, name))

/** What the servers of the agencies answer, by path. */
const ANSWERS: Readonly<Record<string, readonly [string, string]>> = {
  '/gtfs.zip': ['gtfs', 'gtfs.zip'],
  '/realtime.pb': ['gtfs-realtime', 'vehicle-positions.pb'],
  '/locations': ['ev-charging', 'locations-1.json'],
  '/locations?offset=2': ['ev-charging', 'locations-2.json'],
}

async function startAgency(): Promise<Server> {
  const server = createServer((request, response) => {
    const [feed, name] = ANSWERS[request.url ?? ''] ?? []
    if (feed === undefined || name === undefined) return void response.writeHead(404).end()
    if (request.url === '/locations') response.setHeader('link', '</locations?offset=2>; rel="next"')
    void sample(feed, name).then((bytes) => response.end(bytes))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return server
}

describe('feeds of mobility, from their sources', () => {
  let hub: RunningHub
  let agency: Server

  before(async () => {
    agency = await startAgency()
    const source = `http://127.0.0.1:${(agency.address() as AddressInfo).port}`
    const plateKey = path.join(packageRoot, 'test/fixtures/feeds/plate-key.txt')
    const feed = (name: string, variables: Record<string, string> = {}) => ({
      file: path.join(feedFolder(name), 'feed.yaml'),
      variables: { city: CITY, ...variables },
    })
    hub = await startFeedHub([
      feed('gtfs', { url: `${source}/gtfs.zip` }),
      feed('gtfs-realtime', { url: `${source}/realtime.pb` }),
      feed('ev-charging', { url: `${source}/locations` }),
      feed('plate-readings', { plateKey }),
      feed('traffic-counts'),
    ])
  })
  after(async () => {
    await hub.stop()
    agency.close()
    agency.closeAllConnections()
  })

  const entities = async (type: string): Promise<Record<string, { value?: unknown }>[]> => {
    const { body } = await ask(`${hub.url}/ngsi-ld/v1/entities?type=${type}&limit=100`)
    return body as Record<string, { value?: unknown }>[]
  }
  const setAside = async (feed: string): Promise<{ id: string; reason: string }[]> => {
    const { body } = await ask(`${hub.url}/hub/v1/quarantine?feed=${feed}`)
    return (body as { records: { id: string; reason: string }[] }).records
  }
  const send = async (feed: string, bytes: Uint8Array, type: string) =>
    ask(`${hub.url}/hub/v1/feeds/${feed}/records`, {
      method: 'POST',
      body: Uint8Array.from(bytes),
      headers: { 'content-type': type },
    })

  it('polls a timetable: what is read of it, and what is set aside', async () => {
    await until('trips', async () => (await entities('GtfsTrip')).length === 3)
    expect(await entities('GtfsStop')).to.have.length(5)
    expect(await entities('GtfsRoute')).to.have.length(1)
    expect(await entities('GtfsAgency')).to.have.length(1)
    expect((await setAside('gtfs')).map(({ reason }) => reason).sort()).to.deep.equal([
      'implausible',
      'unreadable',
      'unreadable',
    ])
  })

  it('polls where buses are: the newest position of each, and no plate', async () => {
    await until('vehicles', async () => (await entities('Vehicle')).length === 4)
    const vehicles = await entities('Vehicle')
    const seventh = vehicles.find(({ fleetVehicleId }) => fleetVehicleId?.value === 'BUS-07')
    expect(seventh?.location).to.deep.include({ observedAt: '2025-11-15T01:29:48Z' })
    expect(JSON.stringify(vehicles)).not.to.include('000.00')
  })

  it('polls charging stations page by page', async () => {
    await until('stations', async () => (await entities('EVChargingStation')).length === 3)
    const stations = await entities('EVChargingStation')
    expect(stations.find(({ name }) => name?.value === 'Trạm sạc Bến xe Trung tâm')?.status?.value).to.equal(
      'full',
    )
    const [first] = stations.filter(({ capacity }) => capacity?.value === 3)
    expect(first?.availableCapacity).to.deep.include({ value: 1, observedAt: '2025-11-15T01:29:00Z' })
  })

  it('takes plate readings that are sent, once, and keeps no byte of what cannot be read', async () => {
    const bytes = await sample('plate-readings', 'su-kien.xml')
    for (const written of [4, 0]) {
      const { body } = await send('plate-readings', bytes, 'application/xml')
      expect(body).to.deep.include({ written })
    }
    await send('plate-readings', bytes.subarray(0, 300), 'application/xml')
    const passages = await entities('AnprFlowObserved')
    expect(passages).to.have.length(4)
    expect(JSON.stringify(passages)).not.to.match(/20[AB]/)
    const aside = await setAside('plate-readings')
    expect(aside).to.have.length.above(3)
    for (const { id } of aside)
      expect((await ask(`${hub.url}/hub/v1/quarantine/${id}`)).body).to.deep.include({ raw: '' })
  })

  it('takes traffic counts that are sent, and never goes back', async () => {
    await send('traffic-counts', await sample('traffic-counts', 'dem-xe.json'), 'application/json')
    const lanes = await entities('TrafficFlowObserved')
    expect(lanes).to.have.length(4)
    const [first] = lanes.filter(({ name }) => name?.value === 'Nút Đán, làn 1')
    expect(first?.intensity).to.deep.include({ value: 761, observedAt: '2025-11-15T01:30:00Z' })
  })
})
