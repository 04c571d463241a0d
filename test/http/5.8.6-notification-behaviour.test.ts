import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import { type Api, ENTITIES, OPERATIONS, useApi } from '../support/api.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { onMongo } from '../support/store-of-tests.ts'
import { until } from '../support/until.ts'

const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'
/** Long enough for what is due to have come: tests that expect nothing wait for a later notification first. */
const LATER = 'urn:ngsi-ld:Later:1'

describe('5.8.6 Notification behaviour', () => {
  const api: Api = useApi({
    'context.default': 'core',
    'subscriptions.firstDelay': 20,
    'subscriptions.shortestInterval': 50,
  })
  let receiver: Receiver
  let number = 0
  const subscribed: string[] = []
  before(async () => {
    receiver = await startReceiver()
  })
  after(() => receiver.close())
  beforeEach(() => {
    receiver.clear()
    receiver.answer = () => 200
  })

  afterEach(async () => {
    for (const id of subscribed.splice(0)) await api.send(`${SUBSCRIPTIONS}/${id}`, { method: 'DELETE' })
  })

  /** Subscribes under a path of its own, so that subscriptions of other tests are not mistaken for it. */
  async function subscribe(members: object = {}, notification: object = {}): Promise<string> {
    const id = `urn:s:${++number}`
    const endpoint = { uri: `${receiver.url}/${number}` }
    const { status, text } = await api.write('POST', SUBSCRIPTIONS, {
      id,
      type: 'Subscription',
      entities: [{ type: 'Bus' }],
      notification: { endpoint, ...notification },
      ...members,
    })
    expect(status, text).to.equal(201)
    subscribed.push(id)
    return id
  }

  /** What came for a subscription, once everything that was due before now has come. */
  async function notified(
    id: string,
    count: number,
  ): Promise<readonly Receiver['received'][number]['body'][]> {
    const own = () => receiver.received.map(({ body }) => body).filter((body) => body.subscriptionId === id)
    await until(`${count} notifications of ${id}, came ${own().length}`, () => own().length >= count)
    await settled()
    expect(own()).to.have.length(count)
    return own()
  }

  /** Everything that was due before is delivered, since a later change of another entity is. */
  async function settled(): Promise<void> {
    const id = await subscribe({ entities: [{ type: 'Later' }] })
    const before = receiver.received.length
    await api.write('POST', ENTITIES, { id: LATER, type: 'Later', a: { type: 'Property', value: 1 } })
    await until('the later one', () => receiver.received.some(({ body }) => body.subscriptionId === id))
    await api.write('DELETE', `${ENTITIES}/${LATER}`)
    await api.write('DELETE', `${SUBSCRIPTIONS}/${id}`)
    expect(receiver.received.length).to.be.greaterThan(before)
  }

  const property = (value: unknown) => ({ type: 'Property', value })
  const bus = (id: string, members: object) => api.create(id, { type: 'Bus', ...members })

  it('tells of an entity that comes and of one that changes, and of nothing that stays the same', async () => {
    const id = await subscribe()
    const path = await bus('urn:b:1', { speed: property(10) })
    await api.write('PATCH', `${path}/attrs/speed`, { value: 20 })
    await api.write('PATCH', `${path}/attrs/speed`, { value: 20 })
    const [first, second] = await notified(id, 2)
    expect(first).to.include({ type: 'Notification', subscriptionId: id })
    expect(first.data).to.deep.equal([{ id: 'urn:b:1', type: 'Bus', speed: property(10) }])
    expect(second.data[0].speed).to.deep.equal(property(20))
    expect(first.id).to.match(/^urn:ngsi-ld:Notification:[0-9a-f-]{36}$/)
    expect(second.id).not.to.equal(first.id)
  })

  for (const [trigger, expected] of [
    [undefined, ['created', 'updated', 'appended']],
    [['entityCreated'], ['created']],
    [['entityUpdated'], ['created', 'updated', 'appended', 'removed', 'deleted']],
    [['entityDeleted'], ['deleted']],
    [['attributeCreated'], ['created', 'appended']],
    [['attributeUpdated'], ['updated']],
    [['attributeDeleted'], ['removed', 'deleted']],
    [
      ['entityCreated', 'attributeDeleted'],
      ['created', 'removed', 'deleted'],
    ],
  ] as const) {
    it(`is triggered by ${trigger?.join(' and ') ?? 'what is usual'} alone`, async () => {
      const at = `urn:b:trigger-${number}`
      const id = await subscribe({
        entities: [{ type: 'Bus', id: at }],
        ...(trigger && { notificationTrigger: trigger }),
      })
      const path = await bus(at, { step: property('created') })
      await api.write('PATCH', `${path}/attrs/step`, { value: 'updated' })
      await api.write('POST', `${path}/attrs`, { other: property('appended') })
      await api.write('DELETE', `${path}/attrs/other`)
      await api.write('DELETE', path)
      const came = await notified(id, expected.length)
      expect(
        came.map(({ data: [entity] }) => {
          if (entity.deletedAt) return 'deleted'
          if (entity.other) return entity.other.value.replace('urn:ngsi-ld:null', 'removed')
          return entity.step.value
        }),
      ).to.deep.equal(expected)
    })
  }

  it('looks at watched attributes only', async () => {
    const id = await subscribe({ watchedAttributes: ['speed'] })
    const path = await bus('urn:b:watched', { line: property('5') })
    await api.write('POST', `${path}/attrs`, { speed: property(1) })
    await api.write('PATCH', `${path}/attrs/line`, { value: '6' })
    await api.write('PATCH', `${path}/attrs/speed`, { value: 2 })
    const came = await notified(id, 2)
    expect(came.map(({ data }) => data[0].speed.value)).to.deep.equal([1, 2])
    expect(came[1].data[0].line.value).to.equal('6')
  })

  it('takes any entity with a watched attribute where none is selected', async () => {
    const id = await subscribe({ entities: undefined, watchedAttributes: ['humidity'] })
    await api.create('urn:r:any-1', { type: 'Room', humidity: property(1) })
    await api.create('urn:r:any-2', { type: 'Room', other: property(1) })
    const [first] = await notified(id, 1)
    expect(first.data[0].id).to.equal('urn:r:any-1')
  })

  for (const [what, members, inside, outside] of [
    ['q', { q: 'speed>10' }, { speed: property(11) }, { speed: property(9) }],
    [
      'scopeQ',
      { scopeQ: '/City/#' },
      { scope: '/City/North', a: property(1) },
      { scope: '/Land', a: property(1) },
    ],
    [
      'geoQ',
      { geoQ: { georel: 'near;maxDistance==1000', geometry: 'Point', coordinates: [105.8, 21.5] } },
      { location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.801, 21.501] } } },
      { location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.9, 21.5] } } },
    ],
    [
      'idPattern',
      { entities: [{ type: 'Bus', idPattern: '^urn:b:in-' }] },
      { a: property(1) },
      { a: property(1) },
    ],
    ['type', { entities: [{ type: 'Bus' }] }, { a: property(1) }, { type: 'Tram', a: property(1) }],
  ] as const) {
    it(`tells of entities that match ${what} only`, async () => {
      const id = await subscribe(members)
      await bus(`urn:b:out-${number}`, outside)
      await bus(`urn:b:in-${number}`, inside)
      const [first] = await notified(id, 1)
      expect(first.data[0].id).to.match(/^urn:b:in-/)
    })
  }

  it('follows q into linked entities', async () => {
    await api.create('urn:line:1', { type: 'Line', open: property(true) })
    await api.create('urn:line:2', { type: 'Line', open: property(false) })
    const id = await subscribe({ q: 'line{Line:open}==true' }, { join: 'flat', joinLevel: 1 })
    await bus('urn:b:linked-2', { line: { type: 'Relationship', object: 'urn:line:2' } })
    await bus('urn:b:linked-1', { line: { type: 'Relationship', object: 'urn:line:1' } })
    const [first] = await notified(id, 1)
    expect(first.data.map((entity: { id: string }) => entity.id)).to.deep.equal([
      'urn:b:linked-1',
      'urn:line:1',
    ])
  })

  it('says nothing while it is paused, and nothing later of what happened then', async () => {
    const id = await subscribe()
    await api.write('PATCH', `${SUBSCRIPTIONS}/${id}`, { isActive: false })
    const path = await bus('urn:b:paused', { speed: property(1) })
    await api.write('PATCH', `${SUBSCRIPTIONS}/${id}`, { isActive: true })
    await api.write('PATCH', `${path}/attrs/speed`, { value: 2 })
    const [first] = await notified(id, 1)
    expect(first.data[0].speed.value).to.equal(2)
  })

  it('says nothing once it has expired', async () => {
    const id = await subscribe({ expiresAt: new Date(Date.now() + 700).toISOString() })
    await bus('urn:b:expiring-1', { speed: property(1) })
    await receiver.wait(1)
    await pause(800)
    await bus('urn:b:expiring-2', { speed: property(1) })
    await notified(id, 1)
    const { body } = await api.send(`${SUBSCRIPTIONS}/${id}`)
    expect(body.status).to.equal('expired')
  })

  it('is changed by an update at once', async () => {
    const id = await subscribe({ entities: [{ type: 'Tram' }] })
    await bus('urn:b:changed-1', { speed: property(1) })
    await api.write('PATCH', `${SUBSCRIPTIONS}/${id}`, { entities: [{ type: 'Bus' }] })
    await bus('urn:b:changed-2', { speed: property(1) })
    const [first] = await notified(id, 1)
    expect(first.data[0].id).to.equal('urn:b:changed-2')
  })

  it('ends with the subscription', async () => {
    const id = await subscribe()
    await bus('urn:b:ended-1', { speed: property(1) })
    await notified(id, 1)
    await api.write('DELETE', `${SUBSCRIPTIONS}/${id}`)
    await bus('urn:b:ended-2', { speed: property(1) })
    await notified(id, 1)
  })

  it('gathers what happens in a throttling period, and tells the latest state at its end', async () => {
    const id = await subscribe({
      entities: [{ type: 'Bus', idPattern: '^urn:b:throttled' }],
      throttling: onMongo ? 15 : 0.8, // all of it has to happen within
    })
    const path = await bus('urn:b:throttled-1', { speed: property(1) })
    await receiver.wait(1)
    for (const speed of [2, 3, 4]) await api.write('PATCH', `${path}/attrs/speed`, { value: speed })
    await bus('urn:b:throttled-2', { speed: property(9) })
    const gone = await bus('urn:b:throttled-3', { speed: property(7) })
    await api.write('DELETE', gone)
    const [first, second] = await notified(id, 2)
    expect(first.data).to.have.length(1)
    expect(
      second.data.map(({ id: at, speed }: { id: string; speed: { value: number } }) => [at, speed.value]),
    ).to.deep.equal([
      ['urn:b:throttled-1', 4],
      ['urn:b:throttled-2', 9],
      // nobody is told of its end, but that it came was due
      ['urn:b:throttled-3', 7],
    ])
    const times = receiver.received.filter(({ body }) => body.subscriptionId === id).map(({ at }) => at)
    expect((times[1] ?? 0) - (times[0] ?? 0)).to.be.greaterThan(700)
  })

  it('shows what leads from the first to the last state of a throttling period', async () => {
    const id = await subscribe(
      { entities: [{ type: 'Bus', id: 'urn:b:shown' }], throttling: 0.5 },
      { showChanges: true },
    )
    const path = await bus('urn:b:shown', { speed: property(1) })
    await receiver.wait(1)
    for (const speed of [2, 3]) await api.write('PATCH', `${path}/attrs/speed`, { value: speed })
    const came = await notified(id, 2)
    expect(came[1].data[0].speed).to.deep.equal({ ...property(3), previousValue: 1 })
  })

  it('tells at the end of a throttling period of what notified, though it does not match any more or is gone', async () => {
    const id = await subscribe({
      entities: [{ type: 'Bus', idPattern: '^urn:b:over' }],
      q: 'speed>50',
      throttling: 0.6,
    })
    const first = await bus('urn:b:over-1', { speed: property(60) })
    await receiver.wait(1)
    for (const speed of [99, 3]) await api.write('PATCH', `${first}/attrs/speed`, { value: speed })
    const second = await bus('urn:b:over-2', { speed: property(70) })
    await api.write('PATCH', `${second}/attrs/speed`, { value: 80 })
    await api.write('DELETE', first)
    const came = await notified(id, 2)
    expect(
      came[1].data.map((entity: { id: string; speed: { value: number } }) => [entity.id, entity.speed.value]),
    ).to.deep.equal([
      ['urn:b:over-1', 99],
      ['urn:b:over-2', 80],
    ])
  })

  it('tells of any number of entities at a time interval, in as many notifications as it takes', async () => {
    const items = Array.from({ length: 1100 }, (_, at) => ({
      id: `urn:crowd:${at}`,
      type: 'Crowd',
      a: property(at),
    }))
    await api.write('POST', `${OPERATIONS}/create`, items)
    const id = await subscribe({ entities: [{ type: 'Crowd' }], timeInterval: 1 })
    await until('two notifications', () => receiver.received.length >= 2)
    await api.write('DELETE', `${SUBSCRIPTIONS}/${id}`)
    const [first, second] = receiver.received.map(({ body }) => body)
    expect([first.data.length, second.data.length]).to.deep.equal([1000, 100])
    const ids = new Set([...first.data, ...second.data].map((entity: { id: string }) => entity.id))
    expect(ids.size).to.equal(1100)
    expect(first.id).not.to.equal(second.id)
  })

  it('tells all that is selected at every time interval, and nothing when there is none', async () => {
    const id = await subscribe({ entities: [{ type: 'Ferry' }], q: 'speed>5', timeInterval: 0.4 })
    await pause(600)
    expect(receiver.received).to.deep.equal([])
    await api.create('urn:f:1', { type: 'Ferry', speed: property(6) })
    await api.create('urn:f:2', { type: 'Ferry', speed: property(7) })
    await api.create('urn:f:3', { type: 'Ferry', speed: property(1) })
    await until('two notifications', () => receiver.received.length >= 2)
    await api.write('DELETE', `${SUBSCRIPTIONS}/${id}`)
    const last = receiver.received.at(-1)?.body
    expect(last.data.map((entity: { id: string }) => entity.id).sort()).to.deep.equal(['urn:f:1', 'urn:f:2'])
  })

  it('tells of each entity of a batch', async () => {
    const id = await subscribe({ entities: [{ type: 'Bus', idPattern: '^urn:b:batch' }] })
    const items = [1, 2, 3].map((at) => ({ id: `urn:b:batch-${at}`, type: 'Bus', speed: property(at) }))
    await api.write('POST', `${OPERATIONS}/create`, items)
    const came = await notified(id, 3)
    expect(came.flatMap(({ data }) => data.map((entity: { id: string }) => entity.id)).sort()).to.deep.equal(
      items.map((item) => item.id),
    )
  })

  it('is tried again until it arrives, each entity in order, with the same id', async () => {
    let failures = 2
    receiver.answer = () => (failures-- > 0 ? 503 : 200)
    const id = await subscribe({ entities: [{ type: 'Bus', id: 'urn:b:retried' }] })
    const path = await bus('urn:b:retried', { speed: property(1) })
    await api.write('PATCH', `${path}/attrs/speed`, { value: 2 })
    const came = await notified(id, 4)
    expect(came.map(({ data }) => data[0].speed.value)).to.deep.equal([1, 1, 1, 2])
    expect(new Set(came.slice(0, 3).map((one) => one.id)).size).to.equal(1)
    const { body } = await api.send(`${SUBSCRIPTIONS}/${id}`)
    expect(body.notification).to.include({ status: 'ok', timesSent: 4, timesFailed: 2 })
    expect(body.notification).to.include.keys('lastNotification', 'lastSuccess', 'lastFailure')
  })

  it('is held up by no endpoint but its own', async () => {
    const slow = await startReceiver()
    slow.answer = () => new Promise((resolve) => setTimeout(() => resolve(200), 3000).unref())
    await subscribe({}, { endpoint: { uri: `${slow.url}/slow` } })
    const id = await subscribe()
    const began = receiver.received.length
    for (let at = 0; at < 20; at++) await bus(`urn:b:held-${at}`, { speed: property(at) })
    const came = await notified(id, 20)
    expect(came).to.have.length(20)
    expect(began).to.equal(0)
    await slow.close()
  })

  it('is counted', async () => {
    const id = await subscribe({ entities: [{ type: 'Bus', id: 'urn:b:counted' }] })
    await bus('urn:b:counted', { speed: property(1) })
    await notified(id, 1)
    const { text } = await api.send('/metrics')
    expect(text).to.match(/^hub_notifications_total\{outcome="delivered",hub="hub"\} [1-9]/m)
    expect(text).to.match(/^hub_subscriptions\{hub="hub"\} 1$/m)
    expect(text).to.match(/^hub_notifications_waiting\{hub="hub"\} 0$/m)
    expect(text).to.not.include('urn:')
  })

  it('keeps to the tenant of the subscription', async () => {
    const headers = { 'NGSILD-Tenant': 'others' }
    const endpoint = { uri: `${receiver.url}/tenant` }
    const members = { type: 'Subscription', entities: [{ type: 'Bus' }], notification: { endpoint } }
    const { headers: answered } = await api.write('POST', SUBSCRIPTIONS, members, headers)
    await bus('urn:b:tenant-1', { speed: property(1) })
    await api.create('urn:b:tenant-2', { type: 'Bus', speed: property(2) }, headers)
    await until('a notification of the tenant', () =>
      receiver.received.some(({ path }) => path === '/tenant'),
    )
    const own = receiver.received.filter(({ path }) => path === '/tenant')
    expect(own.map(({ body }) => body.data[0].id)).to.deep.equal(['urn:b:tenant-2'])
    expect(own[0]?.headers['ngsild-tenant']).to.equal('others')
    await api.write('DELETE', String(answered.location), undefined, headers)
  })
})
