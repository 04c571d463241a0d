import { mkdtempSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'

const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'
const REGISTRATIONS = '/ngsi-ld/v1/csourceRegistrations'
const ENTITIES = '/ngsi-ld/v1/entities'

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly body: any
}

/** A broker of some make that is asked to subscribe the hub. */
interface Source {
  readonly url: string
  readonly asked: Asked[]
  /** Status of the next answers; undefined: as a broker answers. */
  status: number | undefined
  /** Answers the copies that it has, by id. */
  readonly copies: Map<string, Asked['body']>
  close(): Promise<void>
}

async function startSource(): Promise<Source> {
  const source: Omit<Source, 'url' | 'close'> = { asked: [], status: undefined, copies: new Map() }
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const { method = '', url = '', headers } = request
      const asked = { method, path: url, headers, body: text === '' ? undefined : JSON.parse(text) }
      source.asked.push(asked)
      response.writeHead(source.status ?? answer(asked)).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP server has such an address
  return Object.assign(source, { url, close })

  function answer({ method, path, body }: Asked): number {
    const id = decodeURIComponent(path.slice(`${SUBSCRIPTIONS}/`.length))
    const { copies } = source
    if (method === 'GET') return 404
    if (method === 'POST') {
      if (copies.has(body.id)) return 409
      copies.set(body.id, body)
      return 201
    }
    if (!copies.has(id)) return 404
    if (method === 'DELETE') copies.delete(id)
    else copies.set(id, { ...copies.get(id), ...body })
    return 204
  }
}

