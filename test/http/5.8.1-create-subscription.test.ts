import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { startTestHub, type TestHub, type TestRequest } from '../support/hub.ts'

const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'
const CITY = 'https://example.org/city/'

const endpoint = { uri: 'http://receiver.example:9/notify' }
const whole = {
  type: 'Subscription',
  entities: [{ type: 'Bus' }],
  notification: { endpoint },
}
const shown = { status: 'active', notificationTrigger: ['attributeCreated', 'attributeUpdated'] }

describe('5.8.1 Create Subscription', () => {
  let hub: TestHub
  let number = 0
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  const at = (id: string, rest = '') => `${SUBSCRIPTIONS}/${id}${rest}`
  const send = (body: object, request: Partial<TestRequest> = {}) =>
    hub.send(SUBSCRIPTIONS, { method: 'POST', body, ...request })
  const notifying = (members: object) => ({ notification: { endpoint, ...members } })
  const sentTo = (members: object) => notifying({ endpoint: { ...endpoint, ...members } })
  const read = async (id: string, request: TestRequest = {}) => {
    const { body, status, text } = await hub.send(at(id), request)
    expect(status, text).to.equal(200)
    const { jsonldContext: _, ...members } = body
    return members
  }

  async function created(members: object = {}, request: Partial<TestRequest> = {}): Promise<string> {
    const id = `urn:s:${++number}`
    const answer = await send({ ...whole, id, ...members }, request)
    expect(answer.status, answer.text).to.equal(201)
    return id
  }

  it('answers where it is, and answers it as it was given', async () => {
    const id = 'urn:s:whole'
    const members = {
      id,
      subscriptionName: 'Buses',
      description: 'What moves in the city',
      entities: [
        { type: '(Bus;Electric),Tram', idPattern: 'urn:b:.*' },
        { type: 'Ferry', id: ['urn:f:1', 'urn:f:2'] },
      ],
      watchedAttributes: ['speed', 'line'],
      notificationTrigger: ['entityCreated', 'attributeDeleted'],
      q: 'speed>10;line.name=="5"',
      geoQ: {
        georel: 'near;maxDistance==500',
        geometry: 'Point',
        coordinates: [105.8, 21.5],
        geoproperty: 'stop',
      },
      scopeQ: '/city/#',
      csf: 'quality>3',
      datasetId: ['urn:d:1', '@none'],
      expandValues: 'colour,kind',
      jsonKeys: 'raw',
      lang: 'vi',
      expiresAt: '2099-01-01T00:00:00Z',
      isActive: true,
      localOnly: false,
      splitEntities: true,
      ngsildConformance: '1.5',
      throttling: 0.5,
      notification: {
        endpoint: {
          ...endpoint,
          accept: 'application/ld+json',
          timeout: 2000,
          cooldown: 100,
          receiverInfo: [{ key: 'Prefer', value: 'Thái'.slice(0, 2) }],
          notifierInfo: [{ key: 'accept', value: '' }],
        },
        pick: ['id', 'speed', 'line{name}'],
        omit: ['type'],
        format: 'concise',
        join: 'inline',
        joinLevel: 2,
        showChanges: true,
        sysAttrs: true,
      },
    }
    const answer = await send({ ...whole, ...members })
    expect(answer.status, answer.text).to.equal(201)
    expect(answer.headers.location).to.equal(at(id))
    expect(answer.text).to.equal('')
    expect(await read(id)).to.deep.equal({
      ...whole,
      ...members,
      ...shown,
      notificationTrigger: members.notificationTrigger,
    })
  })

  it('gives an id to one that has none', async () => {
    const { headers } = await send(whole)
    expect(headers.location).to.match(
      /^\/ngsi-ld\/v1\/subscriptions\/urn:ngsi-ld:Subscription:[0-9a-f-]{36}$/,
    )
    const { body } = await hub.send(String(headers.location))
    expect(body.id).to.match(/^urn:ngsi-ld:Subscription:/)
  })

  it('refuses an id that is there', async () => {
    const id = await created()
    const { status, body } = await send({ ...whole, id })
    expect([status, body.type]).to.deep.equal([409, 'https://uri.etsi.org/ngsi-ld/errors/AlreadyExists'])
  })

  it('expands names by the @context of the request and shows them by that of the reader', async () => {
    const id = await created(
      {
        '@context': { Bus: `${CITY}Bus`, speed: `${CITY}speed` },
        watchedAttributes: ['speed'],
        q: 'speed>5;!line',
        ...notifying({ attributes: ['speed'] }),
      },
      { headers: { 'Content-Type': 'application/ld+json' } },
    )
    const { entities, watchedAttributes, q, notification } = await read(id)
    expect(q).to.equal(`${CITY}speed>5;!line`)
    expect(entities).to.deep.equal([{ type: `${CITY}Bus` }])
    expect([watchedAttributes, notification.attributes]).to.deep.equal([[`${CITY}speed`], [`${CITY}speed`]])
  })

  it('ignores what only the hub writes, and what is no member', async () => {
    const id = await created({
      status: 'expired',
      createdAt: '2001-01-01T00:00:00Z',
      secretMember: 'x',
      ...notifying({ status: 'failed', timesSent: 42, lastSuccess: '2001-01-01T00:00:00Z' }),
    })
    expect(await read(id)).to.deep.equal({ id, ...whole, ...shown })
  })

  it('is paused when it is created inactive', async () => {
    const id = await created({ isActive: false })
    expect(await read(id)).to.include({ isActive: false, status: 'paused' })
  })

  const BAD: readonly (readonly [string, object])[] = [
    ['another type', { type: 'Thing' }],
    ['an id that is no URI', { id: 'nothing' }],
    ['no notification', { notification: undefined }],
    ['no endpoint', { notification: {} }],
    ['neither entities nor watchedAttributes', { entities: undefined }],
    ['no entities at all', { entities: [] }],
    ['a selector without type', { entities: [{ id: 'urn:b:1' }] }],
    ['a selector with an id that is no URI', { entities: [{ type: 'Bus', id: 'b' }] }],
    ['a selector with a bad pattern', { entities: [{ type: 'Bus', idPattern: '(' }] }],
    ['a selector with a bad type selection', { entities: [{ type: 'Bus;' }] }],
    ['all types, but not local', { entities: [{ type: '*' }], localOnly: false }],
    ['no watched attribute', { watchedAttributes: [] }],
    ['a watched attribute without a name', { watchedAttributes: ['a b'] }],
    ['an unknown trigger', { notificationTrigger: ['entityChanged'] }],
    ['no trigger at all', { notificationTrigger: [] }],
    ['a bad q', { q: '((' }],
    ['a bad csf', { csf: '((' }],
    ['a csf on what is linked', { csf: 'a{B:c}==1' }],
    ['a bad scopeQ', { scopeQ: '/a//' }],
    ['a geoQ without coordinates', { geoQ: { georel: 'within', geometry: 'Polygon' } }],
    ['a geoQ with a bad relation', { geoQ: { georel: 'on', geometry: 'Point', coordinates: [1, 2] } }],
    ['a temporalQ', { temporalQ: { timerel: 'before', timeAt: '2020-01-01T00:00:00Z' } }],
    ['a datasetId that is no URI', { datasetId: ['one'] }],
    ['a past expiresAt', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['an expiresAt that is no DateTime', { expiresAt: '2099-13-45T00:00:00Z' }],
    ['isActive that is no boolean', { isActive: 'true' }],
    ['throttling of nothing', { throttling: 0 }],
    ['a negative timeInterval', { timeInterval: -1 }],
    ['timeInterval and throttling', { timeInterval: 1, throttling: 1 }],
    ['timeInterval and watchedAttributes', { timeInterval: 1, watchedAttributes: ['speed'] }],
    ['a version that is none', { ngsildConformance: 'new' }],
    ['a jsonldContext that is no URL', { jsonldContext: 'unknownContext' }],
    ['a member that is null', { q: null }],
    ['an unknown format', notifying({ format: 'xml' })],
    ['showChanges that have no place', notifying({ format: 'keyValues', showChanges: true })],
    ['no attributes at all', notifying({ attributes: [] })],
    ['attributes that are none', notifying({ attributes: ['type'] })],
    ['attributes and pick', notifying({ attributes: ['speed'], pick: ['line'] })],
    ['attributes and omit', notifying({ attributes: ['speed'], omit: ['line'] })],
    ['pick and omit of the same', notifying({ pick: ['id', 'speed'], omit: ['speed'] })],
    ['pick that looks further than the join', notifying({ pick: ['line{name}'] })],
    ['an unknown join', notifying({ join: 'deep' })],
    ['a joinLevel of nothing', notifying({ join: 'flat', joinLevel: 0 })],
    ['an unknown member of the notification', notifying({ formt: 'concise' })],
    ['an endpoint that is no URI', sentTo({ uri: 'receiver' })],
    ['an endpoint with a password', sentTo({ uri: 'http://me:secret@receiver.example/' })],
    ['an endpoint with an unknown media type', sentTo({ accept: 'text/html' })],
    ['a timeout of nothing', sentTo({ timeout: 0 })],
    ['a pair without value', sentTo({ receiverInfo: [{ key: 'K' }] })],
    ['a pair with a number', sentTo({ notifierInfo: [{ key: 'K', value: 42 }] })],
    ['a header that is none', sentTo({ receiverInfo: [{ key: 'a b', value: 'x' }] })],
    ['a header of the connection', sentTo({ receiverInfo: [{ key: 'Host', value: 'x' }] })],
    ['a header of two lines', sentTo({ receiverInfo: [{ key: 'A', value: 'x\r\nB: y' }] })],
    ['a hidden credential', sentTo({ receiverInfo: [{ key: 'Authorization', value: '***' }] })],
    ['a hidden query', sentTo({ uri: 'https://receiver.example/in?code=***' })],
    ['a hidden path', sentTo({ uri: 'https://receiver.example/***' })],
    ['an MQTT endpoint without topic', sentTo({ uri: 'mqtt://broker.example/' })],
    ['an MQTT topic with a wildcard', sentTo({ uri: 'mqtt://broker.example/a/+/b' })],
    [
      'an unknown version of MQTT',
      sentTo({ uri: 'mqtt://b.example/t', notifierInfo: [{ key: 'MQTT-Version', value: '4' }] }),
    ],
    [
      'an unknown QoS',
      sentTo({ uri: 'mqtt://b.example/t', notifierInfo: [{ key: 'MQTT-QoS', value: '3' }] }),
    ],
  ]
  describe('refuses what is not as 5.2.12 has it, and keeps nothing', () => {
    for (const [name, members] of BAD) {
      it(name, async () => {
        const id = `urn:s:bad-${++number}`
        const { status, body } = await send({ ...whole, id, ...members })
        expect([status, body.type]).to.deep.equal([400, 'https://uri.etsi.org/ngsi-ld/errors/BadRequestData'])
        expect((await hub.send(at(id))).status).to.equal(404)
      })
    }
  })

  it('refuses a scheme that it does not speak', async () => {
    const { status, body } = await send({ ...whole, ...sentTo({ uri: 'coap://receiver.example/n' }) })
    expect([status, body.type]).to.deep.equal([
      422,
      'https://uri.etsi.org/ngsi-ld/errors/OperationNotSupported',
    ])
  })

  const GOOD: readonly (readonly [string, object])[] = [
    ['watchedAttributes alone', { entities: undefined, watchedAttributes: ['speed'] }],
    ['localOnly alone', { entities: undefined, localOnly: true }],
    ['a period on what is local', { entities: undefined, localOnly: true, timeInterval: 2 }],
    ['all types, which are local', { entities: [{ type: '*' }] }],
    ['a q on linked entities that do not come along', { q: 'line{Line:name}=="5"' }],
    ['a q as deep as the join', { q: 'line{Line:name}=="5"', ...notifying({ join: 'flat' }) }],
    ['the deprecated name of a format', notifying({ format: 'keyValues' })],
    [
      'MQTT',
      sentTo({
        uri: 'mqtts://b.example:8884/city/bus',
        notifierInfo: [
          { key: 'MQTT-Version', value: 'mqtt3.1.1' },
          { key: 'MQTT-QoS', value: '2' },
        ],
      }),
    ],
  ]
  describe('takes all that 5.2.12 lets a subscriber say', () => {
    for (const [name, members] of GOOD) {
      it(name, async () => {
        const id = await created(members)
        expect(await read(id)).to.deep.equal(
          JSON.parse(JSON.stringify({ id, ...whole, ...members, ...shown })),
        )
      })
    }
  })

  it('never shows a credential again', async () => {
    const id = await created(
      sentTo({
        uri: 'mqtt://city:oak-tree@broker.example/topic',
        receiverInfo: [
          { key: 'Authorization', value: 'Bearer birch-tree' },
          { key: 'X-Gitlab-Sig', value: 'ash-tree' },
          { key: 'Accept-Language', value: 'vi' },
        ],
        notifierInfo: [{ key: 'tls', value: 'elm-tree' }],
      }),
    )
    const { text } = await hub.send(at(id, '?options=sysAttrs'))
    expect(text).not.to.match(/oak-tree|birch-tree|elm-tree|ash-tree/)
    expect((await read(id)).notification.endpoint).to.deep.equal({
      uri: 'mqtt://city:***@broker.example/topic',
      receiverInfo: [
        { key: 'Authorization', value: '***' },
        { key: 'X-Gitlab-Sig', value: '***' },
        { key: 'Accept-Language', value: 'vi' },
      ],
      notifierInfo: [{ key: 'tls', value: '***' }],
    })
  })

  for (const [uri, seen] of [
    ['https://h.example/in?code=oak-tree&sig=oak-tree', 'https://h.example/in?code=***&sig=***'],
    ['https://h.example/a&b?oak-tree', 'https://h.example/a&b?***'],
    ['https://h.example/?oak-tree=&key=a=oak-tree', 'https://h.example/?***&key=***'],
    ['https://h.example?v=oak-tree?x#oak-tree', 'https://h.example?v=***#***'],
    ['https://h.example/in', 'https://h.example/in'],
  ] as const) {
    it(`shows its owner ${seen}, and the store no more than the server`, async () => {
      const id = await created(sentTo({ uri }))
      expect((await read(id)).notification.endpoint.uri).to.equal(seen)
      const records = await hub.running.store.log(DEFAULT_TENANT, 0, 10_000)
      const kept = JSON.stringify(records.filter((record) => record.id === id))
      expect(kept)
        .to.include('https://h.example/***')
        .and.not.to.match(/oak-tree|h.example\/[^*]|h.example[?]/)
    })
  }

  it('says which @context notifications have: the one asked for, or that of the request', async () => {
    const plain = await created()
    expect((await hub.send(at(plain))).body.jsonldContext).to.match(/^https:\/\/uri.etsi.org\/ngsi-ld\/v1\//)
    const inline = await created(
      { '@context': { Bus: `${CITY}Bus` } },
      { headers: { 'Content-Type': 'application/ld+json' } },
    )
    const { jsonldContext } = (await hub.send(at(inline))).body
    const { body } = await hub.send(new URL(jsonldContext).pathname)
    expect(body).to.deep.equal({ '@context': { Bus: `${CITY}Bus` } })
    const own = await created({ jsonldContext })
    expect((await hub.send(at(own))).body.jsonldContext).to.equal(jsonldContext)
  })

  it('refuses a jsonldContext that does not answer', async () => {
    const { status, body } = await send({ ...whole, jsonldContext: 'http://127.0.0.1:9/context.jsonld' })
    expect([status, body.type]).to.deep.equal([
      504,
      'https://uri.etsi.org/ngsi-ld/errors/LdContextNotAvailable',
    ])
  })

  it('happens once under an Idempotency-Key', async () => {
    const request = { headers: { 'Idempotency-Key': 'bus-1' } }
    const [first, second] = [await send(whole, request), await send(whole, request)]
    expect([first.status, second.status]).to.deep.equal([201, 201])
    expect(second.headers.location).to.equal(first.headers.location)
    expect(second.headers['hub-idempotent-replay']).to.equal('true')
  })

  it('creates the tenant that it is for, and no other tenant has it', async () => {
    const request = { headers: { 'NGSILD-Tenant': 'subscribers' } }
    const id = await created({}, request)
    expect((await read(id, request)).id).to.equal(id)
    expect((await hub.send(at(id))).status).to.equal(404)
  })

  it('keeps no @context of a subscription that exists already', async () => {
    const id = await created()
    const body = { ...whole, id, '@context': { Ferry: `${CITY}Ferry` } }
    const answer = await send(body, { headers: { 'Content-Type': 'application/ld+json' } })
    expect(answer.status).to.equal(409)
    const kept = await hub.running.store.documents(DEFAULT_TENANT, 'context', { limit: 100 })
    expect(JSON.stringify(kept)).not.to.include(`${CITY}Ferry`)
  })

  it('is not for snapshots', async () => {
    const { status } = await send(whole, { headers: { 'NGSILD-Snapshot': 'urn:ngsi-ld:Snapshot:1' } })
    expect(status).to.equal(422)
  })

  it('is refused when a tenant has as many as it may', async () => {
    const small = await startTestHub({ 'limits.subscriptions': 1, 'limits.callerSubscriptions': 0 })
    try {
      const answers = []
      for (let at = 0; at < 2; at++)
        answers.push((await small.send(SUBSCRIPTIONS, { method: 'POST', body: whole })).status)
      expect(answers).to.deep.equal([201, 429])
    } finally {
      await small.stop()
    }
  })
})
