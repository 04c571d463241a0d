import { writeSync } from 'node:fs'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { EvolutionChange, EvolutionUnit } from '../../broker/store/port/evolution.ts'
import { openSqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { entity, NOW, PM10, property, put, remove, TYPE } from './store-builders.ts'

// A process of its own that erases an entity with a long log and history, and goes on with that until it is killed:
// node erase-program.js FOLDER
const [directory = ''] = process.argv.slice(2)
const store = await openSqliteStore({ directory, clock: () => NOW })

const ID = 'urn:erased'
const RECORDS = 1000
const ROWS = 15_000

const states = Array.from({ length: RECORDS }, (_, at) =>
  entity(ID, {
    modifiedAt: NOW + at,
    attributes: { [PM10]: [property(`a secret ${at}`, { observedAt: NOW + at, modifiedAt: NOW + at })] },
  }),
)
await store.commit(DEFAULT_TENANT, [
  ...states.map((state, at) => put(state, at === 0 ? 0 : 'previous', states[at - 1])),
  remove(states[RECORDS - 1] ?? entity(ID), 'previous', NOW + RECORDS),
])
const numbers = Array.from({ length: ROWS }, (_, at) => property(at, { observedAt: NOW - at }))
const instances = numbers.map((instance) => ({ attribute: PM10, instance }))
await store.commit(DEFAULT_TENANT, [evolve({ action: 'append', needs: 'either', types: [TYPE], instances })])

const erasing = store.commit(DEFAULT_TENANT, [evolve({ action: 'delete' })])
await store.commit(DEFAULT_TENANT, [put(entity('urn:other'))]) // kept with it, or behind it
writeSync(1, 'noted\n')
await erasing
writeSync(1, 'answered\n')
await store.rollUp()
writeSync(1, 'done\n')
setInterval(() => undefined, 1000)

function evolve(change: EvolutionChange): EvolutionUnit {
  return { collection: 'evolution', id: ID, at: NOW + RECORDS, origin: { by: 'tester' }, change }
}
