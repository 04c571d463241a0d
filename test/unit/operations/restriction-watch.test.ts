import { expect } from 'chai'
import type { Caller } from '../../../broker/core/model/caller.ts'
import type { Entity } from '../../../broker/core/model/entity.ts'
import { DEFAULT_TENANT, type Tenant } from '../../../broker/core/model/tenant.ts'
import type { View } from '../../../broker/core/view/view.ts'
import {
  liftRestrictions,
  type RestrictionDependencies,
  restrictPerson,
} from '../../../broker/operations/privacy/restrict-person.ts'
import { RestrictionWatch } from '../../../broker/operations/privacy/restriction-watch.ts'
import type { Store } from '../../../broker/store/port/store.ts'
import { parsePerson } from '../../../security/privacy/person.ts'
import { openRestrictedData } from '../../../security/privacy/restricted-data.ts'
import { createSeal } from '../../../security/seal.ts'
import { entity, NOW, property, put } from '../../support/store-builders.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'
import { until } from '../../support/until.ts'

const PHONE = 'https://example.org/phone'
const [ONE, OTHER] = ['0900000417', '0900000529']
const VIEW = {
  admits: () => true,
  treatment: () => 'clear',
  veils: () => false,
  unrestricted: true,
} as unknown as View // sees all

describe('restrictions: what is written while a person is looked for', () => {
  let opened: OpenedStore
  beforeEach(async () => {
    opened = await SQLITE.open(() => NOW)
  })
  afterEach(() => opened.close())

  /** Somebody writes this as soon as the log was looked through. */
  const writtenMeanwhile = (written: () => Promise<unknown>): Store =>
    new Proxy(opened.store, {
      get: (store, name) => {
        if (name === 'documents')
          return async (...asked: Parameters<Store['documents']>) => {
            if (asked[1] === 'quarantine') await written()
            return store.documents(...asked)
          }
        const member = Reflect.get(store, name)
        return typeof member === 'function' ? member.bind(store) : member
      },
    })
  const dependencies = async () => ({
    follow: (_: Tenant): Promise<void> => Promise.resolve(),
    clock: () => NOW,
    isPersonal: () => true,
    rules: () => ({ choices: [], holds: [], retain: [] }),
    restricted: await openRestrictedData(opened.store),
    restrictionSeal: createSeal(Buffer.alloc(32, 1), 'restriction'),
    referenceKey: Buffer.alloc(32, 2),
  })
  const restrict = (parts: Awaited<ReturnType<typeof dependencies>>, phone: string, store: Store) =>
    restrictPerson(
      { ...parts, store } as unknown as RestrictionDependencies, // of what is asked here
      {
        person: parsePerson([`phone:${phone}`]),
        identifiers: [`phone:${phone}`],
        caller: { key: 'officer', view: () => VIEW } as unknown as Caller, // of what is asked here
        tenant: DEFAULT_TENANT,
        origin: { by: 'officer' },
      },
      [DEFAULT_TENANT],
    )
  const hers = (id: string, phone: string): Entity =>
    entity(id, { attributes: { [PHONE]: [property(phone)] } })
  const write = (one: Entity) => opened.store.commit(DEFAULT_TENANT, [put(one)])

  it('is hidden too, whether others are restricted already or not', async () => {
    const parts = await dependencies()
    const watch = new RestrictionWatch({
      ...parts,
      store: opened.store,
      view: () => VIEW,
      failed: (error) => expect.fail(String(error)),
    })
    parts.follow = (tenant) => watch.follow(tenant)
    watch.start()
    const isHidden = (id: string): boolean =>
      (parts.restricted.current()?.of(DEFAULT_TENANT) ?? []).some(({ entity: each }) => each === id)
    try {
      let first = true
      const once = async (id: string, phone: string) => {
        if (first) await write(hers(id, phone))
        first = false
      }
      await restrict(
        parts,
        ONE,
        writtenMeanwhile(() => once('urn:e:1', ONE)),
      )
      expect(isHidden('urn:e:1')).to.equal(true)
      first = true
      await restrict(
        parts,
        OTHER,
        writtenMeanwhile(async () => {
          if (!first) return
          await once('urn:e:2', OTHER)
          // who is restricted already has everything looked at by now
          await write(hers('urn:e:3', ONE))
          await until('the one who is restricted', () => isHidden('urn:e:3'), 3000)
        }),
      )
      expect(isHidden('urn:e:2')).to.equal(true)
    } finally {
      await watch.stop()
    }
  })

  it('is hidden where another process restricted her, and this one follows what is written', async () => {
    const [parts, mine] = [await dependencies(), await openRestrictedData(opened.store)]
    const watch = new RestrictionWatch({
      ...{ ...parts, restricted: mine, store: opened.store, view: () => VIEW },
      failed: (error) => expect.fail(String(error)),
    })
    watch.start()
    try {
      await restrict(parts, ONE, opened.store)
      await write(hers('urn:e:1', ONE))
      await new Promise((resolve) => setImmediate(resolve)) // this one was told of it, and does not know her yet
      await mine.load()
      await until('what was written between', () =>
        (mine.current()?.of(DEFAULT_TENANT) ?? []).some(({ entity: each }) => each === 'urn:e:1'),
      )
    } finally {
      await watch.stop()
    }
  })

  it('is hidden in other processes over the store too, which change nothing where nothing is new', async () => {
    await write(hers('urn:e:1', ONE))
    const other = await openRestrictedData(opened.store)
    expect(other.current()).to.equal(undefined)
    const parts = await dependencies()
    await restrict(parts, ONE, opened.store)
    await other.load()
    const current = other.current()
    expect(current?.of(DEFAULT_TENANT).map(({ entity: each }) => each)).to.deep.equal(['urn:e:1'])
    expect(other.isRestricted(DEFAULT_TENANT)).to.equal(true)
    // views that were compiled with it hold on
    await other.load()
    expect(other.current()).to.equal(current)
    await liftRestrictions(
      { ...parts, store: opened.store } as unknown as RestrictionDependencies, // of what is asked here
      { person: parsePerson([`phone:${ONE}`]), origin: { by: 'officer' } } as never, // as above
      [DEFAULT_TENANT],
    )
    await other.load()
    expect([other.current(), other.isRestricted(DEFAULT_TENANT)]).to.deep.equal([undefined, false])
  })
})
