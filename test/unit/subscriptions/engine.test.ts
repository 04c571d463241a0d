import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { clock } from '../../../broker/main/clock.ts'
import { entity, property, put } from '../../support/store-builders.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'
import { until } from '../../support/until.ts'
import { type EngineSettings, EngineWorld } from './engine-world.ts'

const ID = 'urn:s:1'
const VALUE = 'https://example.org/value'

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
    return { store: kept.store, world, write, waiting }
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
})
