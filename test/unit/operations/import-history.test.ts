import { rmSync } from 'node:fs'
import { expect } from 'chai'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { decodeObservation } from '../../../broker/core/observations/decode-observation.ts'
import type { ObservedLines } from '../../../broker/core/observations/observation.ts'
import { importHistory } from '../../../broker/operations/history/import-history.ts'
import { openSqliteStore, type SqliteStore } from '../../../broker/store/sqlite/sqlite-store.ts'
import { OPEN_CALLER } from '../../../security/open-caller.ts'
import { rejection } from '../../support/rejection.ts'
import { NOW } from '../../support/store-builders.ts'
import { temporaryFolder } from '../../support/stores.ts'
import { tableOf } from '../context/terms.ts'

const ID = 'urn:t:import'
const table = tableOf()
const command = { caller: OPEN_CALLER, tenant: DEFAULT_TENANT, origin: { by: 'tester' } }

/** Lines of one value each, a thousand at a time. */
async function* lines(
  count: number,
  value: (line: number) => JsonObject[string],
): AsyncGenerator<ObservedLines> {
  for (let first = 1; first <= count; first += 1000) {
    const some = Array.from({ length: Math.min(1000, count - first + 1) }, (_, at) => {
      const [number, observedAt] = [first + at, new Date((first + at) * 1000).toISOString()]
      const line = { id: ID, type: 'T', observedAt, a: value(number) }
      return { number, last: number, observation: decodeObservation(line, table, NOW) }
    })
    yield { lines: some, bytes: 100_000 }
  }
}

describe('importHistory', () => {
  let directory: string
  let store: SqliteStore
  beforeEach(() => {
    directory = temporaryFolder()
  })
  afterEach(async () => {
    await store.close()
    rmSync(directory, { recursive: true })
  })

  it('says up to which line everything is kept when the store is full', async () => {
    store = await openSqliteStore({ directory, maxTenantBytes: 6 * 1024 * 1024 })
    const run = importHistory({ store, clock: () => NOW, maxImports: 1 })
    const read = () => lines(40_000, (line) => `text ${line} `.repeat(8))
    const problem = await rejection(run({ ...command, read }))
    expect(problem).to.be.instanceOf(Problem).with.property('code', 'InsufficientStorage')
    const { keptUpToLine: kept } = (problem as Problem).members
    expect(kept).to.be.a('number').and.be.greaterThan(1000).and.be.lessThan(40_000)
    expect((problem as Problem).message).to.include(`everything up to line ${kept} is kept`)
    const found = await store.instances(DEFAULT_TENANT, ID, { order: 'oldest', perAttribute: 100_000 })
    expect(found.length).to.be.at.least(Number(kept))
    expect(found[Number(kept) - 1]?.observedAt).to.equal(Number(kept) * 1_000_000)
  })

  it('tells one change of an entity for many lines, by names alone', async () => {
    store = await openSqliteStore({ directory })
    const run = importHistory({ store, clock: () => NOW, maxImports: 1 })
    const outcome = await run({ ...command, read: () => lines(10_000, (line) => line % 50) })
    expect(outcome).to.deep.include({ lines: 10_000, instances: 10_000, entities: 1, unchanged: 0 })
    const records = await store.log(DEFAULT_TENANT, 0, 100)
    expect(records.length).to.be.lessThan(4)
    for (const { collection, id, attributes, ...others } of records) {
      expect([collection, id]).to.deep.equal(['evolution', ID])
      expect(attributes).to.deep.equal([{ attribute: table.expand('a'), action: 'created' }])
      expect(others).to.have.all.keys('sequence', 'action', 'at', 'origin')
    }
    const end = await store.logEnd(DEFAULT_TENANT)
    const again = await run({ ...command, read: () => lines(10_000, (line) => line % 50) })
    expect(again).to.deep.include({ instances: 10_000, unchanged: 10_000 })
    expect(await store.logEnd(DEFAULT_TENANT)).to.equal(end)
  })

  it('reads no faster than the store keeps', async () => {
    store = await openSqliteStore({ directory })
    let [read, changes, most] = [0, 0, 0]
    store.watch(({ records }) => {
      changes += records?.length ?? 0
    })
    async function* counted(): AsyncGenerator<ObservedLines> {
      for await (const some of lines(60_000, (line) => line)) {
        read += some.lines.length
        most = Math.max(most, read - 4096 * changes)
        yield some
      }
    }
    await importHistory({ store, clock: () => NOW, maxImports: 1 })({ ...command, read: counted })
    expect(read).to.equal(60_000)
    expect(most).to.be.lessThan(30_000)
  })
})
