import { expect } from 'chai'
import { request } from 'undici'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { Store } from '../../broker/store/port/store.ts'
import {
  CSV,
  csvOf,
  fragmentsOf,
  instancesOf,
  LINES,
  PARQUET,
  parquetOf,
} from '../support/exported-history.ts'
import { EVOLUTIONS } from '../support/history.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { readParquet } from '../support/parquet.ts'
import { slowClient, standStill } from '../support/slow-client.ts'
import { NOW, property } from '../support/store-builders.ts'
import { LOADING_MILLISECONDS, onMongo } from '../support/store-of-tests.ts'
import { until } from '../support/until.ts'

/** More than what waits between a hub and a client that does not read. */
const TOTAL = onMongo ? 12_000 : 100_000
/** More than a query may look at. */
const SHORTER = onMongo ? 12_000 : 20_000
/** A server without indexes compares all that it has with each key. */
const TOGETHER = onMongo ? 500 : 5000
/** Where there are fewer of them, they are longer. */
const UNIT = 'x'.repeat(onMongo ? 1000 : 3)
const TYPES = 'https://uri.etsi.org/ngsi-ld/default-context/'
const LEVEL = 'https://uri.etsi.org/ngsi-ld/default-context/level'
const LONG = `${EVOLUTIONS}/urn:long:1`
const SHORT = `${EVOLUTIONS}/urn:short:1`

describe('Export of history: as a stream, however long', function () {
  this.timeout(LOADING_MILLISECONDS)
  let hub: TestHub
  let probe: Probe
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', 'limits.rows': 5000, 'limits.exports': 2 })
    const { store } = hub.running
    await provide(store, 'Long', TOTAL)
    await provide(store, 'Short', SHORTER)
    probe = probeInstances(store)
  })
  afterEach(() => probe.reset())
  after(() => hub.stop())

  it('has every instance once, far beyond the rows that a query may look at, read in slices', async () => {
    const fragments = await fragmentsOf(hub, LONG)
    expect(new Set(instancesOf(fragments)).size).to.equal(TOTAL)
    expect(probe.most).to.be.at.most(1001)
    probe.reset()
    const csv = await csvOf(hub, `${EVOLUTIONS}?type=Long&timerel=after&timeAt=2020-01-01T00:00:00Z`)
    expect(csv).to.have.length(TOTAL)
    expect(csv[TOTAL - 1]?.value).to.equal(String(TOTAL - 1 + 0.25))
    expect(probe.most).to.be.at.most(1001)
  })

  it('judges filters slice by slice too', async () => {
    const all = `${EVOLUTIONS}?type=Short&timerel=after&timeAt=2020-01-01T00:00:00Z&lastN=1`
    for (const [q, found] of [
      [`level==${SHORTER - 1 + 0.25}`, 1],
      [`level==0.25;level==${SHORTER - 1}.25`, 1],
      ['level<0', 0],
      ['!level', 0],
    ] as const) {
      expect(await fragmentsOf(hub, `${all}&q=${q}`), q).to.have.length(found)
      expect(probe.most, q).to.be.at.most(1001)
    }
  })

  it('reads by when it was written in slices too', async () => {
    const search = 'timerel=after&timeAt=2020-01-01T00:00:00Z&timeproperty=modifiedAt'
    expect(instancesOf(await fragmentsOf(hub, `${SHORT}?${search}`))).to.have.length(SHORTER)
    expect(probe.most).to.be.at.most(1001)
  })

  it('is the same in Parquet, in groups of rows', async () => {
    const { metadata, rows } = await parquetOf(hub, SHORT)
    expect(rows).to.have.length(SHORTER)
    expect(metadata.row_groups.length).to.be.greaterThan(1)
    expect(Math.max(...metadata.row_groups.map(({ num_rows: size }) => Number(size)))).to.be.at.most(10_000)
    expect(rows.every(({ value_number: value }, index) => value === index + 0.25)).to.equal(true)
    expect(rows.every(({ observedAt }, index) => observedAt === NOW + index * 1_000_001)).to.equal(true)
    expect(probe.most).to.be.at.most(1001)
  })

  for (const accept of [LINES, CSV])
    it(`${accept}: reads no further than its client does, serves others meanwhile, and then goes on`, async () => {
      const { socket, received } = slowClient(hub, `${LONG}?options=sysAttrs`, accept)
      await until('the first slice', () => probe.slices > 0)
      await standStill(() => probe.slices)
      expect(probe.rows).to.be.lessThan(TOTAL / 2)
      expect((await hub.send(`${LONG}?lastN=1`)).status).to.equal(200)
      socket.resume()
      await until('the end', () => received().endsWith('0\r\n\r\n'), LOADING_MILLISECONDS)
      expect(probe.rows).to.be.at.least(TOTAL)
      socket.destroy()
    })

  it('lets others in between two slices', async () => {
    for (const accept of [LINES, CSV, PARQUET]) {
      let answered = 0
      let over = false
      const whole = request(`${hub.url}${SHORT}`, { headers: { Accept: accept } })
        .then(({ body }) => body.bytes())
        .finally(() => {
          over = true
        })
      while (!over) {
        await hub.send(`${EVOLUTIONS}/urn:long:none`)
        answered++
      }
      await whole
      expect(answered, accept).to.be.greaterThan(5)
    }
  })

  it('counts with the exports of entities', async () => {
    const first = slowClient(hub, LONG, LINES)
    const second = slowClient(hub, LONG, CSV)
    await until('both to begin', () => probe.slices > 1)
    await standStill(() => probe.slices)
    for (const [path, accept] of [
      [LONG, PARQUET],
      ['/ngsi-ld/v1/entities?type=Room', LINES],
    ] as const) {
      const busy = await hub.send(path, { headers: { Accept: accept } })
      expect([busy.status, busy.headers['retry-after']]).to.deep.equal([429, '10'])
    }
    first.socket.destroy()
    second.socket.destroy()
    const free = async () =>
      (await hub.send(`${LONG}?lastN=1`, { headers: { Accept: LINES } })).status === 200
    await until('room', free)
  })

  for (const [accept, end] of [
    [LINES, '\n'],
    [CSV, '\r\n'],
    [PARQUET, 'PAR1'],
  ] as const)
    it(`${accept}: what breaks off on the way does not end like what is whole`, async () => {
      probe.failAt = 12
      const { statusCode, body } = await request(`${hub.url}${SHORT}`, { headers: { Accept: accept } })
      expect(statusCode).to.equal(200)
      const pieces: Buffer[] = []
      const outcome = await (async () => {
        for await (const piece of body) pieces.push(piece)
      })().then(
        () => 'a clean end',
        () => 'a broken one',
      )
      expect(outcome).to.equal('a broken one')
      const received = Buffer.concat(pieces)
      expect(received.length).to.be.greaterThan(0)
      expect(received.toString('latin1').endsWith(end)).to.equal(false)
      if (accept === PARQUET)
        expect(
          await readParquet(received).then(
            () => 'a file',
            () => 'none',
          ),
        ).to.equal('none')
    })

  it('answers what fails before the first piece as a problem', async () => {
    for (const accept of [LINES, CSV, PARQUET]) {
      probe.reset()
      probe.failAt = 1
      const { status, headers } = await hub.send(LONG, { headers: { Accept: accept } })
      expect([status, headers['content-type']], accept).to.deep.equal([500, 'application/json'])
    }
  })

  it('stops when its client goes away', async () => {
    const { socket } = slowClient(hub, LONG, LINES)
    await until('the first slice', () => probe.slices > 0)
    await standStill(() => probe.slices)
    socket.destroy()
    await standStill(() => probe.slices)
    expect(probe.rows).to.be.lessThan(TOTAL / 2)
  })
})

