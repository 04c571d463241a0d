import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { startTestHub, type TestHub, type TestRequest } from '../support/hub.ts'
import { until } from '../support/until.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const SNAPSHOTS = '/ngsi-ld/v1/snapshots'
const ERRORS = 'https://uri.etsi.org/ngsi-ld/errors/'
const QUERY = { type: 'Query', entities: [{ type: 'Car' }] }

interface Shown {
  readonly id: string
  readonly snapshotStatus: string
  readonly [member: string]: unknown
}

describe('5.16 Snapshots', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', 'limits.snapshots': 40, 'limits.rows': 1000 })
    await create({ id: 'urn:car:fast', type: 'Car', speed: 80, colour: 'red', scope: '/road' })
    await create({ id: 'urn:car:slow', type: 'Car', speed: 30 })
    await create({ id: 'urn:bus:1', type: 'Bus', seats: 40 })
  })
  after(() => hub.stop())

  const create = async (body: object, headers = {}) => {
    const answer = await hub.send(ENTITIES, { method: 'POST', body, headers })
    expect(answer.status, answer.text).to.equal(201)
  }
  const post = (members: object, headers = {}) =>
    hub.send(SNAPSHOTS, { method: 'POST', body: { type: 'Snapshot', ...members }, headers })
  const status = async (location: string, headers = {}) => {
    let body: Shown = { id: '', snapshotStatus: '' }
    await until('the snapshot to be ready', async () => {
      body = (await hub.send(location, { headers })).body
      return body.snapshotStatus !== 'preparing'
    })
    return body
  }
  const taken = async (members: object = {}, headers = {}) => {
    const answer = await post({ snapshotQueries: [QUERY], ...members }, headers)
    expect(answer.status, answer.text).to.equal(201)
    const location = String(answer.headers.location)
    const snapshot: Shown & { readonly location: string } = { ...(await status(location, headers)), location }
    return snapshot
  }
  const inside = (id: string, path: string, request: TestRequest = {}) =>
    hub.send(path, { ...request, headers: { ...request.headers, 'NGSILD-Snapshot': id } })
  const idsIn = async (id: string, search: string) =>
    (await inside(id, `${ENTITIES}?${search}`)).body.map((entity: { id: string }) => entity.id).sort()

  describe('5.16.1 Create Snapshot', () => {
    it('freezes what its queries find, and says so', async () => {
      const q = 'speed>50'
      const { location, id, ...rest } = await taken({ snapshotQueries: [{ ...QUERY, q }] })
      expect(location).to.equal(`${SNAPSHOTS}/${id}`)
      expect(id).to.match(/^urn:ngsi-ld:Snapshot:/)
      expect(rest).to.include({ type: 'Snapshot', snapshotPriority: 5, snapshotStatus: 'success' })
      expect(rest.snapshotQueries).to.deep.equal([{ ...QUERY, q }])
      expect(rest.snapshotQueriesDetails).to.deep.equal([{ resultStatus: 'success' }])
      expect(Object.keys(rest)).to.include.members(['createdAt', 'modifiedAt', 'expiresAt', 'lastUsedAt'])
      expect(JSON.stringify(rest)).to.not.match(/"(key|given|preparedUntil|owner)"/)

      await create({ id: 'urn:car:later', type: 'Car', speed: 90 })
      await hub.send(`${ENTITIES}/urn:car:fast/attrs/speed`, { method: 'PATCH', body: { value: 10 } })
      const answer = await inside(id, `${ENTITIES}?type=Car&options=sysAttrs`)
      expect(answer.headers['ngsild-snapshot']).to.equal(id)
      expect(answer.body.map((entity: { id: string }) => entity.id)).to.deep.equal(['urn:car:fast'])
      expect(answer.body[0].speed.value).to.equal(80)
      const live = (await hub.send(`${ENTITIES}/urn:car:fast?options=sysAttrs`)).body
      expect(answer.body[0].createdAt).to.equal(live.createdAt)
      await hub.send(`${ENTITIES}/urn:car:fast/attrs/speed`, { method: 'PATCH', body: { value: 80 } })
      await hub.send(`${ENTITIES}/urn:car:later`, { method: 'DELETE' })
    })

    it('runs its queries on other sources too', async () => {
      const source = createServer((request, response) => {
        const body = request.url?.startsWith(`${ENTITIES}?`)
          ? JSON.stringify([
              { id: 'urn:truck:far', type: 'Truck', speed: { type: 'Property', value: 90 } },
              { id: 'urn:truck:both', type: 'Truck', speed: { type: 'Property', value: 70 } },
              { id: 'urn:truck:slow', type: 'Truck', speed: { type: 'Property', value: 10 } },
            ])
          : '{}'
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(body)
      }).listen(0, '127.0.0.1')
      await once(source, 'listening')
      const endpoint = `http://127.0.0.1:${(source.address() as AddressInfo).port}` // a TCP server has such an address
      const register = (id: string, type: string, at: string) =>
        hub.send('/ngsi-ld/v1/csourceRegistrations', {
          method: 'POST',
          body: {
            ...{ id, type: 'ContextSourceRegistration', endpoint: at },
            information: [{ entities: [{ type }] }],
          },
        })
      await register('urn:r:truck', 'Truck', endpoint)
      await register('urn:r:tram', 'Tram', 'http://127.0.0.1:9')
      await create({ id: 'urn:truck:both', type: 'Truck', colour: 'red' })
      await create({ id: 'urn:truck:own', type: 'Truck', speed: 60 })
      await create({ id: 'urn:tram:own', type: 'Tram' })
      const snapshotQueries = [
        { type: 'Query', entities: [{ type: 'Truck' }], q: 'speed>50' },
        { type: 'Query', entities: [{ type: 'Tram' }] },
      ]
      const { id, snapshotStatus, snapshotQueriesDetails } = await taken({ snapshotQueries })
      source.close()
      expect(snapshotStatus).to.equal('success')
      const [whole, partial] = snapshotQueriesDetails as readonly { problemDetails?: { detail: string } }[]
      expect(whole).to.deep.equal({ resultStatus: 'success' })
      expect(partial?.problemDetails?.detail).to.equal('Not every source answered with all that it has')
      expect(await idsIn(id, 'type=Truck')).to.deep.equal([
        'urn:truck:both',
        'urn:truck:far',
        'urn:truck:own',
      ])
      const { body } = await inside(id, `${ENTITIES}/urn:truck:both?format=simplified`)
      expect(body).to.deep.include({ colour: 'red', speed: 70 })
      expect((await hub.send(`${ENTITIES}/urn:truck:far?local=true`)).status).to.equal(404)
      for (const name of ['truck', 'tram'])
        await hub.send(`/ngsi-ld/v1/csourceRegistrations/urn:r:${name}`, { method: 'DELETE' })
    })

    it('keeps what the projections leave, and adds up what several queries leave of one entity', async () => {
      const { id, snapshotQueriesDetails } = await taken({
        snapshotQueries: [
          { ...QUERY, pick: ['id', 'type', 'speed'] },
          { ...QUERY, q: 'colour', pick: ['colour'] },
          { type: 'Query', entities: [{ type: 'Car', id: 'urn:car:fast' }], omit: ['speed'] },
        ],
      })
      expect(snapshotQueriesDetails).to.have.length(3)
      const { body } = await inside(id, `${ENTITIES}?type=Car&format=simplified`)
      expect(body).to.have.deep.members([
        { id: 'urn:car:fast', type: 'Car', speed: 80, colour: 'red', scope: '/road' },
        { id: 'urn:car:slow', type: 'Car', speed: 30 },
      ])
    })

    it('copies all pages', async () => {
      const body = Array.from({ length: 450 }, (_, at) => ({
        id: `urn:page:${at}`,
        type: 'Page',
        number: at,
      }))
      await hub.send('/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })
      const { id } = await taken({ snapshotQueries: [{ type: 'Query', entities: [{ type: 'Page' }] }] })
      const { headers } = await inside(id, `${ENTITIES}?type=Page&limit=0&count=true`)
      expect(headers['ngsild-results-count']).to.equal('450')
    })

    it('sums up what became of the queries', async () => {
      const none = { type: 'Query', entities: [{ type: 'Nothing' }] }
      // more rows than this hub looks at in one query
      const body = Array.from({ length: 1200 }, (_, at) => ({ id: `urn:many:${at}`, type: 'Many', n: at }))
      await hub.send('/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })
      const many = { type: 'Query', entities: [{ type: 'Many' }], q: 'n~="^x"' }
      for (const [queries, wanted] of [
        [[none], 'empty'],
        [[QUERY, none], 'partial'],
        [[QUERY, many], 'partial'],
        [[none, many], 'empty'],
        [[many], 'failure'],
      ] as const) {
        const { snapshotStatus, snapshotQueriesDetails } = await taken({ snapshotQueries: queries })
        expect(snapshotStatus).to.equal(wanted)
        expect(snapshotQueriesDetails).to.have.length(queries.length)
      }
      const { id, snapshotQueriesDetails } = await taken({ snapshotQueries: [many] })
      const [{ resultStatus, problemDetails }] = snapshotQueriesDetails as [
        { resultStatus: string; problemDetails: { type: string } },
      ]
      expect(resultStatus).to.equal('failure')
      expect(problemDetails.type).to.equal(`${ERRORS}TooComplexQuery`)
      expect((await inside(id, `${ENTITIES}?type=Many`)).status).to.equal(409)
    })

    const REFUSED: readonly (readonly [why: string, members: object, type?: string])[] = [
      ['no queries at all', {}],
      ['an empty list', { snapshotQueries: [] }],
      ['queries that are no list', { snapshotQueries: QUERY }],
      ['a query of another type', { snapshotQueries: [{ ...QUERY, type: 'Q' }] }],
      ['a query that selects everything', { snapshotQueries: [{ type: 'Query' }] }],
      [
        'a temporal query among the others',
        { snapshotQueries: [{ ...QUERY, temporalQ: { timerel: 'after' } }] },
      ],
      ['a temporal query without temporalQ', { snapshotTemporalQueries: [QUERY] }],
      ['another type', { type: 'Snap', snapshotQueries: [QUERY] }],
      ['an id that is no URI', { id: 'x', snapshotQueries: [QUERY] }],
      ['a lifetime that is no duration', { snapshotLifetime: '1 hour', snapshotQueries: [QUERY] }],
      ['a priority of 0', { snapshotPriority: 0, snapshotQueries: [QUERY] }],
      ['a priority of 2.5', { snapshotPriority: 2.5, snapshotQueries: [QUERY] }],
      ['an endpoint that is no URL', { endpoint: 'x', snapshotQueries: [QUERY] }],
      [
        'a header that has two lines',
        { receiverInfo: [{ key: 'a', value: 'b\nc' }], snapshotQueries: [QUERY] },
      ],
      [
        'a header of the connection',
        { receiverInfo: [{ key: 'Host', value: 'b' }], snapshotQueries: [QUERY] },
      ],
      ['a member that nobody knows', { speed: 5, snapshotQueries: [QUERY] }],
      ['null', { endpoint: null, snapshotQueries: [QUERY] }],
      [
        'linked entities, which need a query',
        { snapshotQueries: [{ ...QUERY, join: 'flat' }] },
        'OperationNotSupported',
      ],
      ['too many queries', { snapshotQueries: Array(21).fill(QUERY) }, 'TooComplexQuery'],
      [
        'history, which cannot be frozen yet',
        { snapshotTemporalQueries: [{ ...QUERY, temporalQ: {} }] },
        'OperationNotSupported',
      ],
    ]
    describe('refuses bodies that describe none', () => {
      for (const [why, members, type = 'BadRequestData'] of REFUSED) {
        it(`such as one with ${why}`, async () => {
          const { body } = await post(members)
          expect(body.type).to.equal(ERRORS + type)
        })
      }
    })

    it('ignores what only the hub writes, and bounds the lifetime', async () => {
      const snapshot = await taken({
        snapshotStatus: 'success',
        expiresAt: '2000-01-01T00:00:00Z',
        lastUsedAt: 'never',
        snapshotLifetime: 'P10Y',
      })
      const days =
        (Date.parse(String(snapshot.expiresAt)) - Date.parse(String(snapshot.createdAt))) / 86_400_000
      expect(days).to.be.closeTo(7, 0.01)
      expect(snapshot.lastUsedAt).to.not.equal('never')
    })

    it('takes the id that it is given once', async () => {
      await taken({ id: 'urn:snapshot:mine' })
      const again = await post({ id: 'urn:snapshot:mine', snapshotQueries: [QUERY] })
      expect(again.status).to.equal(409)
      expect(again.body.type).to.equal(`${ERRORS}AlreadyExists`)
    })

    it('stays inside its tenant', async () => {
      const headers = { 'NGSILD-Tenant': 'Snap.City' }
      await create({ id: 'urn:car:there', type: 'Car' }, headers)
      const { id, location } = await taken({}, headers)
      expect((await inside(id, `${ENTITIES}?type=Car`, { headers })).body).to.have.length(1)
      expect((await inside(id, `${ENTITIES}?type=Car`)).status).to.equal(404)
      expect((await hub.send(location)).status).to.equal(404)
      const unknown = await post({ snapshotQueries: [QUERY] }, { 'NGSILD-Tenant': 'none' })
      expect(unknown.body.type).to.equal(`${ERRORS}NonexistentTenant`)
    })
  })

  describe('5.5.15 Operations on a snapshot', () => {
    it('write there and nowhere else', async () => {
      const { id } = await taken()
      const write = async (path: string, request: TestRequest, wanted: number) => {
        const { status: code, text, headers } = await inside(id, path, request)
        expect(code, text).to.equal(wanted)
        expect(headers['ngsild-snapshot']).to.equal(id)
      }
      await write(ENTITIES, { method: 'POST', body: { id: 'urn:car:new', type: 'Car', speed: 1 } }, 201)
      await write(`${ENTITIES}/urn:car:fast`, { method: 'PATCH', body: { speed: 99 } }, 204)
      await write(`${ENTITIES}/urn:car:fast/attrs/colour`, { method: 'DELETE' }, 204)
      await write(`${ENTITIES}/urn:car:slow`, { method: 'DELETE' }, 204)
      const batch = [{ id: 'urn:car:batch', type: 'Car', speed: 2 }]
      await write('/ngsi-ld/v1/entityOperations/upsert', { method: 'POST', body: batch }, 201)
      const { body } = await inside(id, `${ENTITIES}?type=Car&format=simplified`)
      expect(
        body.map(({ id: car, speed, colour }: Record<string, unknown>) => [car, speed, colour]),
      ).to.deep.equal([
        ['urn:car:fast', 99, undefined],
        ['urn:car:new', 1, undefined],
        ['urn:car:batch', 2, undefined],
      ])
      const live = await hub.send(`${ENTITIES}?type=Car&format=simplified`)
      expect(live.headers['ngsild-snapshot']).to.equal(undefined)
      expect(live.body).to.deep.equal([
        { id: 'urn:car:fast', type: 'Car', scope: '/road', speed: 80, colour: 'red' },
        { id: 'urn:car:slow', type: 'Car', speed: 30 },
      ])
      await write(`${ENTITIES}?type=Car`, { method: 'DELETE' }, 204)
      expect(await idsIn(id, 'type=Car')).to.deep.equal([])
      expect((await hub.send(`${ENTITIES}?type=Car`)).body).to.have.length(2)
    })

    it('are local whatever is said, with all that local ones may', async () => {
      const { id } = await taken()
      const cars = ['urn:car:fast', 'urn:car:slow']
      for (const search of ['', 'local=false', 'type=*&local=false', 'id=urn:car:fast,urn:car:slow']) {
        expect(await idsIn(id, search), search).to.deep.equal(cars)
      }
      const byBody = await inside(id, '/ngsi-ld/v1/entityOperations/query', {
        method: 'POST',
        body: QUERY,
      })
      expect(byBody.body).to.have.length(2)
    })

    it('page inside it, and their places are no places elsewhere', async () => {
      const { id } = await taken()
      const first = await inside(id, `${ENTITIES}?type=Car&limit=1`)
      const next = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? ''
      const second = await inside(id, next)
      expect([...first.body, ...second.body].map((entity) => entity.id)).to.have.members([
        'urn:car:fast',
        'urn:car:slow',
      ])
      expect((await hub.send(next)).status).to.equal(400)
    })

    it('make EntityMaps of their own', async () => {
      const { id } = await taken()
      const made = await inside(id, `${ENTITIES}?type=Car&entityMap=true&limit=1`)
      expect(made.status, made.text).to.equal(201)
      const map = String(made.headers['ngsild-entitymap'])
      expect(Object.keys((await inside(id, map)).body.entityMap)).to.have.members([
        'urn:car:fast',
        'urn:car:slow',
      ])
      expect((await hub.send(map)).status).to.equal(404)
    })

    it('discover what is in it', async () => {
      const { id } = await taken()
      expect((await inside(id, '/ngsi-ld/v1/types')).body.typeList).to.deep.equal(['Car'])
      expect((await inside(id, '/ngsi-ld/v1/attributes')).body.attributeList).to.not.include('seats')
    })

    const REFUSED: readonly (readonly [name: string, path: string, status: number, type: string])[] = [
      ['urn:none', `${ENTITIES}?type=Car`, 404, 'ResourceNotFound'],
      ['no uri', `${ENTITIES}?type=Car`, 400, 'BadRequestData'],
      ['urn:none', '/ngsi-ld/v1/csourceRegistrations?type=Car', 422, 'OperationNotSupported'],
      ['urn:none', '/ngsi-ld/v1/jsonldContexts', 422, 'OperationNotSupported'],
      ['urn:none', `${SNAPSHOTS}/urn:none`, 422, 'OperationNotSupported'],
    ]
    describe('are refused for what is no snapshot, and on what is no entity', () => {
      for (const [name, path, code, type] of REFUSED) {
        it(`${name} at ${path} with ${type}`, async () => {
          const answer = await inside(name, path)
          expect([answer.status, answer.body.type]).to.deep.equal([code, ERRORS + type])
        })
      }
    })

    it('cannot be reached by the name of a tenant', async () => {
      await taken()
      const [content = ''] = await hub.running.store.hiddenTenants()
      const answer = await hub.send(`${ENTITIES}?type=Car`, { headers: { 'NGSILD-Tenant': content } })
      expect(answer.status).to.equal(400)
      expect(await hub.running.store.tenants()).to.not.include(content)
    })

    it('refresh lastUsedAt', async () => {
      const { id, location, lastUsedAt } = await taken()
      await inside(id, `${ENTITIES}?type=Car`)
      const later = (await hub.send(location)).body
      expect(later.lastUsedAt > String(lastUsedAt)).to.equal(true)
      expect((await hub.send(location)).body.lastUsedAt).to.equal(later.lastUsedAt)
    })
  })

  describe('5.16.2 Clone Snapshot', () => {
    it('copies what is in it, changes included, and outlives it', async () => {
      const { id, location } = await taken()
      await inside(id, `${ENTITIES}/urn:car:fast`, { method: 'PATCH', body: { speed: 1000 } })
      const answer = await hub.send(`${location}/clone`, {
        method: 'POST',
        body: { type: 'Snapshot', snapshotPriority: 9 },
      })
      expect(answer.status, answer.text).to.equal(201)
      const clone = await status(String(answer.headers.location))
      expect(clone).to.include({ snapshotStatus: 'success', snapshotPriority: 9 })
      expect((await hub.send(location, { method: 'DELETE' })).status).to.equal(204)
      const { body } = await inside(clone.id, `${ENTITIES}?type=Car&format=simplified`)
      expect(body.map(({ speed }: { speed: number }) => speed)).to.deep.equal([1000, 30])
      expect((await inside(id, `${ENTITIES}?type=Car`)).status).to.equal(404)
    })

    it('refuses queries, an id that is there, and what is not there', async () => {
      const { id, location } = await taken()
      const clone = (members: object, at = location) =>
        hub.send(`${at}/clone`, { method: 'POST', body: { type: 'Snapshot', ...members } })
      expect((await clone({ snapshotQueries: [QUERY] })).status).to.equal(400)
      expect((await clone({ id })).status).to.equal(409)
      expect((await clone({}, `${SNAPSHOTS}/urn:none`)).status).to.equal(404)
      expect((await clone({}, `${SNAPSHOTS}/none`)).status).to.equal(400)
    })
  })

  describe('5.16.4 Update Snapshot Status', () => {
    const patch = (location: string, body: object) => hub.send(location, { method: 'PATCH', body })

    it('replaces members, null removes them, and answers the whole', async () => {
      const { location } = await taken({
        snapshotPriority: 7,
        endpoint: 'http://127.0.0.1:1/',
        snapshotLifetime: 'P1D',
      })
      const changed = await patch(location, { snapshotPriority: 2, snapshotLifetime: 'PT1H', endpoint: null })
      expect(changed.status, changed.text).to.equal(200)
      expect(changed.body).to.include({ snapshotPriority: 2, snapshotLifetime: 'PT1H' })
      expect(changed.body).to.not.have.property('endpoint')
      const hours = (Date.parse(changed.body.expiresAt) - Date.parse(changed.body.modifiedAt)) / 3_600_000
      expect(hours).to.be.closeTo(1, 0.01)
      expect((await hub.send(location)).body).to.deep.equal(changed.body)
      expect((await patch(location, { snapshotPriority: null })).body.snapshotPriority).to.equal(5)
    })

    it('ignores what only the hub writes, refuses queries and another id', async () => {
      const { location, id } = await taken()
      expect((await patch(location, { snapshotStatus: 'failure', id })).body.snapshotStatus).to.equal(
        'success',
      )
      for (const body of [
        { snapshotQueries: [] },
        { snapshotTemporalQueries: [] },
        { id: 'urn:other' },
        { id: null },
        { type: null },
        { x: 1 },
      ]) {
        expect((await patch(location, body)).status, JSON.stringify(body)).to.equal(400)
      }
      expect((await patch(`${SNAPSHOTS}/urn:none`, {})).status).to.equal(404)
    })

    it('lets it expire at once, with all that it holds', async () => {
      const { location, id } = await taken()
      const before = (await hub.running.store.hiddenTenants()).length
      expect((await patch(location, { snapshotLifetime: 'PT0S' })).status).to.equal(200)
      expect((await hub.send(location)).status).to.equal(404)
      expect((await inside(id, `${ENTITIES}?type=Car`)).status).to.equal(404)
      expect((await hub.running.store.hiddenTenants()).length).to.equal(before)
    })
  })

  describe('5.16.5 Delete Snapshot', () => {
    it('takes it away with its file', async () => {
      const { store } = hub.running
      // others that expired may go meanwhile
      const before = new Set(await store.hiddenTenants())
      const { location } = await taken()
      const held = (await store.hiddenTenants()).filter((name) => !before.has(name))
      expect(held).to.have.length(1)
      expect((await hub.send(location, { method: 'DELETE' })).status).to.equal(204)
      expect(await store.hiddenTenants()).to.not.include(held[0])
      expect((await hub.send(location, { method: 'DELETE' })).status).to.equal(404)
      expect((await hub.send(`${SNAPSHOTS}/none`, { method: 'DELETE' })).status).to.equal(400)
    })
  })

  describe('5.16.6 Snapshot status notification', () => {
    let receiver: Server
    const received: { headers: Record<string, unknown>; body: Record<string, unknown> }[] = []
    before(async () => {
      receiver = createServer(async (request, response) => {
        let text = ''
        for await (const chunk of request) text += chunk
        received.push({ headers: request.headers, body: JSON.parse(text) })
        response.end()
      }).listen(0, '127.0.0.1')
      await once(receiver, 'listening')
    })
    after(() => receiver.close())

    it('tells the endpoint when it is ready and when it is changed, and never repeats credentials', async () => {
      const endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/told`
      const receiverInfo = [
        { key: 'Authorization', value: 'Bearer of-the-receiver' },
        { key: 'X-Why', value: 'snapshot' },
      ]
      const { id, location, receiverInfo: shown } = await taken({ endpoint, receiverInfo })
      expect(JSON.stringify(shown)).to.include('X-Why').and.to.not.include('of-the-receiver')
      await until('a notification', () => received.length === 1)
      expect(received[0]?.headers).to.include({
        authorization: 'Bearer of-the-receiver',
        'x-why': 'snapshot',
      })
      expect(received[0]?.body).to.include({
        type: 'SnapshotNotification',
        snapshotId: id,
        snapshotStatus: 'success',
        snapshotPriority: 5,
      })
      expect(received[0]?.body.snapshotQueriesDetails).to.deep.equal([{ resultStatus: 'success' }])
      expect(JSON.stringify(received[0]?.body)).to.not.include('urn:car')
      await hub.send(location, { method: 'PATCH', body: { snapshotPriority: 1 } })
      await until('another notification', () => received.length === 2)
      expect(received[1]?.body.snapshotPriority).to.equal(1)
    })
  })

  describe('5.16.7 Purge Snapshots', () => {
    const purge = (q?: string) =>
      hub.send(q === undefined ? SNAPSHOTS : `${SNAPSHOTS}?q=${encodeURIComponent(q)}`, { method: 'DELETE' })

    it('takes away those that match, and no others', async () => {
      const low = await taken({ snapshotPriority: 1, snapshotLifetime: 'PT7M' })
      const high = await taken({ snapshotPriority: 10, snapshotLifetime: 'PT7M' })
      const first = await purge(`snapshotPriority<5;snapshotLifetime=="PT7M"`)
      expect(first.status, first.text).to.equal(204)
      expect((await hub.send(low.location)).status).to.equal(404)
      expect((await hub.send(high.location)).status).to.equal(200)
      expect((await purge('snapshotStatus=="preparing"')).status).to.equal(404)
      expect((await purge('createdAt<2000-01-01T00:00:00Z')).status).to.equal(404)
      expect((await purge(`lastUsedAt>2000-01-01T00:00:00Z;id=="${high.id}"`)).status).to.equal(204)
      expect((await hub.send(high.location)).status).to.equal(404)
    })

    it('refuses no query, a bad one, and one on anything else than members of a snapshot', async () => {
      for (const q of [
        undefined,
        '',
        'x==',
        'speed>50',
        'snapshotStatus.speed',
        'observedAt>2000-01-01T00:00:00Z',
      ]) {
        expect((await purge(q)).body.type, q).to.equal(`${ERRORS}BadRequestData`)
      }
    })
  })

  it('5.16.1 fails, and is taken away, when nobody goes on preparing it', async () => {
    const { store } = hub.running
    const { id, location } = await taken()
    const [kept] = (await store.documents(DEFAULT_TENANT, 'snapshot', { limit: 1000 })).filter(
      ({ document }) => document.id === id,
    )
    const next = { ...kept?.document, status: 'preparing', preparedUntil: Date.now() * 1000 - 1, results: [] }
    await store.commit(DEFAULT_TENANT, [
      { collection: 'snapshot', id: kept?.id ?? '', next, at: 0, origin: { by: 'test' }, logged: false },
    ])
    const { body } = await hub.send(location)
    expect(body.snapshotStatus).to.equal('failure')
    expect(body.snapshotQueriesDetails[0].problemDetails.type).to.equal(`${ERRORS}InternalError`)
    expect((await inside(id, `${ENTITIES}?type=Car`)).status).to.equal(409)
  })

  it('leaves no trace in the change log of the tenant', async () => {
    const log = await hub.running.store.log(DEFAULT_TENANT, 0, 10_000)
    expect(log.filter(({ collection }) => collection === 'snapshot')).to.deep.equal([])
  })
})
