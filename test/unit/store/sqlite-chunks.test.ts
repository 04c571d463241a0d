import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Instance } from '../../../broker/core/model/entity.ts'
import type { TimeWindow } from '../../../broker/core/model/temporal.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { PeriodTotal } from '../../../broker/core/temporal/aggregate-totals.ts'
import type { RetentionRule } from '../../../broker/core/temporal/retention.ts'
import type { EvolutionChange, EvolutionUnit, InstanceQuery } from '../../../broker/store/port/evolution.ts'
import type { EntityUnit } from '../../../broker/store/port/store.ts'
import { openForWriting } from '../../../broker/store/sqlite/connection.ts'
import { addChunks } from '../../../broker/store/sqlite/schema/add-chunks.ts'
import { openSqliteStore, type SqliteStore } from '../../../broker/store/sqlite/sqlite-store.ts'
import { append, entity, evolve, NOW, PM10, property, put, remove } from '../../support/store-builders.ts'
import { temporaryFolder } from '../../support/stores.ts'

const HOUR = 3_600_000_000
const DAY = 24 * HOUR
const MINUTE = 60_000_000
/** Days 0 to 2 are old enough to be packed, day 3 has ended, day 4 has not. */
const START = NOW - 4 * DAY
const NO2 = 'https://example.org/no2'
const OTHER = 'urn:d:1'
const RUNS = 15
const TOLERANCE = 1e-12
const ALL: InstanceQuery = { order: 'oldest', perAttribute: 10_000 }

