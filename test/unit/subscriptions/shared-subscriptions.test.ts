import { expect } from 'chai'
import { DEFAULT_TENANT, parseTenant } from '../../../broker/core/model/tenant.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'
import { clock } from '../../../broker/main/clock.ts'
import { untilMine } from '../../../broker/main/until-mine.ts'
import { parseEntity } from '../../../broker/store/port/change.ts'
import type { Store } from '../../../broker/store/port/store.ts'
import { createDeliveries } from '../../../broker/subscriptions/deliver/create-deliveries.ts'
import type { Message } from '../../../broker/subscriptions/deliver/message.ts'
import { notificationNames } from '../../../broker/subscriptions/notify/notification-id.ts'
import {
  type SharedSubscriptions,
  sharedSubscriptions,
} from '../../../broker/subscriptions/shared-subscriptions.ts'
import { createSubscriptions } from '../../../broker/subscriptions/subscriptions.ts'
import { document, entity, PM10, property, put } from '../../support/store-builders.ts'
import { SQLITE } from '../../support/stores.ts'
import { until } from '../../support/until.ts'
import { type KeptSubscription, readKept, SETTINGS, subjectOver } from './engine-world.ts'

const ID = 'urn:ngsi-ld:Thing:1'
const FIRST = 'urn:ngsi-ld:Subscription:1'
const SECOND = 'urn:ngsi-ld:Subscription:2'

/** A process that shares the subscriptions of a store with others, and can be killed. */
class SharingProcess {
  /** Ids of the notifications that it sent. */
  readonly sent: string[] = []
  readonly failures: unknown[] = []
  overtaken = 0
  readonly subscriptions: SharedSubscriptions
  #isMine = false
  #isLeaving = false
  #isKilled = false

  constructor(store: Store, tell: () => void = () => undefined) {
    const geometry = createGeometryEngine()
    const failed = (error: unknown) => void this.failures.push(error)
    const processes = () => ({ has: () => this.#isMine, isLeaving: this.#isLeaving })
    const send = async ({ id }: Message) => {
      this.sent.push(id)
      return { delivered: true as const, milliseconds: 1 }
    }
    const sender = { send, prepare: () => undefined, close: async () => undefined }
    const own = this.#mortal(store)
    const engine = createSubscriptions({
      ...SETTINGS,
      ...{ store: own, sender, failed, engine: geometry },
      subject: subjectOver(own, { clock, engine: geometry, maxBytes: SETTINGS.maxBytes }),
      deliveries: createDeliveries({ sender, clock, settings: { ...SETTINGS, attempts: 1 } }),
      sharing: {
        mine: () => untilMine('notifications', processes()),
        overtaken: () => void this.overtaken++,
        lettersChanged: tell,
      },
      read: readKept,
      name: notificationNames(Buffer.from('secret')),
      shortestInterval: 1000,
      observe: { attempted: () => undefined, settled: () => undefined },
    })
    this.subscriptions = sharedSubscriptions(engine, {
      ...{ store: own, collection: 'subscription', read: readKept, replaysFailed: failed },
      askReplays: async () => tell(),
    })
  }

  async begin(): Promise<void> {
    this.#isMine = true
    await this.subscriptions.start()
  }

  /** Ends the duty as a process that leaves. */
  async leave(): Promise<void> {
    this.#isLeaving = true
    await this.subscriptions.stop()
    this.#isMine = false
  }

  /** Ends everything at once: nothing of it does anything any more. */
  kill(): void {
    this.#isKilled = true
    void this.subscriptions.stop()
  }

  #mortal(store: Store): Store {
    return new Proxy(store, {
      get: (target, name) => {
        const member = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...args: unknown[]) =>
          this.#isKilled ? new Promise(() => undefined) : Reflect.apply(member, target, args)
      },
    })
  }
}

