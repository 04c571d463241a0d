import { rmSync } from 'node:fs'
import { expect } from 'chai'
import type { Instance } from '../../../broker/core/model/entity.ts'
import { DEFAULT_TENANT, parseTenant } from '../../../broker/core/model/tenant.ts'
import { toldInstance } from '../../../broker/store/port/history-instances.ts'
import { Cipher, type SealingKey } from '../../../broker/store/sealed/cipher.ts'
import { reseal } from '../../../broker/store/sealed/reseal.ts'
import { keysIn, Seal } from '../../../broker/store/sealed/seal.ts'
import type { SealedAttributes } from '../../../broker/store/sealed/sealed-attributes.ts'
import { SealedStore } from '../../../broker/store/sealed/sealed-store.ts'
import { openSqliteStore, type SqliteStore } from '../../../broker/store/sqlite/sqlite-store.ts'
import { rejection } from '../../support/rejection.ts'
import { append, document, entity, NOW, PM10, property, put, remove } from '../../support/store-builders.ts'
import { temporaryFolder } from '../../support/stores.ts'

const DAY = 86_400_000_000
const NO2 = 'https://example.org/no2'
const ID = 'urn:e:1'
const ALL = { order: 'oldest', perAttribute: 1000 } as const
const WINDOW = { from: NOW - 11 * DAY, to: NOW - 9 * DAY }
const key = (name: string, fill: number): SealingKey => ({ name, secret: Buffer.alloc(32, fill) })

describe('store/sealed: what is stored already', () => {
  const directory = temporaryFolder()
  const keys = [key('k1', 1)]
  const cipher = new Cipher({
    current: () => keys.at(-1) ?? key('k1', 1),
    find: (name) => keys.find((one) => one.name === name),
  })
  let attributes: SealedAttributes = { always: new Set([PM10]), byType: new Map() }
  const seal = new Seal(cipher, () => attributes)
  let store: SqliteStore
  let sealed: SealedStore
  const walk = (whole: boolean, signal = new AbortController().signal) =>
    reseal({
      ...{ store, seal, attributes: () => attributes, whole, signal, pause: 0 },
      current: () => cipher.current,
      isLost: () => false,
    })
  const texts = async () => {
    const found: string[] = []
    for (let after: string | undefined; ; ) {
      const page = await store.texts(DEFAULT_TENANT, { limit: 7, numbersOf: [], ...(after && { after }) })
      for (const one of page) found.push(JSON.stringify(one))
      after = page.at(-1)?.place
      if (after === undefined) return found
    }
  }
  const keysOfAll = async () => [
    ...new Set((await texts()).flatMap((text) => [...keysIn(JSON.parse(text).text ?? '')])),
  ]
  const told = async () => ({
    state: (await sealed.read(DEFAULT_TENANT, ID))?.text,
    history: (await sealed.instances(DEFAULT_TENANT, ID, ALL)).map(
      ({ text, instance, ...place }) =>
        [place, toldInstance({ ...(text && { text }), ...(instance && { instance }) })] as const,
    ),
    log: await sealed.log(DEFAULT_TENANT, 0, 1000),
    document: await sealed.document(DEFAULT_TENANT, 'subscription', 'd'),
    version: await sealed.logEnd(DEFAULT_TENANT),
  })
  let given: Awaited<ReturnType<typeof told>>

  before(async () => {
    store = await openSqliteStore({ directory, clock: () => NOW, packDays: 1 })
    sealed = new SealedStore(store, { seal, attributes: () => attributes, lost: [] })
    const first = entity(ID, { attributes: { [PM10]: [property(1)], [NO2]: [property('open')] } })
    const second = entity(ID, {
      modifiedAt: NOW + 1,
      attributes: { ...first.attributes, [PM10]: [property(2.5)] },
    })
    const gone = entity('urn:e:2', { attributes: { [PM10]: [property('was there')] } })
    const numbers: Instance[] = []
    for (let at = 0; at < 40; at++)
      numbers.push(property(at + 0.25, { observedAt: NOW - 10 * DAY + at, unitCode: 'GQ' }))
    await store.commit(DEFAULT_TENANT, [put(first), put(second, 'previous', first), put(gone)])
    await store.commit(DEFAULT_TENANT, [remove(gone, 3), append(ID, numbers), document('d', { q: 'secret' })])
    await store.rollUp()
    expect(
      (await store.aggregates(DEFAULT_TENANT, [ID], { attribute: PM10, window: WINDOW }))[0],
    ).to.not.equal(undefined)
    given = await told()
    expect(given.history).to.have.length(42)
  })
  after(async () => {
    await store.close()
    rmSync(directory, { recursive: true })
  })

  it('is sealed where it stands, packed numbers too, and nothing of it is told otherwise', async () => {
    expect(await walk(true)).to.be.greaterThan(40)
    expect(await told()).to.deep.equal(given)
    const all = await texts()
    expect(all.join('\n')).not.to.match(/secret|was there|\.25[,}]|"value":2\.5/)
    expect(all.filter((text) => text.includes('"kind":"instance"'))).to.have.length(41)
    expect(await keysOfAll()).to.deep.equal(['k1'])
    const scalars = await store.query(DEFAULT_TENANT, {
      query: {
        q: {
          kind: 'compare',
          path: { attributes: [PM10] },
          operator: '==',
          value: { kind: 'number', value: 2.5 },
        },
      },
      ...{ limit: 10, maxRows: 1000 },
    })
    expect(scalars.rows).to.deep.equal([])
    expect(await store.aggregates(DEFAULT_TENANT, [ID], { attribute: PM10, window: WINDOW })).to.deep.equal([
      undefined,
    ])
    expect(await walk(true)).to.equal(0)
  })

  it('comes under another key, all but what was written anew meanwhile, until nothing is left', async () => {
    keys.push(key('k2', 2))
    const ended = rejection(walk(false, AbortSignal.abort()))
    expect(String(await ended)).to.include('Abort')
    const stale = await store.texts(DEFAULT_TENANT, { limit: 1, numbersOf: [] })
    const changed = await walk(false)
    expect(changed).to.be.greaterThan(40)
    expect(await told()).to.deep.equal(given)
    expect(await keysOfAll()).to.deep.equal(['k2'])
    // what stands there is no more what the change was made from
    await store.rewrite(
      DEFAULT_TENANT,
      stale.map((from) => ({ from, text: 'lost' })),
    )
    expect(await walk(false)).to.equal(0)
    expect(await told()).to.deep.equal(given)
  })

  it('is opened again where it is to be in clear', async () => {
    attributes = { always: new Set(), byType: new Map() }
    await walk(true)
    const { document: _, ...left } = await told()
    expect({ ...left, document: given.document }).to.deep.equal(given)
    const found = await store.query(DEFAULT_TENANT, {
      query: {
        q: {
          kind: 'compare',
          path: { attributes: [PM10] },
          operator: '==',
          value: { kind: 'number', value: 2.5 },
        },
      },
      ...{ limit: 10, maxRows: 1000 },
    })
    expect(found.rows.map(({ id }) => id)).to.deep.equal([ID])
  })
})