describe('SQLite store: finished days of plain numbers', () => {
  let directories: readonly string[]
  /** What is kept no longer: nothing, but while a test says so. */
  let rules: readonly RetentionRule[] = []
  let packing: SqliteStore
  let plain: SqliteStore
  beforeEach(async () => {
    directories = [temporaryFolder(), temporaryFolder()]
    const [first = '', second = ''] = directories
    packing = await openSqliteStore({ directory: first, clock, packDays: 1, retention: () => rules })
    plain = await openSqliteStore({ directory: second, clock, retention: () => rules })
  })
  afterEach(async () => {
    await packing.close()
    await plain.close()
    for (const directory of directories) rmSync(directory, { recursive: true })
  })

  const commit = (...units: readonly (EntityUnit | EvolutionUnit)[]) => packing.commit(DEFAULT_TENANT, units)
  /** Instances of day 0 are kept no longer. */
  const retain = async (...stores: readonly SqliteStore[]) => {
    rules = [{ attributes: [PM10], instances: 3 * DAY }]
    await Promise.all(stores.map((store) => store.retain()))
    rules = []
  }
  const instances = (store: SqliteStore, id: string, query: Partial<InstanceQuery> = {}) =>
    store.instances(DEFAULT_TENANT, id, { ...ALL, ...query })
  const values = async (id: string, query: Partial<InstanceQuery> = {}) =>
    (await instances(packing, id, query)).map(({ text }) => JSON.parse(text ?? '').value)
  /** How many chunks and rows of its own history has. */
  const counted = () => {
    const database = openForWriting({ file: join(directories[0] ?? '', 'default.sqlite') })
    const count = `SELECT (SELECT count(*) FROM chunk) AS chunks, (SELECT count(*) FROM history WHERE attribute > 0) AS rows,
      (SELECT count(*) FROM ripe) AS ripe`
    const found: unknown = { ...database.prepare(count).get() }
    database.close()
    return found
  }

  it('stay packed when an append says what is in them', async () => {
    await commit(append('urn:again', minutes(0, 100)))
    await packing.rollUp()
    const before = counted()
    expect(before).to.deep.include({ chunks: 1, rows: 0 })
    const [result] = await commit(append('urn:again', minutes(0, 100, { modifiedAt: NOW + 1 })))
    expect(result).to.deep.equal({
      outcome: 'kept',
      version: 0,
      same: { instances: 100, attributes: [PM10] },
    })
    expect(counted()).to.deep.equal(before)
    await commit(append('urn:again', minutes(0, 101)))
    expect(counted()).to.deep.include({ chunks: 0, rows: 101 })
  })

  it('are packed when they are old enough and hold nothing else', async () => {
    await commit(
      append('urn:plain', minutes(0, 100)),
      append('urn:two', [...minutes(0, 20), ...minutes(0, 30, { datasetId: OTHER })]),
      append('urn:text', [...minutes(0, 99), property('text', { observedAt: START + 200 * MINUTE })]),
      append('urn:rich', [property(1, { observedAt: START, attributes: { [NO2]: [property(2)] } })]),
      append('urn:few', minutes(0, 15)),
      append('urn:unobserved', [...minutes(0, 50), property(1, { modifiedAt: START + 9 })]),
      append('urn:young', minutes(3, 100)),
      append('urn:today', minutes(4, 30)),
    )
    await packing.rollUp()
    expect(counted()).to.deep.equal({ chunks: 3, rows: 100 + 1 + 15 + 51 + 100 + 30, ripe: 1 })
    expect(await values('urn:plain')).to.deep.equal(Array.from({ length: 100 }, (_, at) => at))
    expect(await values('urn:two', { perAttribute: 3 })).to.deep.equal([0, 0, 1])
  })

  it('stay rows where nothing is to be packed', async () => {
    await plain.commit(DEFAULT_TENANT, [append('urn:plain', minutes(0, 100))])
    await plain.rollUp()
    const database = openForWriting({ file: join(directories[1] ?? '', 'default.sqlite') })
    expect({ ...database.prepare('SELECT count(*) AS rows FROM history').get() }).to.deep.equal({ rows: 100 })
    expect({ ...database.prepare('SELECT count(*) AS chunks FROM chunk').get() }).to.deep.equal({ chunks: 0 })
    database.close()
  })

  it('of an earlier schema are packed in turn', async () => {
    const [directory = ''] = directories
    await commit(append('urn:plain', minutes(0, 100)))
    await packing.close()
    packing = await openSqliteStore({ directory, clock })
    await packing.rollUp()
    expect(counted()).to.deep.equal({ chunks: 0, rows: 100, ripe: 1 })
    await packing.close()
    const database = openForWriting({ file: join(directory, 'default.sqlite') })
    database.exec('DROP TABLE chunk; DROP TABLE ripe')
    addChunks(database)
    database.close()
    packing = await openSqliteStore({ directory, clock, packDays: 1 })
    await packing.rollUp()
    expect(counted()).to.deep.equal({ chunks: 1, rows: 0, ripe: 0 })
  })

  it('become rows before anything of them changes, and are packed again', async () => {
    const id = 'urn:changed'
    await commit(append(id, minutes(0, 100)), append(id, minutes(1, 100)))
    await packing.rollUp()
    expect(counted()).to.deep.include({ chunks: 2, rows: 0 })
    await commit(append(id, [property(-5, { observedAt: START + 5 * MINUTE })]))
    expect(counted()).to.deep.include({ chunks: 1, rows: 100 })
    expect(await values(id, { perAttribute: 7 })).to.deep.equal([0, 1, 2, 3, 4, -5, 6])
    await packing.rollUp()
    expect(counted()).to.deep.equal({ chunks: 2, rows: 0, ripe: 0 })
    expect(await values(id, { perAttribute: 7 })).to.deep.equal([0, 1, 2, 3, 4, -5, 6])
    await commit(evolve(id, { action: 'deleteAttribute', attribute: PM10 }))
    expect(counted()).to.deep.include({ chunks: 0, rows: 0 })
    expect(await values(id)).to.deep.equal([])
  })

  it('leave nothing of what is erased in the file, neither as rows nor packed', async () => {
    const id = 'urn:erased'
    const file = join(directories[0] ?? '', 'default.sqlite')
    const number = 1234.5678901234567
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleBE(number)
    const holds = (sought: Buffer) => {
      const database = openForWriting({ file })
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      database.close()
      return readFileSync(file).includes(sought)
    }
    await commit(append(id, [...minutes(0, 100), property(number, { observedAt: START + 7 })]))
    expect(holds(bytes)).to.equal(true)
    await packing.rollUp()
    const database = openForWriting({ file })
    const { data }: { data: Uint8Array } = database.prepare('SELECT data FROM chunk').get()
    database.close()
    const packed = Buffer.from(data.slice(0, 40))
    expect(holds(packed)).to.equal(true)
    const found = await instances(packing, id, { perAttribute: 2 })
    const instanceId = found.find(({ text }) => text?.includes(String(number)))?.instanceId ?? ''
    await commit(evolve(id, { action: 'deleteInstance', attribute: PM10, instanceId }))
    expect(holds(packed)).to.equal(false)
    expect(holds(bytes)).to.equal(false)
    await packing.rollUp()
    expect(counted()).to.deep.include({ chunks: 1, rows: 0 })
    await commit(evolve(id, { action: 'delete' }))
    expect(counted()).to.deep.include({ chunks: 0, rows: 0 })
  })

  it('are kept as long as a rule says, and not forgotten where all there is of an id is packed', async () => {
    await commit(append('urn:old', minutes(0, 100)), append('urn:kept', minutes(1, 100)))
    await packing.rollUp()
    expect(counted()).to.deep.include({ chunks: 2, rows: 0 })
    await retain(packing)
    expect(counted()).to.deep.include({ chunks: 1, rows: 0 })
    expect(await values('urn:old')).to.deep.equal([])
    expect(await values('urn:kept')).to.have.lengthOf(100)
    const window = { from: START, to: NOW }
    const [totals = []] = await packing.aggregates(DEFAULT_TENANT, ['urn:old'], { attribute: PM10, window })
    expect(totals[0]).to.deep.include({ count: 100, sum: 4950, min: 0, max: 99 })
  })

  it('are read no further than asked for', async () => {
    const id = 'urn:last'
    await commit(...[0, 1, 2, 3, 4].map((day) => append(id, minutes(day, 100, {}, 1000 * day))))
    await packing.rollUp()
    expect(await values(id, { order: 'newest', perAttribute: 2 })).to.deep.equal([4099, 4098])
    const before = { property: 'observedAt', to: START + 2 * DAY + 2 * MINUTE } as const
    expect(await values(id, { window: before, order: 'newest', perAttribute: 4 })).to.deep.equal([
      2001, 2000, 1099, 1098,
    ])
    const after = { property: 'observedAt', from: START + 98 * MINUTE } as const
    expect(await values(id, { window: after, perAttribute: 3 })).to.deep.equal([98, 99, 1000])
  })

  it('are rows or a chunk when packing fails, never both and never neither', async () => {
    const id = 'urn:fault'
    await commit(append(id, minutes(0, 100)), append(id, minutes(1, 100)))
    const file = join(directories[0] ?? '', 'default.sqlite')
    const failing = async () => {
      await commit(append('urn:other', minutes(4, 1))) // what failed is tried again after a write
      return packing.rollUp().catch(() => 'fault')
    }
    const run = (sql: string) => {
      const database = openForWriting({ file })
      database.exec(sql)
      database.close()
    }
    run(`CREATE TRIGGER fault BEFORE INSERT ON chunk BEGIN SELECT RAISE(ABORT, 'fault'); END`)
    expect(await failing()).to.equal('fault')
    expect(counted()).to.deep.include({ chunks: 0, rows: 201 })
    run('DROP TRIGGER fault; CREATE TRIGGER fault BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 1); END')
    expect(await failing()).to.equal('fault')
    expect(counted()).to.deep.include({ chunks: 0, rows: 201 })
    run('DROP TRIGGER fault')
    await failing()
    expect(counted()).to.deep.equal({ chunks: 2, rows: 1, ripe: 0 })
    run('CREATE TRIGGER fault BEFORE DELETE ON chunk BEGIN SELECT RAISE(ABORT, 1); END')
    const late = append(id, [property(7, { observedAt: START + 1 })])
    expect(await commit(late).catch(() => 'fault')).to.equal('fault')
    expect(counted()).to.deep.include({ chunks: 2, rows: 1 })
    run('DROP TRIGGER fault')
    await commit(late)
    expect(counted()).to.deep.include({ chunks: 1, rows: 102 })
    expect(await values(id)).to.have.lengthOf(201)
  })

  it('answer as if they were rows, whatever comes late, twice, corrected, moved or is deleted', async () => {
    let cases = 0
    const stores = () => [packing, plain] as const
    const rollUp = () => Promise.all(stores().map((store) => store.rollUp()))
    const chunks = (): number => (counted() as { chunks: number }).chunks
    /** What each case begins with, so that it has something packed to change. */
    const packDay = async (id: string): Promise<void> => {
      await rollUp()
      const before = chunks()
      const day = append(id, minutes(2, 40))
      await Promise.all(stores().map((store) => store.commit(DEFAULT_TENANT, [day])))
      await rollUp()
      expect(chunks()).to.equal(before + 1)
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(steps, { minLength: 2, maxLength: 14 }),
        fc.array(questions, { minLength: 6, maxLength: 6 }),
        async (actions, asked) => {
          const id = `urn:ngsi-ld:T:model-${++cases}`
          await packDay(id)
          for (const [at, step] of actions.entries()) {
            if (step.do === 'rollUp') await rollUp()
            else if (step.do === 'retain') await retain(...stores())
            else {
              // an erasure that took longer in one of them has a record more, and versions are others from then on
              const results = await Promise.all(
                stores().map(async (store) => {
                  const unit = await unitOf(store, id, { step, at })
                  const [result] = unit ? await store.commit(DEFAULT_TENANT, [unit]) : []
                  return result && { ...result, version: 0 }
                }),
              )
              expect(results[0]).to.deep.equal(results[1])
            }
            if (at % 4 === 3) await expectSame(id, asked[at % asked.length])
          }
          for (const question of asked) await expectSame(id, question)
          await expectSame(id, { query: ALL, bounds: [START, NOW] })
        },
      ),
      // what is made smaller takes longer than a test may
      { numRuns: RUNS, endOnFailure: true },
    )

    async function expectSame(id: string, question: Question | undefined): Promise<void> {
      if (!question) return
      const { query, bounds } = question
      const [found, expected] = await Promise.all(stores().map((store) => instances(store, id, query)))
      expect(told(found)).to.deep.equal(told(expected))
      const heads = stores().map((store) => store.evolutions(DEFAULT_TENANT, { ids: [id], limit: 1 }))
      const [head, other] = await Promise.all(heads)
      expect(head).to.deep.equal(other)
      const [from = 0, next = from] = bounds
      const window = { from, to: bounds.at(-1) ?? from }
      for (const length of [undefined, { months: 0, micros: next - from }, { months: 1, micros: 0 }]) {
        const totals = { attribute: PM10, window, ...(length && { periods: { start: from, length } }) }
        const sums = stores().map(async (store) => (await store.aggregates(DEFAULT_TENANT, [id], totals))[0])
        expectClose(...((await Promise.all(sums)) as [Totals, Totals]))
      }
    }
  })
})