describe('subscriptions that processes share', () => {
  let store: Store
  let close: () => Promise<void>
  let processes: SharingProcess[]
  beforeEach(async () => {
    ;({ store, close } = await SQLITE.open(clock))
    processes = []
  })
  afterEach(async () => {
    for (const one of processes) one.kill()
    await close()
  })

  const process = (tell?: () => void) => {
    const one = new SharingProcess(store, tell)
    processes.push(one)
    return one
  }
  /** Keeps a subscription at a process as the operations do; undefined: deletes it. */
  const keep = async (
    { subscriptions }: SharingProcess,
    id: string,
    members: Omit<Partial<KeptSubscription>, 'id'> | undefined = {},
    tenant = DEFAULT_TENANT,
  ) => {
    const kept = { id, uri: 'https://receiver.example/', since: 1, ...members }
    const from = await subscriptions.prepare(tenant)
    const [result] = await store.commit(tenant, [document(id, kept)])
    await subscriptions.apply(tenant, {
      id,
      version: result?.version ?? 0,
      from,
      subscription: readKept(kept),
    })
  }
  const write = async (value: number) => {
    const stored = await store.read(DEFAULT_TENANT, ID)
    const at = clock()
    const next = entity(ID, { attributes: { [PM10]: [property(value, { modifiedAt: at })] }, modifiedAt: at })
    await store.commit(DEFAULT_TENANT, [put(next, stored?.version ?? 0, stored && parseEntity(stored.text))])
  }
  const matched = async () =>
    Number((await store.document(DEFAULT_TENANT, 'delivery', 'positions'))?.document.matched)
  /** Has the first process give up so many notifications, which its receiver got once already. */
  const giveUp = async (count: number) => {
    const [owner] = processes
    if (!owner) throw new Error('A process makes the notifications')
    const given = { subscriptionId: FIRST, entityIds: [ID], reason: 'it is refused', attempts: 1 }
    for (let value = 0; value < count; value++) {
      await write(value)
      const position = await store.logEnd(DEFAULT_TENANT)
      const times = { changedAt: clock(), givenUpAt: clock() }
      const letter = { ...given, ...times, id: `urn:n:${value}`, positions: [position] }
      await owner.subscriptions.deadLetters.bury(DEFAULT_TENANT, letter)
    }
    await until('all are told', () => owner.sent.length === count)
    owner.sent.length = 0
  }
  const lettersOf = (one: SharingProcess) =>
    one.subscriptions.deadLetters.list(DEFAULT_TENANT, FIRST, { limit: 500 })

  it('are passed over by nobody, who took them and whoever ends', async () => {
    const [owner, other, next] = [process(), process(), process()]
    await owner.begin()
    await keep(owner, FIRST)
    await keep(other, SECOND)
    await write(1)
    const end = await store.logEnd(DEFAULT_TENANT)
    await until('positions are kept', async () => (await matched()) === end)
    owner.kill()
    await next.begin()
    await until('both are told', () => owner.sent.length + next.sent.length >= 2)
    expect(new Set([...owner.sent, ...next.sent]).size).to.equal(2)
  })

  it('are forgotten with all that is kept of them, also where nobody made notifications when they were deleted', async () => {
    const [owner, other, next] = [process(), process(), process()]
    await owner.begin()
    await keep(owner, FIRST)
    await giveUp(2)
    await until(
      'how it fared is kept',
      async () => (await store.document(DEFAULT_TENANT, 'delivery', ` ${FIRST}`)) !== undefined,
    )
    owner.kill()
    await other.subscriptions.prepare(DEFAULT_TENANT)
    await store.commit(DEFAULT_TENANT, [
      { collection: 'subscription', id: FIRST, at: clock(), origin: { by: 'test' } },
    ])
    await next.begin()
    await until('letters are gone', async () => (await lettersOf(next)).length === 0)
    await until(
      'nothing else is kept',
      async () => (await store.document(DEFAULT_TENANT, 'delivery', ` ${FIRST}`)) === undefined,
    )
    expect(next.subscriptions.summary().deadLetters).to.equal(0)
  })

  it('have letters delivered once more, each once, however often that is asked for elsewhere', async () => {
    const [owner, other] = [process(), process(() => void owner?.subscriptions.replayAsked())]
    await owner.begin()
    await keep(owner, FIRST)
    await other.subscriptions.know()
    await giveUp(60)
    for (const letter of await lettersOf(other)) await other.subscriptions.replay(DEFAULT_TENANT, letter)
    await until('all arrive', async () => (await lettersOf(owner)).length === 0)
    expect(owner.sent).to.have.length(60)
    expect(new Set(owner.sent).size).to.equal(60)
  })

  it('have letters delivered once more though they could not be read at first', async () => {
    const [owner, other] = [process(), process(() => void owner?.subscriptions.replayAsked())]
    await owner.begin()
    await keep(owner, FIRST)
    await other.subscriptions.know()
    await giveUp(1)
    const [letter] = await lettersOf(other)
    const { tenants } = store
    store.tenants = () => {
      store.tenants = tenants
      return Promise.reject(new Error('Server is away'))
    }
    if (letter) await other.subscriptions.replay(DEFAULT_TENANT, letter)
    await until('it arrives', async () => (await lettersOf(owner)).length === 0)
    expect(owner.failures).to.have.length(1)
  })

  it('have their letters counted by who makes the notifications alone, also those that others delete', async () => {
    const [owner, other] = [process(), process(() => void owner?.subscriptions.replayAsked())]
    await owner.begin()
    await keep(owner, FIRST)
    await giveUp(3)
    for (const letter of await lettersOf(other))
      await other.subscriptions.deadLetters.delete(DEFAULT_TENANT, letter)
    expect(other.subscriptions.summary().deadLetters).to.equal(0)
    await until('the owner knows', () => owner.subscriptions.summary().deadLetters === 0)
  })

  it('are kept by a process that has begun to leave as by one that makes no notifications', async () => {
    const [owner, next] = [process(), process()]
    await owner.begin()
    await keep(owner, FIRST)
    await owner.leave()
    await store.createTenant(parseTenant('other'))
    await keep(owner, SECOND, {}, parseTenant('other'))
    await keep(owner, SECOND)
    await next.begin()
    await write(1)
    await until('both are told', () => next.sent.length === 2)
    expect(owner.overtaken).to.equal(0)
  })

  it('stay with who makes the notifications when nobody knows for a while whether their state is kept', async () => {
    const owner = process()
    await owner.begin()
    await keep(owner, FIRST)
    await write(1)
    const [commit, read] = [store.commit.bind(store), store.document.bind(store)]
    let lost = 0
    store.commit = async (tenant, units) => {
      const results = await commit(tenant, units)
      if (units[0]?.collection !== 'delivery' || lost > 0) return results
      lost++
      store.document = async () => {
        throw new Error('Server is away')
      }
      throw new Error('Answer is lost')
    }
    await until('an answer is lost', () => owner.failures.length > 0)
    store.document = read
    await write(2)
    const end = await store.logEnd(DEFAULT_TENANT)
    await until('positions are kept', async () => (await matched()) === end)
    expect(owner.overtaken).to.equal(0)
  })
})
