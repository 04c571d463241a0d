import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Entity } from '../../../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { clock } from '../../../broker/main/clock.ts'
import type { Store } from '../../../broker/store/port/store.ts'
import { entity, property, put } from '../../support/store-builders.ts'
import { SQLITE } from '../../support/stores.ts'
import { until } from '../../support/until.ts'
import { EngineWorld, type Mood } from './engine-world.ts'

const ENTITIES = 4
const SUBSCRIPTIONS = 3
const MOODS = ['takes', 'refuses', 'loses', 'hangs'] as const
const VALUE = 'https://example.org/value'

type Step =
  | { readonly kind: 'write'; readonly entities: readonly number[]; readonly awaited: boolean }
  | { readonly kind: 'mood'; readonly endpoint: number; readonly mood: Mood }
  | {
      readonly kind: 'subscribe' | 'delete' | 'pause'
      readonly subscription: number
      readonly awaited: boolean
    }
  | { readonly kind: 'kill' | 'stop'; readonly together: boolean }
  | { readonly kind: 'wait'; readonly milliseconds: number }

const subscriptionNumber = fc.nat(SUBSCRIPTIONS - 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      entities: fc.array(fc.nat(ENTITIES - 1), { minLength: 1, maxLength: 6 }),
      awaited: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('mood' as const),
      endpoint: subscriptionNumber,
      mood: fc.constantFrom(...MOODS),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('subscribe' as const, 'subscribe' as const, 'delete' as const, 'pause' as const),
      subscription: subscriptionNumber,
      awaited: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('kill' as const, 'kill' as const, 'stop' as const),
      together: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.nat(5) }) },
)

/** Writes that were acknowledged while a subscription was: what it has to be told. */
interface Life {
  readonly since: number
  readonly due: string[]
}

/** Plays a script, and keeps account of what has to be told to whom. */
class Play {
  readonly world: EngineWorld
  readonly written = new Set<string>()
  /** Lives of subscriptions that nobody asked to end. */
  readonly alive = new Map<number, Life>()
  readonly #store: Store
  readonly #latest = new Map<number, { readonly entity: Entity; readonly version: number }>()
  readonly #moods = new Map<string, Mood>()
  readonly #since = new Map<number, number>()
  readonly #latestStep = new Map<number, number>()
  #value = 0
  #writing: Promise<unknown> = Promise.resolve()
  #keeping: Promise<unknown> = Promise.resolve()
  #started: Promise<void> = Promise.resolve()

  constructor(store: Store) {
    this.#store = store
    this.world = new EngineWorld(store)
    this.world.mood = (endpoint) => this.#moods.get(endpoint) ?? 'takes'
  }

  async play(steps: readonly Step[]): Promise<void> {
    await this.world.begin()
    for (const each of steps) await this.#step(each)
    this.#moods.clear()
    await Promise.all([this.#writing, this.#keeping])
    await this.#restart('kill', false)
    await until('everything to be told', () => this.#isTold(), 5000).catch(() => {})
    await pause(5)
  }

  #isTold(): boolean {
    return [...this.alive].every(([at, { due }]) => {
      const told = this.told(at)
      return due.every((value) => told.has(value))
    })
  }

  /** Values that were told to a subscription in any of its lives. */
  told(at: number): ReadonlySet<string> {
    return new Set(this.tellings(at).map(({ value }) => value))
  }

  tellings(at: number) {
    return this.world.taken
      .filter(({ subscriptionId }) => subscriptionId === nameOf(at))
      .flatMap(({ id, data }) =>
        data.map((each) => {
          const { value } = each[VALUE] as { value: string }
          return { id, entityId: String(each.id), value }
        }),
      )
  }

  async #step(each: Step): Promise<void> {
    if (each.kind === 'write') {
      const done = this.#write(each.entities)
      if (each.awaited) await done
    } else if (each.kind === 'mood') this.#moods.set(uriOf(each.endpoint), each.mood)
    else if (each.kind === 'wait') await pause(each.milliseconds)
    else if ('together' in each) await this.#restart(each.kind, each.together)
    else {
      const done = this.#keep(each.kind, each.subscription)
      if (each.awaited) await done
    }
  }

  /** Writes in one commit, an entity perhaps several times. */
  #write(entities: readonly number[]): Promise<void> {
    const values: string[] = []
    const owed = [...this.alive.values()]
    const write = async () => {
      const units = entities.map((at) => {
        const before = this.#latest.get(at)
        const value = `${at}:${String(++this.#value).padStart(6, '0')}`
        values.push(value)
        this.written.add(value)
        const next = entity(`urn:e:${at}`, {
          attributes: { [VALUE]: [property(value)] },
          modifiedAt: clock(),
        })
        this.#latest.set(at, { entity: next, version: -1 })
        return put(next, before ? (before.version < 0 ? 'previous' : before.version) : 0, before?.entity)
      })
      const results = await this.#store.commit(DEFAULT_TENANT, units)
      for (const [index, at] of entities.entries()) {
        const { entity: kept } = this.#latest.get(at) ?? {}
        const result = results[index]
        if (result?.outcome !== 'kept') throw new Error('Test writes by itself')
        if (kept) this.#latest.set(at, { entity: kept, version: result.version })
      }
      for (const life of owed) life.due.push(...values)
    }
    const done = this.#writing.then(write)
    this.#writing = done
    return done
  }

