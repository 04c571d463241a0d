import { expect } from 'chai'
import { DEFAULT_TENANT, hiddenTenant, parseTenant } from '../../broker/core/model/tenant.ts'
import type { MongoStore } from '../../broker/store/mongodb/mongo-store.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import { type MongoLink, startMongoLink } from '../support/mongo-link.ts'
import { dropDatabase, type MongoServer, startMongo } from '../support/mongodb-server.ts'
import { append, document, entity, property, put, remove, TYPE } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import { until } from '../support/until.ts'

const OTHER_TYPE = 'https://example.org/Other'
const LONG = 3_600_000

if (stores.some(({ name }) => name === 'MongoDB'))
  describe('MongoDB: what is known without asking', () => {
    const [database, shared] = [`hub-test-known-${process.pid}`, `hub-test-shared-${process.pid}`]
    let server: MongoServer
    let link: MongoLink
    /** Has its database for itself, but for whoever looks into it; the others share theirs. */
    let store: MongoStore
    let looking: MongoStore
    let beside: MongoStore
    let other: MongoStore
    let ids = 0
    before(async () => {
      server = await startMongo()
      link = await startMongoLink(server.url)
      store = await openMongoStore({ url: link.url, database, staleness: LONG })
      store.known.beAlone()
      looking = await openMongoStore({ url: server.url, database })
      beside = await openMongoStore({ url: server.url, database: shared, staleness: LONG })
      other = await openMongoStore({ url: server.url, database: shared })
    })
    after(async () => {
      await Promise.all([store, looking, beside, other].map((one) => one.close()))
      for (const name of [database, shared]) await dropDatabase(server.url, name)
      await link.close()
      await server.close()
    })

    const newId = () => `urn:k:${++ids}`
    const told = (id: string, by = store) => [
      by.generation(DEFAULT_TENANT),
      by.generation(DEFAULT_TENANT, [TYPE]),
      by.historyGeneration(DEFAULT_TENANT, id),
      by.version(DEFAULT_TENANT, id),
    ]
    async function created(by = store): Promise<{ readonly id: string; readonly version: number }> {
      const id = newId()
      const [result] = await by.commit(DEFAULT_TENANT, [put(entity(id))])
      await drained(by)
      return { id, version: result?.version ?? 0 }
    }
    /** A server that only speaks the protocol lets one process undo what another does to the same document at once. */
    const drained = (by: MongoStore) => by.log(DEFAULT_TENANT, 0, 1)
    async function change(id: string, version: number, value: number, by = store) {
      const next = entity(id, { attributes: { [TYPE]: [property(value)] } })
      const results = await by.commit(DEFAULT_TENANT, [put(next, version, entity(id))])
      if (by === other) await drained(by)
      return results
    }

    it('is nothing before the store is told that it is alone', async () => {
      const early = await openMongoStore({ url: server.url, database: shared })
      const { id, version } = await created(early)
      await early.read(DEFAULT_TENANT, id)
      expect(told(id, early)).to.deep.equal([undefined, undefined, undefined, undefined])
      early.known.beAlone()
      expect(early.version(DEFAULT_TENANT, id)).to.equal(undefined)
      await early.read(DEFAULT_TENANT, id)
      expect(told(id, early)).to.not.include(undefined)
      expect(early.version(DEFAULT_TENANT, id)).to.equal(version)
      await early.close()
    })

    it('changes with every unit of this process that is kept, before it is answered', async () => {
      const { id, version } = await created()
      await store.read(DEFAULT_TENANT, id)
      const before = told(id)
      const updating = change(id, version, 2).then((results) => ({ results, names: told(id) }))
      const { results, names } = await updating
      for (const [at, name] of names.entries()) expect(name, String(at)).to.not.equal(before[at])
      expect(store.version(DEFAULT_TENANT, id)).to.equal(results[0]?.version)
      expect((await store.read(DEFAULT_TENANT, id))?.text).to.include('"value":2')
      const generation = store.generation(DEFAULT_TENANT, [OTHER_TYPE])
      const history = store.historyGeneration(DEFAULT_TENANT, id)
      await store.commit(DEFAULT_TENANT, [append(id, [property(1)])])
      expect(store.historyGeneration(DEFAULT_TENANT, id)).to.not.equal(history)
      expect(store.generation(DEFAULT_TENANT, [OTHER_TYPE])).to.equal(generation)
      await store.commit(DEFAULT_TENANT, [remove(entity(id), results[0]?.version ?? 0)])
      expect(store.version(DEFAULT_TENANT, id)).to.equal(undefined)
      expect(await store.read(DEFAULT_TENANT, id)).to.equal(undefined)
      expect(store.generation(DEFAULT_TENANT, [OTHER_TYPE])).to.not.equal(generation)
    })

    it('is not what a read answers that a commit has overtaken', async () => {
      const { id, version } = await created()
      const held = link.holdAnswerTo(id)
      const reading = store.read(DEFAULT_TENANT, id)
      const release = await held
      const [result] = await change(id, version, 3)
      release()
      expect((await reading)?.version).to.equal(version)
      expect(store.version(DEFAULT_TENANT, id)).to.equal(undefined)
      expect((await store.read(DEFAULT_TENANT, id))?.version).to.equal(result?.version)
      expect(store.version(DEFAULT_TENANT, id)).to.equal(result?.version)
    })

    it('is nothing while a write without an answer may still come, and all again after that', async () => {
      const { id, version } = await created()
      await store.read(DEFAULT_TENANT, id)
      const before = told(id)
      link.loseAnswerTo('$push')
      const lost = await change(id, version, 4).catch((error: unknown) => error)
      if (lost instanceof Error) {
        expect(lost).to.have.property('code', 'ServiceUnavailable')
        expect(told(id)).to.deep.equal([undefined, undefined, undefined, undefined])
      }
      await until('certainty', () => store.generation(DEFAULT_TENANT) !== undefined)
      expect(store.generation(DEFAULT_TENANT)).to.not.equal(before[0])
      const now = await store.read(DEFAULT_TENANT, id)
      expect(now).to.deep.equal(await looking.read(DEFAULT_TENANT, id))
      const [again] = await change(id, now?.version ?? 0, 5)
      expect(again?.outcome).to.equal('kept')
      // one that nobody has created is as it was
      const none = newId()
      link.loseAnswerTo(`${none}"`)
      await store.commit(DEFAULT_TENANT, [put(entity(none))]).catch(() => undefined)
      await until('certainty', () => store.generation(DEFAULT_TENANT) !== undefined)
      expect(await store.read(DEFAULT_TENANT, none)).to.deep.equal(await looking.read(DEFAULT_TENANT, none))
    })

    it('beside others holds as long as the store is told of them in time', async () => {
      const { id, version } = await created(beside)
      beside.known.toldUntil(DEFAULT_TENANT, performance.now() - LONG - 1)
      await beside.read(DEFAULT_TENANT, id)
      expect(told(id, beside)).to.deep.equal([undefined, undefined, undefined, undefined])
      beside.known.toldUntil(DEFAULT_TENANT, performance.now())
      await beside.read(DEFAULT_TENANT, id)
      const before = told(id, beside)
      expect(before.at(-1)).to.equal(version)
      // nobody tells what is kept no longer of histories
      expect([before[0], before[2]]).to.deep.equal([undefined, undefined])
      const [foreign] = await change(id, version, 6, other)
      // what is decided is decided on what is there
      expect((await beside.read(DEFAULT_TENANT, id))?.version).to.equal(foreign?.version)
      const grown: unknown[] = []
      const unwatch = beside.watch(({ tenant }) => grown.push(tenant))
      beside.known.committed({
        ...{ tenant: DEFAULT_TENANT, collection: 'entity', id, types: [TYPE] },
        version: foreign?.version ?? 0,
      })
      unwatch()
      expect(grown).to.deep.equal([DEFAULT_TENANT])
      const after = told(id, beside)
      expect(after[1]).to.not.equal(before[1])
      expect(after.at(-1)).to.equal(undefined)
      beside.known.lost(DEFAULT_TENANT)
      expect(told(id, beside)).to.deep.equal([undefined, undefined, undefined, undefined])
    })

    it('beside others does not end with commits of this process that it is told of again', async () => {
      beside.known.toldUntil(DEFAULT_TENANT, performance.now())
      const { id, version } = await created(beside)
      await beside.read(DEFAULT_TENANT, id)
      const before = told(id, beside)
      const own = { tenant: DEFAULT_TENANT, collection: 'entity', id, version } as const
      beside.known.committed(own)
      expect(told(id, beside)).to.deep.equal(before)
      beside.known.committed(own)
      expect(told(id, beside)).to.not.deep.equal(before)
    })

    it('beside others is nothing of hidden tenants, which they may drop', async () => {
      const hidden = hiddenTenant(parseTenant('city'), 'k')
      await beside.createHidden(hidden)
      beside.known.toldUntil(DEFAULT_TENANT, performance.now())
      beside.known.toldUntil(hidden, performance.now())
      expect(beside.generation(hidden, [TYPE])).to.equal(undefined)
      await store.createHidden(hidden)
      expect(store.generation(hidden)).to.be.a('number')
      await store.dropHidden(hidden)
      expect(store.generation(hidden)).to.equal(undefined)
    })

    it('is not changed by documents, as far as histories and types go', async () => {
      const { id } = await created()
      await store.read(DEFAULT_TENANT, id)
      const [, ...before] = told(id)
      await store.commit(DEFAULT_TENANT, [document(newId(), { a: 1 })])
      expect(told(id).slice(1)).to.deep.equal(before)
    })
  })