describe('Subscriptions planted at sources', () => {
  let hub: TestHub
  let source: Source
  let receiver: Receiver
  let number = 0
  before(async () => {
    ;[hub, source, receiver] = await Promise.all([
      startTestHub({ name: 'province', 'context.default': 'core', 'subscriptions.firstDelay': 20 }),
      startSource(),
      startReceiver(),
    ])
  })
  after(() => Promise.all([hub.stop(), source.close(), receiver.close()]))
  beforeEach(() => {
    receiver.clear()
    source.asked.splice(0)
    source.status = undefined
  })

  const post = async (path: string, body: object) => {
    const { status, text } = await hub.send(path, { method: 'POST', body })
    expect(status, text).to.equal(201)
  }
  const drop = (path: string) => hub.send(path, { method: 'DELETE' })
  const patch = (path: string, body: object) => hub.send(path, { method: 'PATCH', body })

  /** Registers the source for a type of this test alone, and subscribes to it. */
  async function planted(members: object = {}, registration: object = {}) {
    const name = `T${++number}`
    const ids = { type: name, registration: `urn:r:${name}`, subscription: `urn:s:${name}` }
    await post(REGISTRATIONS, {
      id: ids.registration,
      type: 'ContextSourceRegistration',
      endpoint: source.url,
      information: [{ entities: [{ type: name }], propertyNames: ['speed', 'line'] }],
      ...registration,
    })
    await subscribe(ids, members)
    return ids
  }

  async function subscribe(ids: { type: string; subscription: string }, members: object = {}) {
    await post(SUBSCRIPTIONS, {
      id: ids.subscription,
      type: 'Subscription',
      entities: [{ type: ids.type }],
      notification: { endpoint: { uri: `${receiver.url}/${ids.type}` } },
      ...members,
    })
  }

  const clear = async (ids: { registration: string; subscription: string }) => {
    await drop(`${SUBSCRIPTIONS}/${ids.subscription}`)
    await drop(`${REGISTRATIONS}/${ids.registration}`)
    await until('no copy at the source', () => source.copies.size === 0)
  }

  async function copy(): Promise<Asked['body']> {
    await until('a copy at the source', () => source.copies.size > 0)
    const [[, body] = ['', undefined]] = source.copies
    return body
  }

  /** Notifies at the address that the source was given. */
  async function notify(body: { notification: { endpoint: { uri: string } } }, data: object, id: string) {
    const { pathname } = new URL(body.notification.endpoint.uri)
    const notification = { id, type: 'Notification', subscriptionId: 'urn:theirs', data }
    return hub.send(pathname, { method: 'POST', body: notification })
  }

  describe('5.8.1 Create Subscription', () => {
    it('is copied to the sources of matching registrations', async () => {
      const ids = await planted({ q: 'speed>50', throttling: 2, watchedAttributes: ['speed', 'colour'] })
      const { id, notification, expiresAt, ...body } = await copy()
      expect(body).to.deep.equal({
        type: 'Subscription',
        entities: [{ type: ids.type }],
        watchedAttributes: ['speed'],
        throttling: 2,
        isActive: true,
        q: 'speed>50',
      })
      expect(id)
        .to.match(/^urn:ngsi-ld:Subscription:/)
        .and.not.equal(ids.subscription)
      const { endpoint, ...rest } = notification
      expect(rest).to.deep.equal({ attributes: ['speed', 'line'], format: 'normalized', sysAttrs: true })
      expect(endpoint.uri).to.match(new RegExp(`^${hub.url}/hub/v1/federation/notifications/[\\w-]{80,}$`))
      expect(endpoint).to.have.all.keys('uri', 'accept')
      expect(Date.parse(expiresAt)).to.be.within(Date.now() + 23 * 3600_000, Date.now() + 25 * 3600_000)
      expect(source.asked.at(-1)?.headers.via).to.equal('1.1 province')
      await clear(ids)
      expect(source.asked.map(({ method }) => method)).to.deep.equal(['POST', 'DELETE'])
    })

    it('follows registrations that begin to match, change, and cease to', async () => {
      const ids = { type: `T${++number}`, registration: `urn:r:${number}`, subscription: `urn:s:${number}` }
      await subscribe(ids)
      await post(REGISTRATIONS, {
        id: ids.registration,
        type: 'ContextSourceRegistration',
        endpoint: source.url,
        information: [{ entities: [{ type: ids.type, id: 'urn:b:1' }] }],
        management: { localOnly: true },
      })
      const { id, entities, localOnly } = await copy()
      expect(entities).to.deep.equal([{ id: 'urn:b:1', type: ids.type }])
      expect(localOnly).to.equal(true)
      const information = [{ entities: [{ type: ids.type, idPattern: '^urn:b:' }] }]
      await patch(`${REGISTRATIONS}/${ids.registration}`, { information })
      await until(
        'the change at the source',
        () => source.copies.get(id)?.entities[0].idPattern === '^urn:b:',
      )
      await patch(`${REGISTRATIONS}/${ids.registration}`, { operations: ['retrieveOps'] })
      await drop(`${REGISTRATIONS}/${ids.registration}`)
      await until('no copy at the source', () => source.copies.size === 0)
      await clear(ids)
    })

    it('is copied once a source is back, and again where it got lost', async () => {
      source.status = 503
      const ids = await planted()
      await until('a first attempt', () => source.asked.length > 0)
      source.status = undefined
      const { id } = await copy()
      source.copies.clear()
      await patch(`${SUBSCRIPTIONS}/${ids.subscription}`, { watchedAttributes: ['line'] })
      expect((await copy()).id).to.equal(id)
      await clear(ids)
    })

    it('outlives a restart of the hub: renewed at its source, and told of what comes then', async () => {
      const data = mkdtempSync(join(tmpdir(), 'hub-planted-'))
      const start = () => startTestHub({ data, 'context.default': 'core', 'federation.renewal': 100 })
      const first = await start()
      const bus = { id: 'urn:b:1', type: 'Restarted' }
      const registration = {
        id: 'urn:r:restart',
        type: 'ContextSourceRegistration',
        endpoint: source.url,
        information: [{ entities: [{ type: bus.type }] }],
      }
      const subscription = {
        id: 'urn:s:restart',
        type: 'Subscription',
        entities: [{ type: bus.type }],
        notification: { endpoint: { uri: `${receiver.url}/restart` } },
      }
      await first.send(REGISTRATIONS, { method: 'POST', body: registration })
      await first.send(SUBSCRIPTIONS, { method: 'POST', body: subscription })
      const { id, notification } = await copy()
      await first.running.stop()
      source.asked.splice(0)
      const second = await start()
      await until('a renewal', () => source.asked.some(({ method }) => method === 'PATCH'))
      expect(source.asked.map(({ method }) => method)).to.not.include('POST')
      expect(source.asked[0]?.body).to.have.all.keys('expiresAt')
      source.copies.clear()
      expect((await copy()).id).to.equal(id)
      const answer = await second.send(new URL(notification.endpoint.uri).pathname, {
        method: 'POST',
        body: { id: 'urn:n:1', type: 'Notification', data: [bus] },
      })
      expect(answer.status).to.equal(200)
      const [told] = await receiver.wait(1)
      expect(told?.body.data).to.deep.equal([bus])
      await second.send(`${SUBSCRIPTIONS}/urn:s:restart`, { method: 'DELETE' })
      await until('no copy at the source', () => source.copies.size === 0)
      await Promise.all([first.stop().catch(() => undefined), second.stop()])
    })

    it('comes back to no hub that it came through', async () => {
      const ids = { type: `T${++number}`, registration: `urn:r:${number}`, subscription: `urn:s:${number}` }
      await post(REGISTRATIONS, {
        id: ids.registration,
        type: 'ContextSourceRegistration',
        contextSourceAlias: 'city',
        endpoint: source.url,
        information: [{ entities: [{ type: ids.type }] }],
      })
      const body = {
        id: ids.subscription,
        type: 'Subscription',
        entities: [{ type: ids.type }],
        notification: { endpoint: { uri: `${receiver.url}/ring` } },
      }
      const send = (via: string) => hub.send(SUBSCRIPTIONS, { method: 'POST', body, headers: { via } })
      expect((await send('1.1 province, 1.1 city')).status).to.equal(508)
      expect((await send('1.1 city')).status).to.equal(201)
      const others = await planted()
      await copy()
      expect(source.copies.size).to.equal(1)
      await clear(others)
      await clear(ids)
    })
  })

  describe('5.8.2 Update Subscription', () => {
    it('changes the copies at the sources of matching registrations', async () => {
      const ids = await planted({ q: 'speed>50' })
      const { id } = await copy()
      const now = () => source.copies.get(id)
      await patch(`${SUBSCRIPTIONS}/${ids.subscription}`, { q: null, watchedAttributes: ['line'] })
      await until('the change at the source', () => now().watchedAttributes?.[0] === 'line')
      expect(now().q).to.equal(null)
      await patch(`${SUBSCRIPTIONS}/${ids.subscription}`, { isActive: false })
      await until('the pause at the source', () => now().isActive === false)
      await patch(`${SUBSCRIPTIONS}/${ids.subscription}`, { isActive: true })
      await until('that it goes on at the source', () => now().isActive === true)
      await patch(`${SUBSCRIPTIONS}/${ids.subscription}`, { localOnly: true })
      await until('no copy at the source', () => source.copies.size === 0)
      await clear(ids)
    })
  })

  describe('5.8.5 Delete Subscription', () => {
    it('deletes the copies at the sources of matching registrations', async () => {
      const ids = await planted()
      const body = await copy()
      source.status = 503
      await drop(`${SUBSCRIPTIONS}/${ids.subscription}`)
      await until('a first attempt', () => source.asked.at(-1)?.method === 'DELETE')
      expect((await notify(body, [], 'urn:n:1')).status).to.equal(410)
      source.status = undefined
      await clear(ids)
    })
  })

  describe('5.8.6 Notification behaviour', () => {
    it('tells once of what a source notifies of and registered, and keeps nothing of it as state', async () => {
      const ids = await planted()
      const body = await copy()
      const entity = { id: 'urn:b:1', type: ids.type, speed: { type: 'Property', value: 60 } }
      const foreign = { id: 'urn:b:2', type: 'Foreign', speed: { type: 'Property', value: 1 } }
      const secret = { colour: { type: 'Property', value: 'red' } }
      expect((await notify(body, [{ ...entity, ...secret }, foreign], 'urn:n:1')).status).to.equal(200)
      expect((await notify(body, [entity], 'urn:n:1')).status).to.equal(200)
      expect((await notify(body, [{ ...entity, speed: 'urn:ngsi-ld:null' }], 'urn:n:2')).status).to.equal(200)
      const [first, second] = await receiver.wait(2)
      expect(first?.path).to.equal(`/${ids.type}`)
      expect(first?.body.subscriptionId).to.equal(ids.subscription)
      expect(first?.body.data).to.deep.equal([entity])
      expect(second?.body.data).to.deep.equal([
        { ...entity, speed: { type: 'Property', value: 'urn:ngsi-ld:null' } },
      ])
      expect((await hub.send(`${ENTITIES}/urn:b:1?local=true`)).status).to.equal(404)
      await clear(ids)
      expect(receiver.received).to.have.length(2)
      expect((await notify(body, [entity], 'urn:n:3')).status).to.equal(410)
    })

    it('filters what a source notifies of again, and tells of deletions', async () => {
      const ids = await planted({
        entities: [{ type: `T${number + 1}`, idPattern: '^urn:b:[12]$' }],
        q: 'speed>50',
        notificationTrigger: ['entityDeleted', 'attributeUpdated'],
      })
      const body = await copy()
      expect(body.notificationTrigger).to.deep.equal(['entityDeleted', 'attributeUpdated'])
      const entity = (id: string, speed: number) => ({
        id,
        type: ids.type,
        speed: { type: 'Property', value: speed },
      })
      await notify(body, [entity('urn:b:3', 60), entity('urn:b:1', 40), entity('urn:b:2', 70)], 'urn:n:1')
      await notify(body, [{ ...entity('urn:b:2', 70), deletedAt: '2026-01-01T00:00:00Z' }], 'urn:n:2')
      const [first, second] = await receiver.wait(2)
      expect(first?.body.data).to.deep.equal([entity('urn:b:2', 70)])
      expect(second?.body.data).to.deep.equal([
        { id: 'urn:b:2', type: ids.type, deletedAt: '2026-01-01T00:00:00Z' },
      ])
      await clear(ids)
    })

    it('puts what a source notifies of together with what is here, and filters then', async () => {
      const ids = await planted({ q: 'speed>50;colour=="red"', splitEntities: true })
      const body = await copy()
      expect(body).to.not.have.any.keys('q', 'geoQ', 'scopeQ')
      expect(body.splitEntities).to.equal(true)
      const colour = { type: 'Property', value: 'red' }
      await post(ENTITIES, { id: 'urn:b:split', type: ids.type, colour })
      const entity = (speed: number) => ({
        id: 'urn:b:split',
        type: ids.type,
        speed: { type: 'Property', value: speed },
      })
      await notify(body, [entity(10)], 'urn:n:1')
      await notify(body, [entity(60)], 'urn:n:2')
      const [first] = await receiver.wait(1)
      expect(first?.body.data).to.deep.equal([{ ...entity(60), colour }])
      await drop(`${ENTITIES}/urn:b:split`)
      await clear(ids)
    })

    it('takes nothing at an address that it did not give', async () => {
      const { status, body } = await hub.send(`/hub/v1/federation/notifications/${'A'.repeat(120)}`, {
        method: 'POST',
        body: { id: 'urn:n:1', type: 'Notification', data: [] },
      })
      expect(status).to.equal(404)
      expect(body.title).to.be.a('string')
    })
  })
})
