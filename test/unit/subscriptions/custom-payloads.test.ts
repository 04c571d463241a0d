import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { LOCATION } from '../../../broker/core/model/iri.ts'
import type { Problem } from '../../../broker/core/model/problem.ts'
import { templateFault } from '../../../broker/subscriptions/notify/template-fault.ts'
import { IsolatedTemplates } from '../../../broker/subscriptions/notify/templates.ts'
import { notificationWriter } from '../../../broker/subscriptions/notify/write-notification.ts'
import type { DeliveryOptions, Endpoint } from '../../../broker/subscriptions/subscription.ts'
import { rejection } from '../../support/rejection.ts'
import { until } from '../../support/until.ts'
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

/** An expression that does not come to an end, and is another text for each name. */
const spinning = (name: string) => `$contains("${'a'.repeat(40)}${name}!", /^(a+)+$/)`

const MODULE = new URL('../../../broker/subscriptions/notify/templates.js', import.meta.url).href
/** Ends by kill -9 while a template keeps its process. */
const KILLED_HUB = `
  import { readFileSync, writeSync } from 'node:fs'
  import { getPriority } from 'node:os'
  import { IsolatedTemplates } from '${MODULE}'
  const templates = new IsolatedTemplates()
  await templates.fill({ owner: 'one', template: '1', notification: '{}' })
  const child = Number(readFileSync(\`/proc/self/task/\${process.pid}/children\`, 'utf8'))
  writeSync(1, JSON.stringify({ child, priority: getPriority(child) }))
  void templates.fill({ owner: 'one', template: ${JSON.stringify(spinning('k'))}, notification: '{}' })
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 300)
`

function isRunning(pid: number): boolean {
  try {
    return !/ Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe('Templates of notifications', () => {
  const templates = new IsolatedTemplates()
  after(() => templates.close())

  async function fill(template: string, endpoint: Partial<Endpoint> = {}, more: DeliveryOptions = {}) {
    const write = notificationWriter({ joinLinked: () => Promise.reject(new Error('No join')), templates })
    return write(notice([update], subscription({ delivery: { template, ...more } }, endpoint)))
  }
  const of = (owner: string, template: string, notification = '{}') =>
    templates.fill({ owner, template, notification })

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
    ['$base64encode($pad("x", 300000000))', /memory|too long/],
  ] as const
  for (const [template, reason] of faults) {
    it(`fail with a reason that tells nothing of the data: ${template.slice(0, 40)}`, async () => {
      const problem = await rejection(fill(template))
      expect(problem).to.include({ name: 'Problem', code: 'UnprocessableContent' })
      const { message } = problem as Problem // as its name says
      expect(message).to.match(reason)
      expect(message).to.not.include('secret word')
    })
  }

  it('go on after one that failed, and take turns by owner', async () => {
    const order: string[] = []
    const hard = ['a', 'b', 'c'].map((name) =>
      rejection(of('one', spinning(name))).then(() => order.push('hard')),
    )
    await Promise.all([...hard, of('other', '1').then(() => order.push('easy'))])
    expect(order).to.deep.equal(['hard', 'hard', 'easy', 'hard'])
  })

  it('wait in a line that has an end for each owner', async () => {
    const calls = Array.from({ length: 100 }, (_, at) => of('one', String(at)))
    const all = await Promise.allSettled([...calls, of('other', '1')])
    const refused = all.filter(({ status }) => status === 'rejected')
    expect(refused).to.have.length(35)
    expect(String((refused[0] as PromiseRejectedResult).reason)).to.match(
      /waits behind 64 others of its owner/,
    )
    expect(all.at(-1)).to.include({ status: 'fulfilled' })
  })

  it('are refused at once after three in a row that ended their process, whoever comes with them', async () => {
    const template = `bad ? ${spinning('x')} : 1`
    const bad = () => rejection(of('one', template, '{ "bad": true }'))
    // one that comes to an end begins the count anew: without it the last of the three would be refused
    await bad()
    expect(await of('one', template)).to.deep.equal({ text: '1', isJson: true })
    for (let turn = 0; turn < 3; turn++) expect(String(await bad())).to.match(/takes too long/)
    expect(String(await rejection(of('other', template)))).to.match(/3 times in a row: it is not tried again/)
    expect(await of('one', `${template} `)).to.deep.equal({ text: '1', isJson: true })
  })

  it('fail when the hub stops, and are filled no more', async () => {
    const stopping = new IsolatedTemplates()
    const call = () => rejection(stopping.fill({ owner: 'one', template: spinning('s'), notification: '{}' }))
    const waiting = [call(), call()]
    await stopping.close()
    for (const problem of [...(await Promise.all(waiting)), await call()])
      expect(problem).to.include({ code: 'ServiceUnavailable' })
  })

  it('leave the processor to the hub, and end with it also while they are evaluated', async function () {
    if (process.platform !== 'linux') this.skip()
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', KILLED_HUB], {
      encoding: 'utf8',
    })
    const { child, priority } = JSON.parse(stdout)
    expect(priority).to.equal(10)
    await until('the end of the process of templates', () => !isRunning(child))
  })

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