type Totals = readonly PeriodTotal[] | undefined

function expectClose(found: Totals, expected: Totals): void {
  const exact = (totals: Totals) => totals?.map(({ sum, sumsq, ...rest }) => rest)
  expect(exact(found)).to.deep.equal(exact(expected))
  for (const [at, { sum, sumsq, count, min, max }] of (found ?? []).entries()) {
    const magnitude = count * Math.max(Math.abs(min), Math.abs(max))
    expect(sum).to.be.closeTo(expected?.[at]?.sum ?? 0, magnitude * TOLERANCE)
    expect(sumsq).to.be.closeTo(expected?.[at]?.sumsq ?? 0, sumsq * TOLERANCE)
  }
}

/** What comes along with an instance is what its text says. */
function told(found: Awaited<ReturnType<SqliteStore['instances']>> | undefined): unknown {
  return found?.map((one) => {
    const { instance, ...rest } = one
    const { text = '' } = one
    if (instance) expect(instance).to.deep.equal(JSON.parse(text))
    return { ...rest, text }
  })
}

interface Question {
  readonly query: InstanceQuery
  readonly bounds: readonly number[]
}

type Action =
  | Exclude<EvolutionChange['action'], 'append'>
  | 'append'
  | 'fill'
  | 'put'
  | 'remove'
  | 'rollUp'
  | 'retain'