  #keep(kind: 'subscribe' | 'delete' | 'pause', at: number): Promise<void> {
    // from the moment it is asked for, nothing that came before is owed
    this.alive.delete(at)
    const asked = (this.#latestStep.get(at) ?? 0) + 1
    this.#latestStep.set(at, asked)
    const keep = async () => {
      await this.#started
      // one that is at work goes on as it was
      const since = this.#since.get(at) ?? clock()
      const isActive = kind === 'subscribe'
      if (isActive) this.#since.set(at, since)
      else this.#since.delete(at)
      const kept = { id: nameOf(at), uri: uriOf(at), since, isActive }
      const acknowledged = await this.world.keep(nameOf(at), kind === 'delete' ? undefined : kept)
      const isLatest = this.#latestStep.get(at) === asked
      if (acknowledged && isLatest && kind === 'subscribe') this.alive.set(at, { since, due: [] })
    }
    const done = this.#keeping.then(keep)
    this.#keeping = done
    return done
  }

  async #restart(kind: 'kill' | 'stop', together: boolean): Promise<void> {
    await this.#started
    if (kind === 'kill') this.world.kill()
    else {
      const hanging = [...this.#moods].filter(([, mood]) => mood === 'hangs')
      for (const [endpoint] of hanging) this.#moods.set(endpoint, 'refuses')
      await Promise.race([this.world.engine.stop(), pause(50)])
      this.world.kill()
    }
    this.#started = this.world.begin()
    if (!together) await this.#started
  }
}

const nameOf = (at: number): string => `urn:s:${at}`
const uriOf = (at: number): string => `http://e${at}.test/`

describe('5.8.6 notifications of an engine that is killed', function () {
  this.timeout(240_000)

  it('tells of every acknowledged change, of each entity in order, under one id, and of nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const { store, close } = await SQLITE.open(clock)
        const play = new Play(store)
        try {
          await play.play([{ kind: 'subscribe', subscription: 0, awaited: true }, ...steps])
          for (const [at, { due }] of play.alive) {
            const told = play.told(at)
            expect(
              due.filter((value) => !told.has(value)),
              `lost by ${at}`,
            ).to.deep.equal([])
          }
          for (let at = 0; at < SUBSCRIPTIONS; at++) checkTellings(play, at)
          expect(play.world.failures).to.deep.equal([])
        } finally {
          play.world.kill()
          await close()
        }
      }),
      { numRuns: Number(process.env.RUNS ?? 15) },
    )
  })
})

function checkTellings(play: Play, at: number): void {
  const idOf = new Map<string, string>()
  const last = new Map<string, string>()
  for (const { id, entityId, value } of play.tellings(at)) {
    expect(play.written.has(value), `${value} was written`).to.equal(true)
    if (idOf.has(value)) {
      expect(id, `id of ${value}`).to.equal(idOf.get(value))
      continue
    }
    idOf.set(value, id)
    expect(value > (last.get(entityId) ?? ''), `${value} after ${last.get(entityId)}`).to.equal(true)
    last.set(entityId, value)
  }
  expect(new Set(idOf.values()).size, 'ids').to.equal(idOf.size)
}
