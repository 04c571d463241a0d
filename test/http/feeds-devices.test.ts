import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect } from 'chai'
import { connectAsync, type MqttClient } from 'mqtt'
import { loadFeed } from '../../adapters/kit/intake/feed.ts'
import { type RunningFeed, runFeed } from '../../adapters/kit/run/run-feed.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { RunningHub } from '../../broker/main.ts'
import { startAedes } from '../support/aedes.ts'
import { type Broker, hasMosquitto, PASSWORD, startMosquitto, USER } from '../support/mosquitto.ts'
import { recordedInstances } from '../support/recorded-instances.ts'
import { until } from '../support/until.ts'
import { ask, feedFolder, inFolder, startFeedHub } from './feed-hub.ts'

const CITY = 'thai-nguyen'

/** What devices tell through their networks and services, from the transport that each really has. */
describe('feeds: devices', () => {
  let hub: RunningHub
  let broker: Broker
  let publisher: MqttClient

  before(async () => {
    hub = await startFeedHub()
    broker = hasMosquitto() ? await startMosquitto() : await startAedes()
    const account = { username: USER, password: PASSWORD, reconnectPeriod: 0 }
    publisher = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, account)
  })
  after(async () => {
    await publisher.endAsync(true)
    await broker.stop()
    await hub.stop()
  })

  async function run(file: string, variables: Record<string, string>): Promise<RunningFeed> {
    const connection = { baseUrl: hub.url, tenant: '', token: () => Promise.resolve(undefined) }
    const retry = { attempts: 2, firstMs: 20, longestMs: 100 }
    const feed = runFeed(await loadFeed(file, variables), { connection, retry })
    await until(
      'a start',
      async () => (await ask(`${hub.url}/hub/v1/feeds/${feed.definition.name}`)).status === 200,
    )
    return feed
  }

  async function valueAt(type: string, key: string, attribute: string): Promise<unknown> {
    const { body } = await ask(`${hub.url}/ngsi-ld/v1/entities/urn:ngsi-ld:${type}:${CITY}:${key}`)
    return (body as Record<string, { value?: unknown } | undefined> | undefined)?.[attribute]?.value
  }

  async function historyOf(type: string, key: string, attribute: string): Promise<unknown[]> {
    const id = `urn:ngsi-ld:${type}:${CITY}:${key}`
    const instances = await recordedInstances(hub.store, DEFAULT_TENANT, id, { limit: 1000 })
    return instances
      .filter((instance) => instance.attribute.endsWith(`/${attribute}`))
      .map(({ text }) => (JSON.parse(text ?? '{}') as { value: unknown }).value)
      .sort()
  }

  async function reasonsOf(feed: string): Promise<string[]> {
    const { body } = await ask(`${hub.url}/hub/v1/quarantine?feed=${feed}&limit=100`)
    const { records } = body as { records: { reason: string; detail: string }[] }
    return records.map(({ reason, detail }) => `${reason}: ${detail}`).sort()
  }

  async function inOrder(
    messages: readonly (readonly [topic: string, body: object | string])[],
  ): Promise<void> {
    for (const [topic, body] of messages)
      await publisher.publishAsync(topic, typeof body === 'string' ? body : JSON.stringify(body), { qos: 1 })
  }

  it('lorawan: uplinks of both servers, twice, late and spoilt', () =>
    inFolder(async (folder) => {
      const passwordFile = path.join(folder, 'password')
      await writeFile(passwordFile, PASSWORD)
      const server = `mqtt://127.0.0.1:${broker.port}`
      const feed = await run(path.join(feedFolder('lorawan'), 'feed.yaml'), {
        city: CITY,
        server,
        user: USER,
        passwordFile,
      })
      const up = (minute: number, object: object) => ({
        time: `2025-11-15T01:${minute}:00+00:00`,
        deviceInfo: { deviceProfileName: 'flood', deviceName: 'ngap-01', devEui: '0000000000000001' },
        fCnt: minute,
        fPort: 2,
        object,
        rxInfo: [{ rssi: -97, snr: 6.2 }],
      })
      const topic = 'application/a/device/0000000000000001/event/up'
      const things = {
        end_device_ids: { device_id: 'ngap-02', dev_eui: '0000000000000002' },
        uplink_message: {
          f_port: 2,
          frm_payload: 'AVQNPA4Q',
          received_at: '2025-11-15T01:30:00Z',
          version_ids: { model_id: 'flood' },
        },
      }
      try {
        await inOrder([
          [topic, up(30, { level_cm: 18.5 })],
          [topic, up(30, { level_cm: 18.5 })],
          [topic, up(20, { level_cm: 12 })],
          [topic, up(40, { level_cm: -9, battery: 3.6 })],
          [topic, '{"time":"2025-11-15T01:'],
          ['v3/ioc@ttn/devices/ngap-02/up', things],
        ])
        await until(
          'the last',
          async () => (await valueAt('FloodMonitoring', 'NGAP-02', 'floodDepth')) === 0.34,
        )
        await until(
          'the late',
          async () => (await historyOf('FloodMonitoring', 'NGAP-01', 'floodDepth')).length === 2,
        )
      } finally {
        await feed.stop()
      }
      expect(await valueAt('FloodMonitoring', 'NGAP-01', 'floodDepth')).to.equal(0.185)
      expect(await historyOf('FloodMonitoring', 'NGAP-01', 'floodDepth')).to.deep.equal([0.12, 0.185])
      expect(await valueAt('Device', 'NGAP-01', 'lastReportedAt')).to.equal('2025-11-15T01:40:00Z')
      expect(await reasonsOf('lorawan')).to.deep.equal([
        'implausible: floodDepth is out of its range',
        'unreadable: Record is not valid JSON',
      ])
    }))

  it('street-lighting: a cabinet with its lamps, where one phase was not measured', () =>
    inFolder(async (folder) => {
      const passwordFile = path.join(folder, 'password')
      await writeFile(passwordFile, PASSWORD)
      const server = `mqtt://127.0.0.1:${broker.port}`
      const variables = { city: CITY, server, user: USER, passwordFile }
      const feed = await run(path.join(feedFolder('street-lighting'), 'feed.yaml'), variables)
      const said = {
        cabinet: 'TU-07',
        on: true,
        V: [231, -9, 230],
        lamps: [{ id: 'D-0001', status: 'fault' }],
      }
      const before = { ...said, t: '2025-11-15T18:15:00+07:00', lamps: [{ id: 'D-0001', status: 'ok' }] }
      try {
        await inOrder([
          ['chieu-sang/TU-07/trang-thai', { ...said, t: '2025-11-15T18:30:00+07:00' }],
          ['chieu-sang/TU-07/trang-thai', before],
        ])
        await until(
          'both',
          async () => (await historyOf('Streetlight', 'TU-07:D-0001', 'status')).length === 2,
        )
      } finally {
        await feed.stop()
      }
      expect(await valueAt('Streetlight', 'TU-07:D-0001', 'status')).to.equal('defectiveLamp')
      expect(await valueAt('StreetlightControlCabinet', 'TU-07', 'phaseVoltage')).to.deep.equal({
        L1: 231,
        L3: 230,
      })
      expect(await reasonsOf('street-lighting')).to.deep.equal(
        Array(2).fill('implausible: V of L2 is out of its range'),
      )
    }))

  it('sensor-things: the same observation by HTTP, page after page, and by MQTT', () =>
    inFolder(async (folder) => {
      const observation = (minute: number, result: number) => ({
        phenomenonTime: `2025-11-15T01:${minute}:00Z`,
        result,
        Datastream: { '@iot.id': 7 },
      })
      const service = await serving((url) =>
        url.searchParams.has('$skip')
          ? { value: [observation(30, 2431)] }
          : {
              '@iot.nextLink': `${url.origin}${url.pathname}?$skip=2`,
              value: [observation(10, 2400), observation(20, 2410)],
            },
      )
      const file = path.join(feedFolder('sensor-things'), 'feed.yaml')
      const polled = await run(file, { city: CITY, server: `${service.url}/v1.1` })
      const mqtt = path.join(folder, 'feed.yaml')
      await writeFile(path.join(folder, 'password'), PASSWORD)
      await writeFile(mqtt, byMqtt(await readFile(file, 'utf8'), broker.port))
      const pushed = await run(mqtt, { city: CITY })
      try {
        await until(
          'both pages',
          async () => (await valueAt('WaterLevelObserved', 'GIA-BAY', 'waterLevel')) === 24.31,
        )
        const topic = 'v1.1/Datastreams(7)/Observations'
        const { Datastream: _, ...alone } = observation(40, 2440)
        await inOrder([
          [topic, observation(30, 2431)],
          [topic, alone],
        ])
        await until(
          'the message',
          async () => (await valueAt('WaterLevelObserved', 'GIA-BAY', 'waterLevel')) === 24.4,
        )
      } finally {
        await pushed.stop()
        await polled.stop()
        service.close()
      }
      const history = await historyOf('WaterLevelObserved', 'GIA-BAY', 'waterLevel')
      expect(history).to.deep.equal([24, 24.1, 24.31, 24.4])
    }))

  it('water-telemetry: tags of a gateway, twice, late and spoilt', () =>
    inFolder(async (folder) => {
      const passwordFile = path.join(folder, 'password')
      await writeFile(passwordFile, PASSWORD)
      const server = `mqtt://127.0.0.1:${broker.port}`
      const file = path.join(feedFolder('water-telemetry'), 'feed.yaml')
      const feed = await run(file, { city: CITY, server, user: USER, passwordFile })
      const said = (minute: number, value: number) => ({
        ts: `2025-11-15T08:${minute}:00+07:00`,
        d: [
          { tag: 'GS1_NM2_LUULUONG', value },
          { tag: 'LUULUONG1', value: 73 },
        ],
      })
      try {
        await inOrder([
          ['telemetry', said(30, 58.2)],
          ['telemetry', said(30, 58.2)],
          ['telemetry', said(20, 57)],
          ['telemetry', '{"ts":"2025-11-15T08:31'],
          ['telemetry', said(40, -9)],
          ['telemetry', said(50, 60)],
        ])
        await until(
          'the last and the late',
          async () => (await historyOf('WaterAbstractionObserved', 'GS1_NM2', 'flow')).length === 3,
        )
      } finally {
        await feed.stop()
      }
      expect(await valueAt('WaterAbstractionObserved', 'GS1_NM2', 'flow')).to.equal(60)
      expect(await historyOf('WaterAbstractionObserved', 'GS1_NM2', 'flow')).to.deep.equal([57, 58.2, 60])
      expect([...new Set(await reasonsOf('water-telemetry'))]).to.deep.equal([
        'implausible: flow is out of its range',
        'unmapped: Tag LUULUONG1 is not in the tables of the feed',
        'unreadable: Record is not valid JSON',
      ])
    }))

  it('water-scada: current values are observed when they came, and a failure of the plant is one', async () => {
    let answer = JSON.stringify({ Success: false, Data: null })
    const service = await serving(() => ({ d: answer }))
    const file = path.join(feedFolder('water-scada'), 'feed.yaml')
    const before = new Date().toISOString()
    const feed = await run(file, { city: CITY, server: service.url })
    try {
      await until('the failure', async () => (await reasonsOf('water-scada')).length > 0)
      answer = JSON.stringify({ Success: true, Data: [{ CnlNum: 102, Val: 402.5, Stat: 1 }] })
      await feed.stop()
      const again = await run(file, { city: CITY, server: service.url })
      await until(
        'the value',
        async () => (await valueAt('WaterTreatmentPlant', 'TICH-LUONG', 'outflow')) === 1449,
      )
      await again.stop()
    } finally {
      await feed.stop()
      service.close()
    }
    const { body } = await ask(
      `${hub.url}/ngsi-ld/v1/entities/urn:ngsi-ld:WaterTreatmentPlant:${CITY}:TICH-LUONG`,
    )
    const { outflow } = body as { outflow: { observedAt: string; unitCode: string } }
    expect(outflow.unitCode).to.equal('MQH')
    expect(outflow.observedAt > before).to.equal(true)
    expect(await reasonsOf('water-scada')).to.deep.equal(['unreadable: Document has no array at Data'])
  })
})

/** An HTTP server that answers JSON. */
async function serving(answer: (url: URL) => object): Promise<{ readonly url: string; close(): void }> {
  const server: Server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer(new URL(request.url ?? '/', url))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** The feed as it is, but from topics of MQTT. */
function byMqtt(feed: string, port: number): string {
  const transport = `transport:
  kind: mqtt
  url: mqtt://127.0.0.1:${port}
  version: '3.1.1'
  topics: ['v1.1/+/Observations']
  client: sensor-things
  user: ${USER}
  password: { file: password }

format:
  kind: json

mapping:
  module: ${path.join(feedFolder('sensor-things'), 'map.ts')}

tables:`
  return feed
    .replace('name: sensor-things', 'name: sensor-things-mqtt')
    .replace(/^transport:[\s\S]*^tables:/m, transport)
}