interface Step {
  readonly do: Action
  readonly day: number
  readonly count: number
  readonly instances: readonly Instance[]
  readonly dataset: boolean
  readonly all: boolean
  readonly pick: number
  readonly window: TimeWindow
}

/** Few instants, so that they meet again, also where hours and days begin. */
const instants = fc.oneof(
  fc.integer({ min: 0, max: 5 * 24 }).map((hour) => START + hour * HOUR),
  fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 40 })).map(([day, at]) => START + day * DAY + at * MINUTE),
)
const edges = fc.oneof(
  instants,
  fc.nat({ max: 20 }).map((step) => NOW - 10 + step),
)

const made: fc.Arbitrary<Instance> = fc.record(
  {
    kind: fc.constant('Property' as const),
    value: fc.oneof(
      { weight: 30, arbitrary: fc.integer({ min: -1000, max: 1000 }).map((number) => number / 10) },
      { weight: 10, arbitrary: fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((number) => number + 0) },
      { weight: 1, arbitrary: fc.constant('text') },
    ),
    observedAt: instants,
    createdAt: fc.constant(NOW),
    modifiedAt: edges,
    datasetId: fc.constant(OTHER),
    unitCode: fc.constantFrom('GQ', 'CEL'),
  },
  { requiredKeys: ['kind', 'value', 'createdAt', 'modifiedAt'] },
)