describe('store/sealed: what looks as if it was under a lost key', () => {
  it('is brought under another key, and what is under one is passed over', async () => {
    const directory = temporaryFolder()
    const keys = [key('k0', 0)]
    const cipher = new Cipher({
      current: () => keys.at(-1) ?? key('k0', 0),
      find: (name) => keys.find((one) => one.name === name),
    })
    const attributes = (): SealedAttributes => ({ always: new Set([PM10]), byType: new Map() })
    const seal = new Seal(cipher, attributes)
    const store = await openSqliteStore({ directory, clock: () => NOW })
    const sealed = new SealedStore(store, { seal, attributes, lost: ['k0'] })
    const keysOf = async (id: string) => [...keysIn((await store.read(DEFAULT_TENANT, id))?.text ?? '')]
    try {
      await sealed.commit(DEFAULT_TENANT, [
        put(entity('urn:e:lost', { attributes: { [PM10]: [property(1)] } })),
      ])
      keys.splice(0, 1, key('k1', 1))
      // whoever may write anything may write this
      const planted = property({ inside: { 'urn:hub:sealed': 'k0.planted' } })
      const attributesOf = { [NO2]: [planted], [PM10]: [property(2)] }
      await sealed.commit(DEFAULT_TENANT, [put(entity('urn:e:planted', { attributes: attributesOf }))])
      keys.push(key('k2', 2))
      await reseal({
        ...{ store, seal, attributes, whole: false, pause: 0, signal: new AbortController().signal },
        current: () => cipher.current,
        isLost: (name) => name === 'k0',
      })
      expect(await keysOf('urn:e:planted')).to.have.members(['k0', 'k2'])
      expect(await keysOf('urn:e:lost')).to.deep.equal(['k0'])
    } finally {
      await store.close()
      rmSync(directory, { recursive: true })
    }
  })
})

describe('store/sealed: what should open and does not', () => {
  it('is named, with its place, and nothing that it holds', async () => {
    const directory = temporaryFolder()
    const tenant = parseTenant('north')
    const keys = [key('k1', 1)]
    const cipher = new Cipher({
      current: () => keys.at(-1) ?? key('k1', 1),
      find: (name) => keys.find((one) => one.name === name),
    })
    const attributes = (): SealedAttributes => ({ always: new Set([PM10]), byType: new Map() })
    const seal = new Seal(cipher, attributes)
    const store = await openSqliteStore({ directory, clock: () => NOW })
    try {
      await store.createTenant(tenant)
      // sealed in another place, and brought here
      const moved = seal.sealDocument({ q: 'secret' }, { tenant, collection: 'subscription', id: 'other' })
      await store.commit(tenant, [document('urn:s:moved', moved, { logged: false })])
      const error = await rejection(
        reseal({
          ...{ store, seal, attributes, whole: true, pause: 0, signal: new AbortController().signal },
          current: () => cipher.current,
          isLost: () => false,
        }),
      )
      expect(String(error)).to.match(
        /does not open with key k1: .* \(subscription urn:s:moved of tenant north\)$/,
      )
      expect(String(error)).not.to.include('secret')
    } finally {
      await store.close()
      rmSync(directory, { recursive: true })
    }
  })
})
