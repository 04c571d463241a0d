import { expect } from 'chai'
import { LOCATION } from '../../../broker/core/model/iri.ts'
import type { JsonObject, JsonValue } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT, parseTenant } from '../../../broker/core/model/tenant.ts'
import { notificationNames } from '../../../broker/subscriptions/notify/notification-id.ts'
import { entity, ID, iri, NOW, stored, THEN } from '../merge/build.ts'
import {
  asHttp,
  asMqtt,
  changed,
  header,
  NOTIFICATION,
  notice,
  plainWriter,
  received,
  SUBSCRIPTION,
  sent,
  subscription,
} from './notices.ts'

const update = changed({ speed: [stored(1)] }, { speed: [stored(2)], name: [stored('a')] })
const CONTEXT = 'https://example.org/context.jsonld'
const LINK = `<${CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`

describe('5.3.1 Notification', () => {
  it('names itself, its subscription and the instant, and holds the entities as they are now', async () => {
    expect(await received(notice([update]))).to.deep.equal({
      id: NOTIFICATION,
      type: 'Notification',
      subscriptionId: SUBSCRIPTION,
      notifiedAt: '2026-01-01T02:00:00Z',
      data: [
        {
          id: ID,
          type: 'Station',
          speed: { type: 'Property', value: 2 },
          name: { type: 'Property', value: 'a' },
        },
      ],
    })
  })

  it('holds several entities', async () => {
    const other = { ...update, id: 'urn:x:2', after: entity({ a: [stored(1)] }, { id: 'urn:x:2' }) }
    const { data } = await received(notice([update, other]))
    expect(data.map(({ id }) => id)).to.deep.equal([ID, 'urn:x:2'])
  })

  it('is not written when the projection leaves nothing to tell', async () => {
    const pick = { members: new Set<never>(), attributes: new Map([[iri('gone'), undefined]]) }
    const nothing = notice([update], subscription({ options: { format: 'normalized', pick } }))
    expect(await plainWriter()(nothing)).to.equal(undefined)
  })

  it('is GeoJSON as one FeatureCollection with the @context in it', async () => {
    const point = { type: 'Point', coordinates: [1, 2] }
    const after = {
      ...entity({}),
      attributes: { [LOCATION]: [{ ...stored(point), kind: 'GeoProperty' as const }] },
    }
    const geo = subscription({}, { accept: 'application/geo+json' })
    const { data } = await received(notice([{ ...update, after }], geo))
    const properties = { type: 'Station', location: { type: 'GeoProperty', value: point } }
    expect(data).to.deep.equal({
      type: 'FeatureCollection',
      features: [{ id: ID, type: 'Feature', geometry: point, properties }],
      '@context': CONTEXT,
    })
  })

  it('has an id that is the same whenever it is due for the same', () => {
    const place = { tenant: parseTenant('a'), subscriptionId: SUBSCRIPTION, since: THEN, position: 7 }
    const nameOf = notificationNames(Buffer.from('secret'))
    const id = nameOf(place)
    expect(id).to.match(
      /^urn:ngsi-ld:Notification:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(nameOf({ ...place })).to.equal(id)
    const others = [
      { tenant: parseTenant('b') },
      { subscriptionId: 'urn:x:2' },
      { since: NOW },
      { position: 8 },
    ]
    const ids = others.map((other) => nameOf({ ...place, ...other }))
    const elsewhere = notificationNames(Buffer.from('other'))(place)
    expect(new Set([id, elsewhere, ...ids]).size).to.equal(6)
  })
})

describe('6.3.8 Notification in HTTP', () => {
  it('is JSON that names its @context in a header', async () => {
    const message = asHttp(await sent(notice([update])))
    expect(message.headers).to.deep.equal([
      ['Content-Type', 'application/json'],
      ['Link', LINK],
    ])
    expect(message).to.include({ id: NOTIFICATION, url: 'https://receiver.example/notify', timeoutMs: 5000 })
    expect(message.body).to.not.include('@context')
  })

  it('is JSON-LD with the @context in each entity, and no link', async () => {
    const of = notice([update], subscription({}, { accept: 'application/ld+json' }))
    const message = await sent(of)
    expect(header(message, 'Content-Type')).to.equal('application/ld+json')
    expect(header(message, 'Link')).to.equal(undefined)
    expect((await received(of)).data[0]?.['@context']).to.equal(CONTEXT)
  })

  it('leaves the @context out of GeoJSON for who prefers it so', async () => {
    const receiverInfo = [{ key: 'Prefer', value: 'body=json' }]
    const of = notice([update], subscription({}, { accept: 'application/geo+json', receiverInfo }))
    const message = await sent(of)
    expect(header(message, 'Link')).to.equal(LINK)
    expect(header(message, 'Prefer')).to.equal('body=json')
    expect(message.body).to.not.include('@context')
  })

  it('carries receiverInfo as it was given, except what cannot be a header or is not for it to say', async () => {
    const receiverInfo = [
      { key: 'X-Additional-Key', value: 'a b' },
      { key: 'authorization', value: 'Bearer token' },
      { key: 'Host', value: 'elsewhere.example' },
      { key: 'content-LENGTH', value: '1' },
      { key: 'Content-Type', value: 'text/html' },
      { key: 'link', value: '<x>' },
      { key: 'X-Injected', value: 'a\r\nX-Other: b' },
      { key: 'X Name', value: 'a' },
      { key: 'X-Additional-key', value: 'again' },
    ]
    const message = asHttp(await sent(notice([update], subscription({}, { receiverInfo }))))
    expect(message.headers.slice(2)).to.deep.equal([
      ['X-Additional-Key', 'a b'],
      ['authorization', 'Bearer token'],
    ])
  })

  it('says itself for whom it speaks, whatever a subscriber wants it to say', async () => {
    const names = ['NGSILD-Tenant', 'ngsild-snapshot', 'Forwarded', 'X-Forwarded-For', 'x-forwarded-host']
    const all = [...names, 'X-Real-IP', 'Via', 'Hub-On-Behalf-Of', 'X-Kept']
    const receiverInfo = all.map((key) => ({ key, value: 'forged' }))
    const forged = async (uri: string, tenant = DEFAULT_TENANT) => {
      const message = await sent(notice([update], subscription({}, { uri, receiverInfo }), { tenant }))
      if (message.kind === 'http') return message.headers.slice(2)
      const { metadata } = asMqtt(message).content
      return Object.entries(metadata as JsonObject).slice(2)
    }
    for (const uri of ['https://receiver.example/', 'mqtt://broker.example/topic']) {
      expect(await forged(uri)).to.deep.equal([['X-Kept', 'forged']])
      expect(await forged(uri, parseTenant('city'))).to.deep.equal([
        ['X-Kept', 'forged'],
        ['NGSILD-Tenant', 'city'],
      ])
    }
  })

  it('names tenant and snapshot', async () => {
    const message = await sent(
      notice([update], subscription(), { tenant: parseTenant('city'), snapshot: 'urn:x:s' }),
    )
    expect(header(message, 'NGSILD-Tenant')).to.equal('city')
    expect(header(message, 'NGSILD-Snapshot')).to.equal('urn:x:s')
  })

  it('says how long the receiver may take, how it is signed and whom TLS trusts', async () => {
    const delivery = { signingSecret: 'whsec_AAAA', authorities: 'PEM' }
    const message = asHttp(await sent(notice([update], subscription({ delivery }, { timeoutMs: 200 }))))
    expect(message).to.include({ timeoutMs: 200, signingSecret: 'whsec_AAAA' })
    expect(message.tls).to.deep.equal({ authorities: 'PEM' })
  })
})

describe('7.2 Notification in MQTT', () => {
  const uri = 'mqtt://user:secret@broker.example/city/air'

  it('is the notification beside what headers would say', async () => {
    const receiverInfo = [
      { key: 'test-receiver-key', value: 'Phổ Yên' },
      { key: 'content-type', value: 'text/html' },
    ]
    const of = subscription({}, { uri, receiverInfo })
    const message = asMqtt(await sent(notice([update], of)))
    expect(message).to.include({ url: uri, version: 'mqtt5.0', qos: 0 })
    expect(message.content).to.deep.equal({
      metadata: { 'Content-Type': 'application/json', Link: LINK, 'test-receiver-key': 'Phổ Yên' },
      body: await received(notice([update], subscription())),
    })
  })

  for (const [value, version, qos] of [
    ['mqtt3.1.1', 'mqtt3.1.1', 1],
    ['mqtt5.0', 'mqtt5.0', 2],
  ] as const) {
    it(`speaks ${version} with quality of service ${qos} when told so`, async () => {
      const notifierInfo = [
        { key: 'MQTT-Version', value },
        { key: 'MQTT-QoS', value: String(qos) },
      ]
      const message = asMqtt(await sent(notice([update], subscription({}, { uri, notifierInfo }))))
      expect(message).to.include({ version, qos })
    })
  }
})

describe('5.8.6 Notifications of one change', () => {
  it('write it once for all subscriptions that are told the same', async () => {
    let times = 0
    const value = { toJSON: () => ++times } as unknown as JsonValue // counts how often it is written
    const change = changed({ speed: [stored(1)] }, { speed: [stored(value)] })
    const write = plainWriter()
    const first = await write(notice([change], subscription({ id: 'urn:x:1' })))
    const second = await write(notice([{ ...change }], subscription({ id: 'urn:x:2' })))
    expect(times).to.equal(1)
    expect(second?.body).to.equal(first?.body.replace('urn:x:1', 'urn:x:2'))
    await write(notice([change], subscription({ options: { format: 'concise' } })))
    expect(times).to.equal(2)
  })
})
