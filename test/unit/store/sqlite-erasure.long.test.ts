import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { expect } from 'chai'
import type { Entity, Instance } from '../../../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { parseEntity } from '../../../broker/store/port/change.ts'
import type { EvolutionChange, EvolutionUnit, InstanceQuery } from '../../../broker/store/port/evolution.ts'
import { openSqliteStore, type SqliteStore } from '../../../broker/store/sqlite/sqlite-store.ts'
import { entity, NOW, PM10, property, put, remove, TYPE } from '../../support/store-builders.ts'
import { temporaryFolder } from '../../support/stores.ts'

const NO2 = 'https://example.org/no2'
const ID = 'urn:ngsi-ld:T:1'
const ALL: InstanceQuery = { order: 'oldest', perAttribute: 100_000 }
const DAY = 86_400_000_000

describe('SQLite store: what was erased', () => {
  let directory: string
  let store: SqliteStore
  beforeEach(async () => {
    directory = temporaryFolder()
    store = await openSqliteStore({ directory, clock: () => NOW + 3 * DAY })
  })
  afterEach(async () => {
    await store.close()
    rmSync(directory, { recursive: true })
  })

  const commit = (...units: Parameters<SqliteStore['commit']>[1]) => store.commit(DEFAULT_TENANT, units)
  const restart = async () => {
    await store.close()
    store = await openSqliteStore({ directory, clock: () => NOW + 3 * DAY })
  }
  /** Keeps the next state of the entity. */
  const keep = async (next: Entity | undefined, at: number) => {
    const stored = await store.read(DEFAULT_TENANT, ID)
    const before = stored && parseEntity(stored.text)
    const version = stored?.version ?? 0
    if (next) await commit(put({ ...next, modifiedAt: at }, version, before))
    else if (before) await commit(remove(before, version, at))
  }

  describe('is in no file any more', () => {
    const number = 1234.5678901234567
    const secret = 'a secret of somebody'
    const numberBytes = Buffer.alloc(8)
    numberBytes.writeDoubleBE(number)
    /** Which files hold the text, or the number in one of its forms. */
    const filesWith = () =>
      readdirSync(directory).filter((file) => {
        const bytes = readFileSync(join(directory, file))
        return bytes.includes(secret) || bytes.includes(numberBytes) || bytes.includes(String(number))
      })
    const backup = () => {
      const database = new DatabaseSync(join(directory, 'default.sqlite'))
      database.prepare('VACUUM INTO ?').run(join(directory, 'backup.sqlite'))
      database.close()
    }
    /** Two lives with both values, among others that fill pages: as wholes, changes, late, provisioned and summed up. */
    const fill = async () => {
      const state = (at: number, text: string, value: number): Entity =>
        entity(ID, {
          attributes: {
            [PM10]: [property(value, { observedAt: NOW + at, modifiedAt: NOW + at })],
            [NO2]: [property(text, { observedAt: NOW + at, modifiedAt: NOW + at })],
          },
        })
      const long = secret.repeat(1000) // more than a page
      for (const at of [0, 1000]) {
        await keep(state(at, `${secret} ${at}`, number), NOW + at)
        for (let time = 1; time < 60; time++)
          await keep(state(at + time, time % 3 ? `${secret} ${time}` : long, number), NOW + at + time)
        if (at === 0) await keep(undefined, NOW + 500)
      }
      const late = Array.from({ length: 100 }, (_, time) =>
        property(number, { observedAt: NOW - time * 1000 }),
      )
      await commit(append(late), append([property(secret, { observedAt: NOW - 5 })], NO2))
      await keep(state(1200, 'open', 1), NOW + 1200)
    }
    const erasures: readonly [string, (instances: () => Promise<readonly string[][]>) => Promise<void>][] = [
      ['as a whole', async () => void (await commit(evolve({ action: 'delete' })))],
      [
        'by attribute',
        async () => {
          for (const attribute of [PM10, NO2])
            await commit(evolve({ action: 'deleteAttribute', attribute, all: true }))
        },
      ],
      [
        'by time',
        async () =>
          void (await commit(
            evolve({ action: 'erase', what: { window: { property: 'observedAt', to: NOW + 1200 } } }),
          )),
      ],
      [
        'by instance',
        async (instances) => {
          const all = await instances()
          await commit(
            ...all.map(([attribute = '', instanceId = '']) =>
              evolve({ action: 'deleteInstance', attribute, instanceId }),
            ),
          )
        },
      ],
    ]
    for (const [title, erase] of erasures) {
      it(`${title}: not after roll-ups, a restart, a new life, or in a copy`, async () => {
        await fill()
        await store.rollUp()
        await restart()
        expect(filesWith()).to.deep.equal(['default.sqlite'])
        await erase(async () => {
          const all = await store.instances(DEFAULT_TENANT, ID, ALL)
          return all
            .filter(({ observedAt = NOW + 1200 }) => observedAt < NOW + 1200)
            .map(({ attribute, instanceId }) => [attribute, instanceId])
        })
        await store.rollUp()
        expect(filesWith(), 'once it is done').to.deep.equal([])
        await restart()
        await keep(undefined, NOW + 2000)
        await keep(
          entity(ID, { attributes: { [PM10]: [property(5, { observedAt: NOW + 3000 })] } }),
          NOW + 3000,
        )
        await store.rollUp()
        backup()
        expect(filesWith(), 'later').to.deep.equal([])
        expect(JSON.stringify(await store.instances(DEFAULT_TENANT, ID, ALL))).to.not.include(secret)
        expect(JSON.stringify(await store.log(DEFAULT_TENANT, 0, 10_000))).to.not.include(secret)
      })
    }

    it('once nobody reads from the write-ahead log, who is not waited for', async () => {
      const late = [property(secret, { observedAt: NOW - 5 })]
      await commit(append(late))
      const reader = new DatabaseSync(join(directory, 'default.sqlite'), { readOnly: true })
      reader.exec('BEGIN')
      reader.prepare('SELECT count(*) FROM history').get()
      await commit(evolve({ action: 'delete' }))
      await store.rollUp()
      expect(filesWith()).to.include('default.sqlite-wal')
      reader.exec('COMMIT')
      reader.close()
      await store.rollUp()
      expect(filesWith()).to.deep.equal([])
    })

    it('when it was the current state, once that is past', async () => {
      await keep(entity(ID, { attributes: { [NO2]: [property(secret)] } }), NOW)
      await commit(evolve({ action: 'delete' }))
      await store.rollUp()
      expect(filesWith()).to.not.deep.equal([])
      await restart()
      await keep(
        entity(ID, { attributes: { [NO2]: [property('open', { modifiedAt: NOW + 10 })] } }),
        NOW + 10,
      )
      await store.rollUp()
      expect(filesWith()).to.deep.equal([])
    })
  })

  describe('in great number', () => {
    const many = 40_000
    beforeEach(async () => {
      for (let at = 0; at < many; at += 5000) {
        await commit(
          append(
            Array.from({ length: 5000 }, (_, next) =>
              property(at + next, { observedAt: NOW + (at + next) * 1000 }),
            ),
          ),
        )
      }
    })
    const left = async () =>
      (await store.instances(DEFAULT_TENANT, ID, { ...ALL, attributes: [PM10] })).length

    it('lets other writes through meanwhile, and is answered when it is gone', async () => {
      const order: string[] = []
      const erasing = commit(evolve({ action: 'deleteAttribute', attribute: PM10, all: true })).then(
        async ([result]) => {
          order.push('erased')
          expect(result).to.include({ outcome: 'kept', erased: many })
          expect(await left()).to.equal(0)
        },
      )
      const background = store.rollUp()
      for (let at = 0; !order.includes('erased'); at++) {
        await commit(put(entity(`urn:ngsi-ld:T:other-${at}`)))
        order.push('other')
      }
      await Promise.all([erasing, background])
      const told = (await store.log(DEFAULT_TENANT, 0, 1000)).filter(({ id }) => id === ID).slice(-2)
      expect(
        told.map(({ origin }) => origin.by),
        'begun, and ended',
      ).to.deep.equal(['tester', 'hub'])
      expect(told[0]?.attributes).to.deep.equal(told[1]?.attributes)
      expect(order.indexOf('erased')).to.be.greaterThan(2)
    })

    it('is finished after a crash, and spares what came after it', async () => {
      const erasing = commit(evolve({ action: 'delete' })).catch(() => undefined)
      await commit(put(entity('urn:ngsi-ld:T:other'))) // answered behind the first step
      await store.writer.crash()
      await erasing
      expect(await left(), 'cut off').to.be.lessThan(many)
      await restart()
      await commit(append([property(1, { observedAt: NOW + 5000 })]))
      await store.rollUp()
      expect(await left()).to.equal(1)
    })
  })
})

function evolve(change: EvolutionChange, at = NOW + 5000): EvolutionUnit {
  return { collection: 'evolution', id: ID, at, origin: { by: 'tester' }, change }
}

function append(instances: readonly Instance[], attribute = PM10): EvolutionUnit {
  const made = instances.map((instance) => ({ attribute, instance }))
  return evolve({ action: 'append', needs: 'either', types: [TYPE], instances: made })
}
