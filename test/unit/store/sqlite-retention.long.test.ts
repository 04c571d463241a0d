import { rmSync } from 'node:fs'
import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { PeriodTotal } from '../../../broker/core/temporal/aggregate-totals.ts'
import type { EvolutionUnit } from '../../../broker/store/port/evolution.ts'
import { openForReading } from '../../../broker/store/sqlite/connection.ts'
import { openSqliteStore, type SqliteStore } from '../../../broker/store/sqlite/sqlite-store.ts'
import { tenantFile } from '../../../broker/store/sqlite/tenant-files.ts'
import { NOW, PM10, property, TYPE } from '../../support/store-builders.ts'
import { temporaryFolder } from '../../support/stores.ts'

const DAY = 86_400_000_000
const START = NOW - 40 * DAY
const RULES = [{ types: [TYPE], instances: DAY, hourly: 20 * DAY, daily: 400 * DAY }]

describe('SQLite store: removing what is kept no longer', () => {
  let directory: string
  let store: SqliteStore
  const open = async (packDays = 0) => {
    store = await openSqliteStore({ directory, clock: () => NOW, packDays, retention: () => RULES })
  }
  const rows = (table: string): number => {
    const database = openForReading({ file: tenantFile(directory, DEFAULT_TENANT) })
    const { count }: { count: number } = database.prepare(`SELECT count(*) AS count FROM ${table}`).get()
    database.close()
    return count
  }
  const sums = async (id: string): Promise<readonly Partial<PeriodTotal>[]> => {
    const periods = { start: START, length: { months: 0, micros: 15 * DAY } }
    const query = { attribute: PM10, window: { from: START, to: NOW }, periods }
    const [totals = []] = await store.aggregates(DEFAULT_TENANT, [id], query)
    return totals.map(({ sumsq: _, ...rest }) => rest)
  }

  beforeEach(() => {
    directory = temporaryFolder()
  })
  afterEach(async () => {
    await store.close()
    rmSync(directory, { recursive: true, force: true })
  })

  for (const packDays of [0, 1]) {
    it(`goes on after a restart in the middle, with days ${packDays ? 'packed' : 'in rows'}`, async () => {
      await open(packDays)
      await store.commit(DEFAULT_TENANT, ['urn:1', 'urn:2'].map(series))
      await store.rollUp()
      const before = [await sums('urn:1'), await sums('urn:2')]
      const all = rows('history') + rows('chunk')
      let after: number | undefined = 0
      for (let steps = 0; after !== undefined; steps++) {
        after = await store.writer.retain(DEFAULT_TENANT, { rules: RULES, now: NOW, after })
        if (steps % 3 === 0) {
          expect(await sums('urn:1'), `step ${steps}`).to.deep.equal(before[0])
          await store.close()
          await open(packDays)
          after &&= 0
        }
      }
      expect(rows('history') + rows('chunk')).to.be.below(all)
      expect(rows('history')).to.equal(0)
      expect(rows('total WHERE level = 1')).to.equal(2 * 19 * 24)
      expect([await sums('urn:1'), await sums('urn:2')]).to.deep.equal(before)
    })
  }

  it('lets writes in between its steps', async () => {
    await open()
    await store.commit(DEFAULT_TENANT, ['urn:1', 'urn:2', 'urn:3', 'urn:4'].map(series))
    const order: string[] = []
    const retained = store.retain().then(() => order.push('retained'))
    for (let at = 0; at < 5; at++) {
      await store.commit(DEFAULT_TENANT, [append(`urn:other:${at}`, [property(at)])])
      order.push('written')
    }
    await retained
    expect(order).to.deep.equal(['written', 'written', 'written', 'written', 'written', 'retained'])
  })
})

/** 39 days of a number every ten minutes. */
function series(id: string): EvolutionUnit {
  const times = Array.from({ length: 39 * 144 }, (_, at) => START + at * 600_000_000)
  return append(
    id,
    times.map((observedAt, at) => property(at, { observedAt })),
  )
}

function append(id: string, instances: readonly ReturnType<typeof property>[]): EvolutionUnit {
  const made = instances.map((instance) => ({ attribute: PM10, instance }))
  const change = { action: 'append', needs: 'either', types: [TYPE], instances: made } as const
  return { collection: 'evolution', id, at: NOW, origin: { by: 'tester' }, change }
}
