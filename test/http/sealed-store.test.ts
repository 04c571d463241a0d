import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { logLines, startTestHub, type TestHub, testConfig } from '../support/hub.ts'
import { rejection } from '../support/rejection.ts'
import { keptIn } from '../support/store-of-tests.ts'
import { until } from '../support/until.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const REPORT = 'urn:ngsi-ld:ServiceRequest:1'
const PHONE = '0900000911'
const NAME = 'Nguyen Thi Thu Nghiem'
const [LONGITUDE, LATITUDE] = [105.8412345, 21.5912345]
const OLDER = '0900000912'
const CODE = 'PA-clear-1'
const SECRETS = [PHONE, OLDER, NAME, String(LONGITUDE), '0900000913', '0900000914', 'nurse']

const KEYS = { k1: ['2026-01-01', 1], k2: ['2026-02-01', 2] } as const

function keyFile(names: readonly (keyof typeof KEYS)[], fill = 0): string {
  const lines = names.map((name) => {
    const [from, byte] = KEYS[name]
    return `  - { name: ${name}, from: ${from}, secret: '${Buffer.alloc(32, byte + fill).toString('base64')}' }\n`
  })
  return `epochs:\n${lines.join('')}`
}

describe('sealing.keyFile (SE-04)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-sealed-'))
  const data = join(folder, 'data')
  const keys = join(folder, 'keys.yaml')
  const settings = {
    data,
    'context.default': 'ontology',
    'sealing.keyFile': keys,
    'sealing.attributes': ['heartRate'],
  }
  let hub: TestHub

  const start = async (more: object = {}) => {
    hub = await startTestHub({ ...settings, ...more })
  }
  const write = (names: readonly (keyof typeof KEYS)[], fill = 0) =>
    writeFileSync(keys, keyFile(names, fill), { mode: 0o600 })
  const send = async (path: string, method: 'POST' | 'PATCH', body: object) => {
    const answer = await hub.send(path, { method, body })
    expect(answer.status, answer.text).to.be.within(200, 204)
    return answer
  }
  const clear = async () => {
    const kept = await keptIn(data)
    return SECRETS.filter((secret) => kept.includes(secret))
  }
  const report = (id: string, members: object = {}) => ({
    id,
    type: 'ServiceRequest',
    requestCode: CODE,
    reporterPhone: { type: 'Property', value: PHONE, observedAt: '2026-03-01T00:00:00Z' },
    reporterName: NAME,
    location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [LONGITUDE, LATITUDE] } },
    ...members,
  })
  const filled = async () => {
    await send(ENTITIES, 'POST', report(REPORT, { reporterPhone: OLDER }))
    await send(`${ENTITIES}/${REPORT}/attrs`, 'POST', { reporterPhone: report('').reporterPhone })
    await send(ENTITIES, 'POST', {
      id: 'urn:ngsi-ld:Device:1',
      type: 'Device',
      heartRate: { type: 'Property', value: 900000913, observedAt: '2026-03-01T00:00:00Z' },
      location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.9, 21.6] } },
    })
  }
  const readBack = async () => {
    const { body } = await hub.send(`${ENTITIES}/${REPORT}`)
    expect(body.reporterPhone.value).to.equal(PHONE)
    expect(body.location.value.coordinates).to.deep.equal([LONGITUDE, LATITUDE])
    const past = await hub.send(
      `/ngsi-ld/v1/temporal/entities/${REPORT}?attrs=reporterPhone&options=temporalValues`,
    )
    expect(JSON.stringify(past.body.reporterPhone)).to.include(PHONE).and.to.include(OLDER)
    const found = await hub.send(`${ENTITIES}?type=ServiceRequest&q=reporterPhone=="${PHONE}"&count=true`)
    expect(found.body.map(({ id }: { id: string }) => id)).to.deep.equal([REPORT])
    expect(found.headers['ngsild-results-count']).to.equal('1')
  }
  const idsNear = async (search: string, [longitude, latitude]: readonly number[]) => {
    const coordinates = encodeURIComponent(JSON.stringify([longitude, latitude]))
    const near = `georel=near;maxDistance==100&geometry=Point&coordinates=${coordinates}`
    const { body } = await hub.send(`${ENTITIES}?${search}&${near}`)
    return body.map(({ id }: { id: string }) => id)
  }

  before(async () => {
    write(['k1'])
    await start({ 'sealing.keyFile': '' })
    await filled()
    await hub.stop()
    expect(await clear()).to.include.members([PHONE, OLDER, NAME])
  })
  after(async () => {
    await hub.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('seals what a store has in clear before it answers, and gives back what was given', async () => {
    await start()
    await readBack()
    await hub.stop()
    expect(await clear()).to.deep.equal([])
    expect(await keptIn(data)).to.include(CODE)
    await start()
  })

  it('keeps nothing of what is written in clear: state, history, log, documents, snapshots', async () => {
    const id = 'urn:ngsi-ld:ServiceRequest:2'
    await send(ENTITIES, 'POST', report(id))
    await send(`${ENTITIES}/${id}/attrs/reporterPhone`, 'PATCH', { type: 'Property', value: OLDER })
    await send(`/ngsi-ld/v1/temporal/entities/${id}/attrs`, 'POST', {
      reporterPhone: [{ type: 'Property', value: '0900000914', observedAt: '2025-01-01T00:00:00Z' }],
    })
    await send('/ngsi-ld/v1/subscriptions', 'POST', {
      type: 'Subscription',
      entities: [{ type: 'ServiceRequest' }],
      q: `reporterPhone=="${PHONE}"`,
      notification: { endpoint: { uri: 'http://127.0.0.1:9/none' } },
    })
    await hub.running.store.commit(DEFAULT_TENANT, [
      {
        ...{ collection: 'quarantine', id: 'reports r1', at: Date.now() * 1000, origin: { by: 'tester' } },
        next: { raw: `phone;${PHONE};nurse` },
      },
    ])
    const snapshotQueries = [{ type: 'Query', entities: [{ type: 'ServiceRequest' }] }]
    const { headers } = await send('/ngsi-ld/v1/snapshots', 'POST', { type: 'Snapshot', snapshotQueries })
    const inside = { headers: { 'NGSILD-Snapshot': String(headers.location).split('/').at(-1) ?? '' } }
    await until('the snapshot', async () => (await hub.send(`${ENTITIES}/${id}`, inside)).status === 200)
    expect((await hub.send(`${ENTITIES}/${id}`, inside)).body.reporterPhone.value).to.equal(OLDER)
    expect(await clear()).to.deep.equal([])
    const kept = await hub.running.store.document(DEFAULT_TENANT, 'quarantine', 'reports r1')
    expect(kept?.document).to.deep.equal({ raw: `phone;${PHONE};nurse` })
    const log = await hub.running.store.log(DEFAULT_TENANT, 0, 1000)
    expect(JSON.stringify(log)).to.include('nurse').and.to.include(OLDER)
    const gone = await hub.send(`${ENTITIES}/${id}`, { method: 'DELETE' })
    expect(gone.status).to.equal(204)
    await readBack()
  })

  it('finds by what is sealed, and still answers other types from the index', async () => {
    expect(await idsNear('type=ServiceRequest', [LONGITUDE, LATITUDE])).to.deep.equal([REPORT])
    expect(await idsNear('type=Device', [105.9, 21.6])).to.deep.equal(['urn:ngsi-ld:Device:1'])
    await send(ENTITIES, 'POST', {
      ...report('urn:ngsi-ld:Both:1', { reporterPhone: OLDER }),
      type: ['Device', 'ServiceRequest'],
    })
    expect(await idsNear('type=Device', [LONGITUDE, LATITUDE])).to.deep.equal(['urn:ngsi-ld:Both:1'])
    const heart = `/ngsi-ld/v1/temporal/entities/urn:ngsi-ld:Device:1?attrs=heartRate&options=aggregatedValues&aggrMethods=max&aggrPeriodDuration=PT0S`
    expect(JSON.stringify((await hub.send(heart)).body.heartRate)).to.include('900000913')
  })

  it('takes another key while it runs, says when the older one is needed no more, and goes on without it', async () => {
    logLines.length = 0
    write(['k1', 'k2'])
    await until('the older key to be out of use', () =>
      logLines.some((line) => line.includes('older keys any more')),
    )
    await readBack()
    await hub.stop()
    expect(await keptIn(data))
      .to.include('urn:hub:sealed":"k2.')
      .and.not.to.include('urn:hub:sealed":"k1.')
    expect(await clear()).to.deep.equal([])
    write(['k2'])
    await start()
    await readBack()
  })

  it('does not start without its keys, nor with others of their name', async () => {
    await hub.stop()
    const refusal = async (more: object = {}) =>
      String(await rejection(startTestHub({ ...settings, ...more })))
    expect(await refusal({ 'sealing.keyFile': '' })).to.include('Store is sealed under k2')
    write(['k1'])
    expect(await refusal()).to.include('key k2, which the file of keys does not have')
    write(['k2'], 5)
    expect(await refusal()).to.include('another key k2')
    const inside = rejection(testConfig({ ...settings, 'sealing.keyFile': join(data, 'keys.yaml') }))
    expect(String(await inside)).to.include('inside the data folder')
    write(['k2'])
    await start()
    await readBack()
  })

  it('says plainly what it cannot open once a key is lost, and answers everything else', async () => {
    await hub.stop()
    write(['k1'])
    await start({ 'sealing.lost': ['k2'] })
    const lost = await hub.send(`${ENTITIES}/${REPORT}`)
    expect(lost.status).to.equal(503)
    expect(lost.body.detail).to.equal('Stored data is sealed under key k2, which this hub does not have')
    expect((await hub.send(`${ENTITIES}?type=ServiceRequest`)).body).to.deep.equal([])
    await send(ENTITIES, 'POST', { id: 'urn:ngsi-ld:Device:2', type: 'Device', heartRate: 60 })
    expect((await hub.send(`${ENTITIES}/urn:ngsi-ld:Device:2`)).body.heartRate.value).to.equal(60)
    expect((await hub.running.store.log(DEFAULT_TENANT, 0, 1000)).length).to.be.greaterThan(0)
  })
})
