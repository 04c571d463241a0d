import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Instance } from '../../../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { EvolutionChange, EvolutionUnit, InstanceQuery } from '../../../broker/store/port/evolution.ts'
import { openForWriting } from '../../../broker/store/sqlite/connection.ts'
import { openSqliteStore, type SqliteStore } from '../../../broker/store/sqlite/sqlite-store.ts'
import { entity, NOW, PM10, property, put, remove, TYPE } from '../../support/store-builders.ts'
import { temporaryFolder } from '../../support/stores.ts'

const ID = 'urn:ngsi-ld:T:1'
const NO2 = 'https://example.org/no2'
const ALL: InstanceQuery = { order: 'oldest', perAttribute: 100 }
const OF_TYPE = { types: { kind: 'type', type: TYPE }, limit: 10 } as const

describe('SQLite store: temporal evolution in its file', () => {
  let directory: string
  const file = () => join(directory, 'default.sqlite')
  beforeEach(() => {
    directory = temporaryFolder()
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it('is the same after a restart', async () => {
    const store = await openSqliteStore({ directory })
    await fill(store)
    const before = await seen(store)
    await store.close()
    const again = await openSqliteStore({ directory })
    expect(await seen(again)).to.deep.equal(before)
    await again.close()
  })

  it('reads right what the first schema kept', async () => {
    const store = await openSqliteStore({ directory })
    await fill(store)
    const before = await seen(store)
    await store.close()
    const database = openForWriting({ file: file() })
    database.exec(FIRST_SCHEMA)
    database.close()
    const again = await openSqliteStore({ directory })
    expect(await seen(again)).to.deep.equal(before)
    await again.close()
  })

  it('holds nothing any more of what was erased', async () => {
    const store = await openSqliteStore({ directory })
    const number = 1234.5678901234567
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleBE(number)
    const found = () => {
      const database = openForWriting({ file: file() })
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      database.close()
      const all = readFileSync(file())
      return [
        all.includes('a secret'),
        all.includes('b secret'),
        all.includes('c secret'),
        all.includes(bytes),
      ]
    }
    const old = property('c secret', { observedAt: NOW + 2 })
    await store.commit(DEFAULT_TENANT, [
      append([property('a secret'), property('b secret', { datasetId: 'urn:d:1' }), old]),
      append([property(number, { observedAt: NOW + 1 })]),
    ])
    await store.rollUp()
    expect(found()).to.deep.equal([true, true, true, true])
    const instances = await store.instances(DEFAULT_TENANT, ID, ALL)
    const idOf = (value: unknown) =>
      instances.find(({ text }) => JSON.parse(text ?? '').value === value)?.instanceId ?? ''
    await store.commit(DEFAULT_TENANT, [
      evolve({ action: 'deleteInstance', attribute: PM10, instanceId: idOf(number) }),
      evolve({
        action: 'replaceInstance',
        attribute: PM10,
        instanceId: idOf('c secret'),
        instance: property('corrected', { observedAt: NOW + 3 }),
      }),
    ])
    expect(found()).to.deep.equal([true, true, false, false])
    await store.commit(DEFAULT_TENANT, [
      evolve({ action: 'deleteAttribute', attribute: PM10, datasetId: 'urn:d:1' }),
    ])
    expect(found()).to.deep.equal([true, false, false, false])
    await store.commit(DEFAULT_TENANT, [evolve({ action: 'delete' })])
    expect(found()).to.deep.equal([false, false, false, false])
    await store.close()
  })

  it('of an entity that is created is one row', async () => {
    const store = await openSqliteStore({ directory })
    const attributes = { [PM10]: [property(1)], [NO2]: [property(2)] }
    await store.commit(DEFAULT_TENANT, [put(entity(ID, { attributes, scopes: ['/a'] }))])
    await store.close()
    const database = openForWriting({ file: file() })
    expect(database.prepare('SELECT count(*) AS rows FROM history').get()).to.include({ rows: 1 })
    database.close()
  })
})

/** An entity of two lives with numbers and texts, changed, late and deleted. */
async function fill(store: SqliteStore): Promise<void> {
  const one = entity(ID, {
    attributes: { [PM10]: [property(1)], [NO2]: [property('a', { datasetId: 'urn:d:1' })] },
  })
  const two = entity(ID, {
    modifiedAt: NOW + 1,
    attributes: {
      [PM10]: [property(2, { observedAt: NOW + 1, modifiedAt: NOW + 1, unitCode: 'GQ' })],
      [NO2]: [property('b', { datasetId: 'urn:d:1', modifiedAt: NOW + 1 })],
    },
  })
  const three = entity(ID, { modifiedAt: NOW + 3, attributes: { [PM10]: two.attributes[PM10] ?? [] } })
  const before = two.attributes[PM10]?.[0] ?? property(0)
  const late = property(3, { observedAt: NOW - 5, modifiedAt: NOW + 2 })
  await store.commit(DEFAULT_TENANT, [
    put(one),
    put(two, 'previous', one),
    {
      ...put(two, 'previous', two),
      change: {
        action: 'updated',
        at: NOW + 2,
        members: false,
        attributes: [{ attribute: PM10, action: 'updated', before, after: late, late: true }],
      },
    },
    put(three, 'previous', two),
    remove(three, 'previous', NOW + 4),
    put(one, 'previous'),
  ])
  const gone = entity('urn:ngsi-ld:T:2')
  await store.commit(DEFAULT_TENANT, [put(gone), remove(gone, 'previous', NOW + 9)])
}

async function seen(store: SqliteStore): Promise<unknown> {
  const heads = await store.evolutions(DEFAULT_TENANT, OF_TYPE)
  const instances = await Promise.all(heads.map(({ id }) => store.instances(DEFAULT_TENANT, id, ALL)))
  expect(heads.map(({ id }) => id)).to.deep.equal([ID, 'urn:ngsi-ld:T:2'])
  expect(instances.map(({ length }) => length)).to.deep.equal([7, 2])
  const late = { window: { property: 'observedAt', to: NOW }, ...ALL } as const
  return { heads, instances, late: await store.instances(DEFAULT_TENANT, ID, late) }
}

// What the first schema had: rows that name a log record, and the text of late instances.
const FIRST_SCHEMA = `
UPDATE history SET text = '{"kind":"Property","value":3,"observedAt":' || CAST(time AS INTEGER)
  || ',"createdAt":' || CAST(created AS INTEGER) || ',"modifiedAt":' || CAST(modified AS INTEGER) || '}' WHERE value = 3;
UPDATE history SET text = NULL WHERE deleted = 1;
DROP INDEX history_instance;
ALTER TABLE history DROP COLUMN value;
ALTER TABLE history DROP COLUMN observed;
ALTER TABLE history DROP COLUMN created;
ALTER TABLE history DROP COLUMN modified;
ALTER TABLE history DROP COLUMN unit;
ALTER TABLE history DROP COLUMN instance;
DROP TABLE total;
DROP TABLE timeless;
DROP TABLE dirty;
DROP TABLE chunk;
DROP TABLE ripe;
DROP TABLE condensed;
DROP INDEX life_subject;
DROP TABLE evolution;
DROP TABLE evolution_type;
DROP TABLE erasure;
DROP INDEX log_deletion;
PRAGMA user_version = 1`

function evolve(change: EvolutionChange): EvolutionUnit {
  return { collection: 'evolution', id: ID, at: NOW, origin: { by: 'tester' }, change }
}

function append(instances: readonly Instance[]): EvolutionUnit {
  const made = instances.map((instance) => ({ attribute: PM10, instance }))
  return evolve({ action: 'append', needs: 'either', types: [TYPE], instances: made })
}
