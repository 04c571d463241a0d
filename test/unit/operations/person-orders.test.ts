import { expect } from 'chai'
import type { Caller } from '../../../broker/core/model/caller.ts'
import { DEFAULT_TENANT, parseTenant } from '../../../broker/core/model/tenant.ts'
import { findOrder, ordersOf } from '../../../broker/operations/privacy/kept-orders.ts'
import { OpenOrders } from '../../../broker/operations/privacy/open-orders.ts'
import {
  carryOnOrders,
  type OrderDependencies,
  placeOrder,
} from '../../../broker/operations/privacy/person-orders.ts'
import type { PersonRequest } from '../../../broker/operations/privacy/person-requests.ts'
import type { Store } from '../../../broker/store/port/store.ts'
import { parsePerson } from '../../../security/privacy/person.ts'
import { createReportKey } from '../../../security/privacy/signed-report.ts'
import { createSeal } from '../../../security/seal.ts'
import { NOW } from '../../support/store-builders.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'
import { until } from '../../support/until.ts'

const IDENTIFIERS = ['phone:0900000417']
const CALLER = { key: 'officer', delegation: () => ({}) } as unknown as Caller // of what orders look at

describe('orders to other hubs: kept', () => {
  let opened: OpenedStore
  beforeEach(async () => {
    opened = await SQLITE.open(() => NOW)
  })
  afterEach(() => opened.close())

  const dependencies = (store: Store = opened.store): OrderDependencies =>
    ({
      store,
      clock: () => NOW,
      hub: { name: 'here', city: 'thai-nguyen' },
      orderSeal: createSeal(Buffer.alloc(32, 1), 'order'),
      referenceKey: Buffer.alloc(32, 2),
      reportKey: createReportKey(Buffer.alloc(32, 3)),
      delegate: () => undefined,
      keepReport: async () => undefined,
      noteOutcome: async () => undefined,
      peers: [{ name: 'there', endpoint: 'http://127.0.0.1:1' }],
      openOrders: new OpenOrders(store, () => NOW),
      alias: 'here',
    }) as unknown as OrderDependencies // nobody is asked here
  const request = (via?: string): PersonRequest =>
    ({
      caller: CALLER,
      tenant: DEFAULT_TENANT,
      person: parsePerson(IDENTIFIERS),
      body: { identifiers: IDENTIFIERS },
      via,
      origin: { by: 'officer' },
    }) as unknown as PersonRequest // of what orders look at
  const idsOf = async () => {
    const ids: string[] = []
    for await (const { order } of ordersOf(opened.store, DEFAULT_TENANT)) ids.push(order.id)
    return ids
  }

  it('stay while one of the hubs asks back for the same', async () => {
    const placed = await placeOrder(dependencies(), request(), 'erase')
    const [id = ''] = await idsOf()
    const back = await placeOrder(dependencies(), request('1.1 here, 1.1 there'), 'erase')
    expect(await back.ask()).to.deep.equal([])
    expect(await idsOf()).to.deep.equal([id])
    const open = await placed.settle(
      [{ hub: 'there', state: 'open', reason: 'Hub does not answer' }],
      'report',
    )
    expect(open).to.equal(id)
    expect((await findOrder(opened.store, DEFAULT_TENANT, id)).order).to.include({
      attempts: 1,
      report: 'report',
    })
  })

  it('give way to a later one with it, and not before it', async () => {
    await placeOrder(dependencies(), request(), 'restrict')
    const before = await idsOf()
    let commits = 0
    const cutOff: Store = new Proxy(opened.store, {
      get: (store, name) => {
        if (name === 'commit')
          return (...unit: Parameters<Store['commit']>) => {
            if (++commits > 1) throw new Error('Process ends')
            return store.commit(...unit)
          }
        const member = Reflect.get(store, name)
        return typeof member === 'function' ? member.bind(store) : member
      },
    })
    await placeOrder(dependencies(cutOff), request(), 'erase').catch(() => undefined)
    const after = await idsOf()
    expect(after).to.have.length(1)
    expect(after).not.to.deep.equal(before)
  })

  it('are carried on together: a hub that keeps silent holds up no other order', async () => {
    const asked: unknown[] = []
    let answer = (): void => undefined
    const silence = new Promise<never>((_, reject) => {
      answer = () => reject(new Error('silent'))
    })
    const egress = {
      request: ({ body }: { readonly body: string }) => {
        asked.push(body)
        return silence
      },
    }
    for (const phone of ['0900000417', '0900000529']) {
      const identifiers = [`phone:${phone}`]
      const person = parsePerson(identifiers)
      await placeOrder(dependencies(), { ...request(), person, body: { identifiers } }, 'erase')
    }
    const carriedOn = carryOnOrders({
      ...dependencies(),
      clock: () => NOW + 3_600_000_000,
      egress,
      outbound: async () => ({ headers: {} }),
      delegate: () => ({ check: () => undefined }) as unknown as Caller, // may do all
    } as unknown as OrderDependencies)
    await until('both to be asked', () => asked.length === 2, 2000)
    answer()
    await carriedOn
  })

  it('have a signed completion where the process ended before it knew what the hubs did', async () => {
    await placeOrder(dependencies(), request(), 'erase')
    const [id = ''] = await idsOf()
    await carryOnOrders({
      ...dependencies(),
      clock: () => NOW + 3_600_000_000,
      egress: { request: async () => ({ status: 200, body: '{"report":{"id":"theirs"}}' }) },
      outbound: async () => ({ headers: {} }),
      delegate: () => ({ check: () => undefined }) as unknown as Caller, // may do all
    } as unknown as OrderDependencies)
    const { order } = await findOrder(opened.store, DEFAULT_TENANT, id)
    expect(order.completion).to.deep.include({
      order: id,
      before: [],
      hubs: [{ hub: 'there', state: 'answered', report: { id: 'theirs' } }],
    })
    expect(order).not.to.have.property('sealed')
  })

  it('are about the tenant that was named, at all hubs', async () => {
    const tenant = parseTenant('north')
    const asked: unknown[] = []
    const asking = {
      ...dependencies(),
      egress: {
        request: async ({ headers }: { readonly headers: Readonly<Record<string, string>> }) => {
          asked.push(headers['NGSILD-Tenant'])
          return { status: 503, body: '' }
        },
      },
      outbound: async () => ({ headers: {} }),
      delegate: () => ({ check: () => undefined }) as unknown as Caller, // may do all
    } as unknown as OrderDependencies
    const named = { ...request(), tenant }
    const without = await placeOrder(asking, named, 'erase')
    const answers = await without.ask()
    expect(answers.map(({ state }) => state)).to.deep.equal(['open'])
    // a hub that has no such tenant keeps nothing for it
    expect(await without.settle(answers)).to.equal(undefined)
    await opened.store.createTenant(tenant)
    const placed = await placeOrder(asking, named, 'erase')
    const id = await placed.settle(await placed.ask())
    expect((await findOrder(opened.store, tenant, id ?? '')).order.attempts).to.equal(1)
    await carryOnOrders({ ...asking, clock: () => NOW + 3_600_000_000 })
    const whole = await placeOrder(asking, request(), 'erase')
    await whole.ask()
    expect(asked).to.deep.equal(['north', 'north', 'north', undefined])
  })

  it('are counted anew when one of them has changed, and not with every look', async () => {
    let walks = 0
    const store = {
      tenants: () => opened.store.tenants(),
      documents: (...page: Parameters<Store['documents']>) => {
        walks++
        return opened.store.documents(...page)
      },
    }
    let now = NOW
    const openOrders = new OpenOrders(store, () => now)
    const counting = { ...dependencies(), openOrders } as OrderDependencies
    const open = async () => [(await openOrders.counts()).open.map(({ count }) => count), walks]
    expect(await open()).to.deep.equal([[], 1])
    const placed = await placeOrder(counting, request(), 'erase')
    expect(await open()).to.deep.equal([[1], 2])
    expect(await open()).to.deep.equal([[1], 2])
    await placed.settle([{ hub: 'there', state: 'answered', body: {} }])
    expect(await open()).to.deep.equal([[], 3])
    // another process over the same store tells nobody
    await placeOrder(dependencies(), request(), 'erase')
    expect(await open()).to.deep.equal([[], 3])
    now += 61_000_000
    expect(await open()).to.deep.equal([[1], 4])
  })

  it('name no order that was given anew while its hubs were asked', async () => {
    const placed = await placeOrder(dependencies(), request(), 'erase')
    await placeOrder(dependencies(), request(), 'erase')
    expect(await placed.settle([{ hub: 'there', state: 'open', reason: 'Hub does not answer' }])).to.equal(
      undefined,
    )
  })
})
