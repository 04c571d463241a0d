import { expect } from 'chai'
import { LOCATION } from '../../../broker/core/model/iri.ts'
import type { Problem } from '../../../broker/core/model/problem.ts'
import { templateFault } from '../../../broker/subscriptions/notify/template-fault.ts'
import { TemplateThread } from '../../../broker/subscriptions/notify/templates.ts'
import { notificationWriter } from '../../../broker/subscriptions/notify/write-notification.ts'
import type { DeliveryOptions, Endpoint } from '../../../broker/subscriptions/subscription.ts'
import { rejection } from '../../support/rejection.ts'
import { entity, ID, stored } from '../merge/build.ts'
import {
  asHttp,
  changed,
  header,
  NOTIFICATION,
  notice,
  received,
  SUBSCRIPTION,
  subscription,
} from './notices.ts'

const update = changed({ speed: [stored(1)] }, { speed: [stored(2)], name: [stored('secret word')] })

describe('Names that a subscription gives to members', () => {
  const rename = { speed: 'velocity', id: 'uid', __proto__x: 'y' }

  it('take the place of those that its notifications would have', async () => {
    const { data } = await received(notice([update], subscription({ delivery: { rename } })))
    expect(data).to.deep.equal([
      {
        uid: ID,
        type: 'Station',
        velocity: { type: 'Property', value: 2 },
        name: { type: 'Property', value: 'secret word' },
      },
    ])
  })

  it('win over a member that has the name already', async () => {
    const of = subscription({ delivery: { rename: { speed: 'name' } }, options: { format: 'simplified' } })
    expect((await received(notice([update], of))).data[0]).to.include({ name: 2 })
  })

  it('are those of properties in GeoJSON', async () => {
    const point = { ...stored({ type: 'Point', coordinates: [1, 2] }), kind: 'GeoProperty' as const }
    const after = { ...entity({}), attributes: { [LOCATION]: [point] } }
    const of = subscription(
      { delivery: { rename: { location: 'place' } } },
      { accept: 'application/geo+json' },
    )
    const { data } = await received(notice([{ ...update, after }], of))
    expect(data).to.have.nested.property('features[0].properties.place')
    expect(data).to.have.nested.property('features[0].geometry.type', 'Point')
  })
})

describe('Templates of notifications', () => {
  const templates = new TemplateThread()
  after(() => templates.close())

  async function fill(template: string, endpoint: Partial<Endpoint> = {}, more: DeliveryOptions = {}) {
    const write = notificationWriter({ joinLinked: () => Promise.reject(new Error('No join')), templates })
    return write(notice([update], subscription({ delivery: { template, ...more } }, endpoint)))
  }

  it('make JSON of a notification', async () => {
    const message = await fill('{"sub": subscriptionId, "speeds": data.[speed.value]}')
    expect(JSON.parse(message?.body ?? '')).to.deep.equal({ sub: SUBSCRIPTION, speeds: [2] })
    expect(message?.id).to.equal(NOTIFICATION)
    expect(message && asHttp(message).headers).to.deep.equal([['Content-Type', 'application/json']])
  })

  it('make a text of it that is sent as it is', async () => {
    const receiverInfo = [{ key: 'Authorization', value: 'Token x' }]
    const message = await fill('"speed value=" & data[0].speed.value', { receiverInfo })
    expect(message?.body).to.equal('speed value=2')
    expect(message && header(message, 'Content-Type')).to.equal('text/plain; charset=utf-8')
    expect(message && header(message, 'Authorization')).to.equal('Token x')
  })

  it('are the whole message in MQTT', async () => {
    const message = await fill('$string(data[0].speed.value)', { uri: 'mqtt://broker.example/t' })
    expect(message).to.include({ kind: 'mqtt', body: '2' })
  })

  it('see the names that the subscription gives', async () => {
    const message = await fill('data.velocity.value', {}, { rename: { speed: 'velocity' } })
    expect(message?.body).to.equal('2')
  })

  it('that answer nothing send nothing', async () => {
    expect(await fill('data[speed.value > 5]')).to.equal(undefined)
  })

  const faults = [
    ['$number(data[0].name.value)', /^Template of the subscription fails: D3030 at \d+$/],
    ['data.(', /^Template of the subscription fails: S\d+ at \d+$/],
    ['$f := function($x) { $f($x) + 1 }; $f(1)', /fails: \w+/],
    ['($f := function($x) { $f($x) + 1 }; $f(1))', /fails: [DU]\d+/],
    ['($f := function($x) { $f($x) }; $f(1))', /fails: [DU]\d+/],
    ['[1..1000000000]', /fails: D2014/],
    ['$pad("", 2000000, "x")', /makes more than 1048576 characters/],
    ['$contains("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)', /takes too long/],
    ['$length($pad("", 900000000, "0123456789"))', /fails|memory|too long/],
  ] as const
  for (const [template, reason] of faults) {
    it(`fail with a reason that tells nothing of the data: ${template.slice(0, 40)}`, async () => {
      const problem = await rejection(fill(template))
      expect(problem).to.include({ name: 'Problem', code: 'UnprocessableContent' })
      const { message } = problem as Problem // as its name says
      expect(message).to.match(reason)
      expect(message).to.not.include('secret word')
    }).timeout(10_000)
  }

  it('go on after one that failed, and take turns', async () => {
    const hard = [1, 2, 3].map(() =>
      rejection(fill('$contains("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)')),
    )
    const order: string[] = []
    await Promise.all([
      ...hard.map((one) => one.then(() => order.push('hard'))),
      fill('id').then(() => order.push('easy')),
    ])
    expect(order.slice(0, 3)).to.include('easy')
  }).timeout(10_000)

  it('reach nothing of the process around them', async () => {
    for (const name of [
      '$process',
      '$require',
      'constructor',
      '__proto__.constructor',
      '$lookup($, "constructor")',
    ]) {
      expect(await fill(name), name).to.equal(undefined)
    }
  })

  it('are checked before they are used', async () => {
    expect(await templateFault('data.speed')).to.equal(undefined)
    expect(await templateFault('data.(')).to.match(/^S\d+ at \d+$/)
  })
})
