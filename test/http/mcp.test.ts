import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import { startTestHub, type TestHub, type TestRequest } from '../support/hub.ts'
import { connectMcp, type McpClient } from '../support/mcp-client.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'

const STATIONS = 30
const id = (at: number): string => `urn:ngsi-ld:AirQualityObserved:thai-nguyen:${at}`
const HEADERS = {
  'Content-Type': 'application/json',
  Accept: 'application/json, text/event-stream',
  'MCP-Protocol-Version': '2025-11-25',
}

/** A station that measured so much, so many hours ago. */
function station(at: number): object {
  return {
    id: id(at),
    type: 'AirQualityObserved',
    name: { type: 'Property', value: `Trạm số ${at}` },
    description: { type: 'Property', value: 'rất dài '.repeat(at === 29 ? 10_000 : 300) },
    location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.8 + at / 100, 21.5] } },
    pm25: { type: 'Property', value: at, unitCode: 'GQ', observedAt: '2025-11-15T01:00:00Z' },
  }
}

const message = (method: string, params: object = {}): TestRequest => ({
  method: 'POST',
  body: { jsonrpc: '2.0', id: 7, method, params },
  headers: HEADERS,
})

describe('MCP', () => {
  let hub: TestHub
  let mcp: McpClient
  let receiver: Receiver

  before(async () => {
    hub = await startTestHub({ 'context.default': 'ontology' })
    receiver = await startReceiver()
    const body = Array.from({ length: STATIONS }, (_, at) => station(at))
    const created = await hub.send('/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })
    expect(created.status, created.text).to.equal(201)
    for (const [value, hour] of [
      [10, 2],
      [30, 3],
      [50, 26],
    ] as const) {
      const observedAt = new Date(Date.UTC(2025, 10, 15, hour)).toISOString()
      const pm25 = { type: 'Property', value, unitCode: 'GQ', observedAt }
      const merged = await hub.send(`/ngsi-ld/v1/entities/${id(1)}`, { method: 'PATCH', body: { pm25 } })
      expect(merged.status, merged.text).to.equal(204)
    }
    mcp = await connectMcp(hub.url)
  })
  after(async () => {
    await mcp?.close()
    await receiver?.close()
    await hub?.stop()
  })

  describe('tools', () => {
    it('discover_types tells types in words of the ontology, found without accents', async () => {
      const { types } = await mcp.call('discover_types')
      expect(types).to.have.length(1)
      expect(types[0]).to.include({ name: 'AirQualityObserved' })
      expect(types[0].label).to.include({ vi: 'Quan trắc chất lượng không khí' })
      expect(types[0].attributes).to.include.members(['pm25', 'location'])
      expect((await mcp.call('discover_types', { search: 'khong khi' })).types).to.deep.equal(types)
      expect((await mcp.call('discover_types', { search: 'nothing of it' })).types).to.deep.equal([])
      const all = await mcp.call('discover_types', { withoutData: true })
      expect(all.types.length).to.be.greaterThan(50)
    })

    it('describe_type tells what attributes mean, and which occur', async () => {
      const told = await mcp.call('describe_type', { type: 'AirQualityObserved' })
      expect(told.entities).to.equal(STATIONS)
      const [pm25, pm10, level] = ['pm25', 'pm10', 'airQualityLevel'].map((name) =>
        told.attributes.find((one: { name: string }) => one.name === name),
      )
      expect(pm25).to.include({
        unitCode: 'GQ',
        unit: 'µg/m³',
        value: 'number',
        personalData: 'none',
        occurs: true,
      })
      expect(pm10).to.include({ occurs: false })
      expect(Object.values(level.values)[0]).to.have.keys('vi', 'en')
      expect(told.example).to.include({ type: 'AirQualityObserved' })
      const { attributes } = await mcp.call('describe_type', { type: told.iri })
      expect(attributes).to.deep.equal(told.attributes)
      expect(await mcp.refused('describe_type', { type: 'Nothing' })).to.match(/neither in the ontology nor/)
    })

    it('query finds entities as plain values, page by page', async () => {
      const given = { type: 'AirQualityObserved', q: 'pm25>=20', pick: ['pm25'], limit: 4, count: true }
      const seen: string[] = []
      for (let next: string | undefined, page = 0; page === 0 || next !== undefined; page++) {
        const found = await mcp.call('query', { ...given, ...(next && { next }) })
        expect(found.count).to.equal(11)
        for (const entity of found.entities) {
          expect(Object.keys(entity).sort()).to.deep.equal(['id', 'pm25', 'type'])
          seen.push(entity.id)
        }
        next = found.next
      }
      expect(new Set(seen).size).to.equal(11)
      expect(seen).to.include(id(1)) // it measured 50 last
    })

    it('query finds by place and unit, in other forms', async () => {
      const near = { longitude: 105.8, latitude: 21.5, metres: 2500 }
      const { entities } = await mcp.call('query', {
        type: 'AirQualityObserved',
        near,
        format: 'concise',
        pick: ['pm25'],
      })
      expect(entities.map((one: { id: string }) => one.id)).to.have.members([0, 1, 2].map(id))
      expect(entities[0].pm25).to.deep.include({ unitCode: 'GQ' })
      const ring = [
        [105.795, 21.4],
        [105.815, 21.4],
        [105.815, 21.6],
        [105.795, 21.6],
        [105.795, 21.4],
      ]
      const within = { type: 'Polygon', coordinates: [ring] }
      expect((await mcp.call('count', { type: 'AirQualityObserved', within })).count).to.equal(2)
      const unit = await mcp.call('query', {
        type: 'AirQualityObserved',
        unit: 'thành phố Sông Công',
        limit: 1,
      })
      expect(unit.unit).to.match(/^urn:ngsi-ld:AdministrativeUnit:/)
    })

    it('history and aggregate answer values over time', async () => {
      const ids = [id(1)]
      const past = await mcp.call('history', { ids, type: 'AirQualityObserved', attributes: ['pm25'] })
      expect(past.entities[0].pm25.values.map(([value]: [number]) => value)).to.have.members([1, 10, 30, 50])
      const days = await mcp.call('aggregate', {
        ...{ type: 'AirQualityObserved', ids, attributes: ['pm25'], methods: ['avg', 'max'] },
        ...{ from: '2025-11-15T00:00:00Z', to: '2025-11-17T00:00:00Z', period: 'P1D' },
      })
      expect(days.entities[0].pm25.max.map(([value]: [number]) => value)).to.deep.equal([30, 50])
    })

    it('changes tells what changed since, and waits for what will', async () => {
      const { after, changes } = await mcp.call('changes', { type: 'AirQualityObserved' })
      expect(changes).to.deep.equal([])
      const waiting = mcp.call('changes', { type: 'AirQualityObserved', after, wait: 30, pick: ['pm10'] })
      const pm10 = { type: 'Property', value: 77 }
      await hub.send(`/ngsi-ld/v1/entities/${id(4)}`, { method: 'PATCH', body: { pm10 } })
      const told = await waiting
      expect(told.changes).to.have.length(1)
      expect(told.changes[0]).to.include({ action: 'updated', id: id(4) })
      expect(told.changes[0].entity).to.include({ pm10: 77 })
      expect(
        (await mcp.call('changes', { type: 'AirQualityObserved', after: told.after })).changes,
      ).to.deep.equal([])
    })

    it('changes answers as many as there is room for, and all of them in the end', async () => {
      const seen: string[] = []
      const large: string[] = []
      for (let after = 'earliest', more = true; more; ) {
        const told = await mcp.call('changes', { type: 'AirQualityObserved', after, limit: 40 })
        seen.push(...told.changes.map((one: { id: string }) => one.id))
        large.push(
          ...told.changes
            .filter(({ entity }: { entity?: object }) => !entity)
            .map((one: { id: string }) => one.id),
        )
        ;({ after, more = false } = told)
      }
      expect(new Set(seen).size).to.equal(STATIONS)
      expect(large).to.deep.equal([id(29)])
    })

    it('subscribe has a server told, until unsubscribe', async () => {
      const endpoint = `${receiver.url}/told`
      const { id: subscription } = await mcp.call('subscribe', {
        ...{ type: 'AirQualityObserved', watched: ['o3'], pick: ['o3'], endpoint, description: 'ozone' },
      })
      await hub.send(`/ngsi-ld/v1/entities/${id(5)}`, { method: 'PATCH', body: { o3: { value: 9 } } })
      const [told] = await receiver.wait(1)
      expect(told?.body.subscriptionId).to.equal(subscription)
      expect(told?.body.data[0]).to.include({ id: id(5) })
      await mcp.call('unsubscribe', { id: subscription })
      const gone = await hub.send(`/ngsi-ld/v1/subscriptions/${subscription}`)
      expect(gone.status).to.equal(404)
      expect(await mcp.refused('unsubscribe', { id: subscription })).to.match(/does not exist/)
    })

    it('say how to ask for less when a result is too large', async () => {
      const large = await mcp.refused('query', { type: 'AirQualityObserved', limit: 28 })
      const [, fewer] = /ask for less, with limit (\d+), fewer attributes/.exec(large) ?? []
      expect(Number(fewer), large).to.be.within(1, 27)
      const { entities } = await mcp.call('query', { type: 'AirQualityObserved', limit: Number(fewer) })
      expect(entities).to.have.length(Number(fewer))
      expect(await mcp.refused('query', { ids: [id(29)], type: 'AirQualityObserved' })).to.match(
        /a smaller limit|limit 1/,
      )
    })

    it('say what is wrong with a call, for the next one to be right', async () => {
      for (const [name, given, why] of [
        ['query', { type: 'AirQualityObserved', limit: 1000 }, /Tool query member \/limit must be <= 500/],
        ['query', { types: ['AirQualityObserved'] }, /Tool query .*types/],
        ['query', { type: 'AirQualityObserved', q: 'pm25>' }, /position|character|Query|q /],
        ['query', {}, /selects too much/],
        [
          'query',
          {
            type: 'A',
            near: { longitude: 1, latitude: 2, metres: 3 },
            within: { type: 'Polygon', coordinates: [] },
          },
          /near and within/,
        ],
        ['history', { type: 'AirQualityObserved', from: 'yesterday' }, /member \/from must match pattern/],
        ['aggregate', { type: 'AirQualityObserved' }, /Tool aggregate .*attributes/],
        ['changes', { after: 'nonsense' }, /after|token/i],
        ['subscribe', { type: 'AirQualityObserved', endpoint: 'ftp://x' }, /member \/endpoint must match/],
      ] as const)
        expect(await mcp.refused(name, given), name).to.match(why)
    })
  })

  describe('protocol', () => {
    it('is spoken in the newest revision and in those with a handshake', async () => {
      expect(mcp.client.getProtocolEra()).to.equal('modern')
      const old = await connectMcp(hub.url, { legacy: true })
      expect(old.client.getServerVersion()).to.include({ name: 'hub' })
      expect(old.client.getInstructions()).to.match(/discover_types/)
      const found = await old.call('count', { type: 'AirQualityObserved' })
      expect(found).to.deep.equal({ count: STATIONS })
      await old.close()
    })

    it('lists tools with valid schemas, which read unless they say otherwise', async () => {
      const { tools } = await mcp.client.listTools()
      const ajv = new Ajv2020({ strict: false })
      for (const { name, inputSchema, outputSchema, description } of tools) {
        expect(description, name).to.be.a('string').and.not.equal('')
        for (const schema of [inputSchema, outputSchema ?? {}])
          expect(() => ajv.compile(schema as object), name).to.not.throw()
      }
      const writing = tools.filter(({ annotations }) => !annotations?.readOnlyHint).map(({ name }) => name)
      expect(writing).to.deep.equal(['subscribe', 'unsubscribe'])
    })

    it('has the guide to read', async () => {
      const { resources } = await mcp.client.listResources()
      const guide = resources.find(({ uri }) => uri === 'hub://guide/query-the-province')
      expect(guide?.title).to.equal('Query the province')
      const { contents } = await mcp.client.readResource({ uri: 'hub://guide/query-the-province' })
      expect(contents[0])
        .to.have.property('text')
        .that.matches(/^# Query the province/)
      const missing = await hub.send('/mcp', message('resources/read', { uri: 'hub://guide/../../package' }))
      expect(missing.text)
        .to.match(/"error"/)
        .and.not.match(/urban-data-hub/)
    })

    it('answers what is no message with an error of JSON-RPC', async () => {
      for (const [body, code] of [
        ['{"jsonrpc":"2.0","id":1,', -32700],
        ['', -32700],
        ['[]', -32600],
        ['{"id":1,"method":"tools/list"}', -32600],
        ['"tools/list"', -32600],
      ] as const) {
        const {
          status,
          body: answer,
          text,
        } = await hub.send('/mcp', { method: 'POST', body, headers: HEADERS })
        expect([status, answer?.error?.code], `${body}: ${text}`).to.deep.equal([400, code])
      }
      const unknown = await hub.send('/mcp', message('tools/nothing'))
      expect(unknown.text).to.match(/-32601/)
      const tool = await hub.send('/mcp', message('tools/call', { name: 'drop_everything', arguments: {} }))
      expect(tool.text).to.match(/-32602.*Tool drop_everything is not known here/)
      const type = await hub.send('/mcp', {
        ...message('ping'),
        headers: { ...HEADERS, 'Content-Type': 'text/plain' },
      })
      expect(type.status).to.equal(415)
      const large = await hub.send('/mcp', message('ping', { large: 'x'.repeat(300_000) }))
      expect(large.status).to.equal(413)
    })

    it('takes messages by POST alone', async () => {
      const got = await hub.send('/mcp', { headers: { Accept: 'text/event-stream' } })
      expect([got.status, got.headers.allow]).to.deep.equal([405, 'POST, OPTIONS'])
      expect((await hub.send('/mcp', { method: 'OPTIONS' })).status).to.equal(204)
    })

    it('is for no pages of other origins, by whatever name they reach the hub', async () => {
      for (const origin of ['https://evil.example', 'http://rebound.example:1026', 'null']) {
        const asked = message('tools/list')
        const headers = { ...asked.headers, Origin: origin }
        const { status, text } = await hub.send('/mcp', { ...asked, headers })
        expect([status, text.includes('AirQuality')], origin).to.deep.equal([403, false])
      }
      const own = message('tools/list')
      expect(
        (await hub.send('/mcp', { ...own, headers: { ...own.headers, Origin: hub.url } })).status,
      ).to.equal(200)
    })
  })
})