const windows: fc.Arbitrary<TimeWindow> = fc.record(
  {
    property: fc.constantFrom('observedAt', 'observedAt', 'createdAt', 'modifiedAt', 'deletedAt'),
    from: edges,
    to: edges,
  },
  { requiredKeys: ['property'] },
) as fc.Arbitrary<TimeWindow> // of literals

const steps: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom<Action>(
    ...([
      'fill',
      'fill',
      'fill',
      'fill',
      'append',
      'append',
      'put',
      'put',
      'rollUp',
      'rollUp',
      'rollUp',
    ] as const),
    ...(['rollUp', 'remove', 'deleteInstance', 'replaceInstance', 'replaceInstance'] as const),
    ...(['deleteAttribute', 'deleteInstance', 'delete', 'retain', 'erase', 'erase'] as const),
  ),
  day: fc.nat({ max: 3 }),
  count: fc.integer({ min: 10, max: 40 }),
  instances: fc.array(made, { minLength: 1, maxLength: 5 }),
  dataset: fc.boolean(),
  all: fc.boolean(),
  pick: fc.nat({ max: 200 }),
  window: windows,
})

const questions: fc.Arbitrary<Question> = fc.record({
  query: fc.record({
    window: windows,
    order: fc.constantFrom('oldest', 'newest'),
    perAttribute: fc.constantFrom(1, 2, 10, 45, 1000),
  }),
  bounds: fc
    .uniqueArray(instants, { minLength: 2, maxLength: 8 })
    .map((list) => list.sort((left, right) => left - right)),
})

/** Answers what a step asks of an entity as it is now. */
async function unitOf(
  store: SqliteStore,
  id: string,
  { step, at }: { step: Step; at: number },
): Promise<EntityUnit | EvolutionUnit | undefined> {
  const datasetId = step.dataset ? { datasetId: OTHER } : {}
  if (step.do === 'fill') return append(id, minutes(step.day, step.count, datasetId, at))
  if (step.do === 'append') return append(id, step.instances)
  const stored = await store.read(DEFAULT_TENANT, id)
  const before = stored && JSON.parse(stored.text)
  if (step.do === 'put') {
    const members = { attributes: { [PM10]: step.instances.slice(0, 1) }, modifiedAt: NOW + at }
    return put(entity(id, members), stored?.version ?? 0, before)
  }
  if (step.do === 'remove') return stored && remove(before, stored.version, NOW + at)
  if (step.do === 'delete') return evolve(id, { action: 'delete' })
  if (step.do === 'erase') {
    const which = step.all ? {} : { datasetIds: [step.dataset ? OTHER : ''] }
    return evolve(id, { action: 'erase', what: { window: step.window, ...which } })
  }
  if (step.do === 'deleteAttribute') {
    const which = step.all ? { all: true as const } : datasetId
    return evolve(id, { action: 'deleteAttribute', attribute: PM10, ...which })
  }
  const all = await store.instances(DEFAULT_TENANT, id, ALL)
  const chosen = all[step.pick % Math.max(1, all.length)]
  if (!chosen) return undefined
  const place = { attribute: PM10, instanceId: chosen.instanceId }
  if (step.do === 'deleteInstance') return evolve(id, { action: 'deleteInstance', ...place })
  const [instance = property(0)] = step.instances
  return evolve(id, { action: 'replaceInstance', ...place, instance })
}

/** A number each minute of a day, counted from a first one. */
function minutes(day: number, count: number, members: Partial<Instance> = {}, first = 0): Instance[] {
  return Array.from({ length: count }, (_, at) =>
    property(first + at, { observedAt: START + day * DAY + at * MINUTE, modifiedAt: NOW + at, ...members }),
  )
}

function clock(): number {
  return NOW + HOUR
}
