import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import type { Entity } from '../../../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { clock } from '../../../broker/main/clock.ts'
import { entity, property, put } from '../../support/store-builders.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'
import { until } from '../../support/until.ts'
import { type EngineSettings, EngineWorld } from './engine-world.ts'

const ID = 'urn:s:1'
const TWO_HOURS = 7_200_000_000
const VALUE = 'https://example.org/value'
const NEAR = 'urn:s:near'

/** A subscription that needs the geometry engine, which it takes a while to load. */
function near() {
  const geometry = { type: 'Point', coordinates: [105.8, 21.5] }
  const property = 'https://uri.etsi.org/ngsi-ld/location'
  const geo = { property, rel: { kind: 'near', maxDistance: 10 }, geometry }
  const kept = { id: NEAR, uri: 'http://near.test/', since: clock(), isActive: true, query: { geo } }
  return kept as never // parts of a subscription
}

describe('Engine of subscriptions', () => {
  const opened: OpenedStore[] = []
  const worlds: EngineWorld[] = []
  afterEach(async () => {
    for (const world of worlds.splice(0)) world.kill()
    for (const { close } of opened.splice(0)) await close()
  })

  /** An engine with one subscription to everything. */
  async function started(settings?: EngineSettings) {
    const kept = await SQLITE.open(clock)
    const world = new EngineWorld(kept.store, settings)
    opened.push(kept)
    worlds.push(world)
    await world.begin()
    await world.keep(ID, { id: ID, uri: 'http://e.test/', since: clock(), isActive: true })
    const write = (id: string) => {
      const attributes = { [VALUE]: [property(id)] }
      return kept.store.commit(DEFAULT_TENANT, [put(entity(id, { attributes, modifiedAt: clock() }))])
    }
    const waiting = () => world.engine.state(DEFAULT_TENANT, ID).waiting
    const letters = () => world.engine.deadLetters.list(DEFAULT_TENANT, ID, { limit: 100 })
    return { store: kept.store, world, write, waiting, letters }
  }

  it('keeps what waits when it is stopped, and delivers it when it starts again', async () => {
    const { world, write, waiting } = await started()
    world.mood = () => 'refuses'
    await write('urn:e:1')
    await until('a notification that waits', () => waiting() === 1)
    await world.engine.stop()
    world.kill()
    world.mood = () => 'takes'
    await world.begin()
    await until('the notification', () => world.taken.length === 1)
  })

  it('tries on where there is no room for what is given up, and does nothing else all the time', async () => {
    let later = 0
    const settings = { maxDeadLetters: 1, retryHours: 1, clock: () => clock() + later }
    const { world, write, waiting, letters } = await started(settings)
    world.mood = () => 'refuses'
    for (const id of ['urn:e:1', 'urn:e:2', 'urn:e:3']) await write(id)
    await until('notifications that wait', () => waiting() === 3)
    later = TWO_HOURS
    await until('one that is given up', () => waiting() === 2)
    await pause(50)
    expect(await letters()).to.have.length(1)
    world.mood = () => 'takes'
    await until('the others', () => world.taken.length === 2)
  })

  it('drops the oldest that was given up where that is asked for, and never keeps more than it may', async () => {
    let later = 0
    const settings = { maxDeadLetters: 2, dropOldest: true, retryHours: 1, clock: () => clock() + later }
    const { world, write, waiting, letters } = await started(settings)
    world.mood = () => 'refuses'
    const ids = Array.from({ length: 6 }, (_, at) => `urn:e:${at}`)
    for (const id of ids) await write(id)
    await until('notifications that wait', () => waiting() === 6)
    later = TWO_HOURS
    await until('all to be given up', () => waiting() === 0)
    expect(await letters()).to.have.length(2)
    expect(world.engine.state(DEFAULT_TENANT, ID).dropped).to.equal(4)
    expect(world.engine.deadLetters.count(DEFAULT_TENANT, ID)).to.equal(2)
  })

  it('delivers what was given up long ago when it is asked to', async () => {
    let later = 0
    const { world, write, letters } = await started({ retryHours: 1, clock: () => clock() + later })
    world.mood = () => 'refuses'
    await write('urn:e:1')
    later = TWO_HOURS
    await until('a dead letter', async () => (await letters()).length === 1)
    world.mood = () => 'takes'
    const [letter] = await letters()
    if (!letter) throw new Error('There is no letter')
    expect(await world.engine.replay(DEFAULT_TENANT, letter)).to.equal(true)
    await until('the notification', () => world.taken.length === 1)
    expect(world.taken[0]?.id).to.equal(letter.id)
    await until('no dead letter', async () => (await letters()).length === 0)
  })

  it('misses nothing of those that come behind one that waits for the geometry engine at the start', async () => {
    const { world, write } = await started()
    const last = { id: 'urn:s:z', uri: 'http://z.test/', since: clock(), isActive: true }
    await world.keep(NEAR, near())
    await world.keep(last.id, last)
    world.mood = () => 'refuses'
    await write('urn:e:1')
    world.kill()
    world.mood = () => 'takes'
    await world.begin()
    await until('both notifications', () => world.taken.length === 2)
    expect(world.taken.map(({ subscriptionId }) => subscriptionId)).to.have.members([ID, last.id])
  })

  it('forgets what was deleted while it waited for the geometry engine', async () => {
    const { world, write, waiting } = await started()
    const kept = world.keep(NEAR, near())
    await world.keep(NEAR, undefined)
    expect(await kept).to.equal(true)
    expect(world.engine.count(DEFAULT_TENANT)).to.equal(1)
    await write('urn:e:1')
    await until('the notification', () => world.taken.length === 1 && waiting() === 0)
  })

  it('sends nothing twice after a restart that it knew to be settled, though one change before it is not', async () => {
    const { store, world, write, waiting } = await started()
    world.mood = (_, { data }) => (data[0]?.id === 'urn:e:stuck' ? 'refuses' : 'takes')
    await write('urn:e:stuck')
    for (let at = 0; at < 200; at++) await write(`urn:e:${at}`)
    await until('the others', () => waiting() === 1 && world.taken.length === 200)
    const kept = () => store.document(DEFAULT_TENANT, 'delivery', 'positions')
    await until('where it stands', async () => JSON.stringify((await kept())?.document).includes('open'))
    await pause(1100)
    world.kill()
    world.mood = () => 'takes'
    await world.begin()
    await until('the one that was stuck', () => world.taken.length > 200)
    await write('urn:e:later')
    await until('a later one', () => world.taken.length === 202)
    expect(world.taken.slice(200).map(({ data }) => data[0]?.id)).to.deep.equal([
      'urn:e:stuck',
      'urn:e:later',
    ])
  })

  it('tells of no more at once than there is room for, though what it gathered grew while it could not be sent', async () => {
    const { store, world } = await started({ maxBytes: 5000 })
    const throttled = { id: 'urn:s:throttled', uri: 'http://throttled.test/', since: clock(), isActive: true }
    await world.keep(ID, undefined)
    await world.keep(throttled.id, { ...throttled, throttling: 1 })
    const ids = Array.from({ length: 20 }, (_, at) => `urn:e:${at}`)
    const kept = new Map<string, { readonly entity: Entity; readonly version: number }>()
    const write = async (length: number) => {
      const attributes = { [VALUE]: [property('x'.repeat(length))] }
      for (const id of ids) {
        const next = entity(id, { attributes, modifiedAt: clock() })
        const before = kept.get(id)
        const [result] = await store.commit(DEFAULT_TENANT, [put(next, before?.version, before?.entity)])
        if (result?.outcome !== 'kept') throw new Error(`Entity ${id} is not kept`)
        kept.set(id, { entity: next, version: result.version })
      }
    }
    world.mood = () => 'refuses'
    await write(1)
    await pause(50)
    await write(2000)
    world.mood = () => 'takes'
    await until('all to be told', () => world.isQuiet([throttled.id]))
    for (const { data } of world.taken) expect(JSON.stringify(data).length).to.be.lessThan(10_000)
    const last = new Map(world.taken.flatMap(({ data }) => data.map((one) => [one.id, one] as const)))
    expect([...last.keys()]).to.have.members(ids)
    for (const one of last.values()) expect(JSON.stringify(one).length).to.be.greaterThan(2000)
  })
})
