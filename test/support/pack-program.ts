import { writeSync } from 'node:fs'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { EvolutionUnit } from '../../broker/store/port/evolution.ts'
import { openSqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { NOW, PM10, property, TYPE } from './store-builders.ts'

// A process of its own that packs finished days and changes something of each, over and over until it is killed:
// node pack-program.js FOLDER
const [directory = ''] = process.argv.slice(2)
const store = await openSqliteStore({ directory, clock: () => NOW, packDays: 1 })

/** What there is of one entity: so many days before NOW with a number a minute. */
const DAYS = 6
const MINUTES = 100
const MINUTE = 60_000_000

for (let round = 0; ; round++) {
  for (let day = 2; day < 2 + DAYS; day++) {
    const count = round === 0 ? MINUTES : 1
    const values = Array.from({ length: count }, (_, minute) =>
      property(round === 0 ? minute : -round, { observedAt: NOW - day * 1440 * MINUTE + minute * MINUTE }),
    )
    await store.commit(DEFAULT_TENANT, [append(values)])
    writeSync(1, `kept ${round} ${day}\n`)
    if (day % 3 === 0) await store.rollUp()
  }
}

function append(instances: readonly ReturnType<typeof property>[]): EvolutionUnit {
  const all = instances.map((instance) => ({ attribute: PM10, instance }))
  const change = { action: 'append', needs: 'either', types: [TYPE], instances: all } as const
  return { collection: 'evolution', id: 'urn:packed', at: NOW, origin: { by: 'tester' }, change }
}