interface Probe {
  /** Slices and rows that the store has handed out, and the most at once. */
  slices: number
  rows: number
  most: number
  /** The slice of this number fails. */
  failAt: number
  reset(): void
}

/** Counts what a store hands out of history, and lets one slice of it fail. */
function probeInstances(store: Store): Probe {
  const instances = store.instances.bind(store)
  const fresh = () => ({ slices: 0, rows: 0, most: 0, failAt: 0 })
  const probe: Probe = { ...fresh(), reset: () => void Object.assign(probe, fresh()) }
  store.instances = async (tenant, id, query) => {
    probe.slices++
    if (probe.slices === probe.failAt) throw new Error('Disk is gone')
    const rows = await instances(tenant, id, query)
    probe.rows += rows.length
    probe.most = Math.max(probe.most, rows.length)
    return rows
  }
  return probe
}

async function provide(store: Store, type: string, total: number): Promise<void> {
  for (let from = 0; from < total; from += TOGETHER) {
    const instances = Array.from({ length: TOGETHER }, (_, index) => ({
      attribute: LEVEL,
      instance: property(from + index + 0.25, {
        observedAt: NOW + (from + index) * 1_000_001,
        unitCode: UNIT,
      }),
    }))
    const change = { action: 'append', needs: 'either', types: [`${TYPES}${type}`], instances } as const
    const id = `urn:${type.toLowerCase()}:1`
    const unit = { collection: 'evolution', id, at: NOW, origin: { by: 'tester' }, change } as const
    await store.commit(DEFAULT_TENANT, [unit])
  }
}
