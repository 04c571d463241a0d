import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { MongoStore } from '../../broker/store/mongodb/mongo-store.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import type { Guarantees } from '../../broker/store/mongodb/processes/probe-guarantees.ts'
import type { Processes } from '../../broker/store/port/processes.ts'
import { type CapableMongo, missingCapableMongo, startCapableMongo } from '../support/capable-mongo.ts'
import { type MongoLink, startMongoLink } from '../support/mongo-link.ts'
import { dropDatabase } from '../support/mongodb-server.ts'
import { entity, property, put, remove, TYPE } from '../support/store-builders.ts'
import { until } from '../support/until.ts'

const missing = missingCapableMongo()
const STALENESS = 3000
/** How BSON has the member of a getMore that names the collection. */
const NEXT_EVENTS = 'collection\0\u000f\0\0\0default.entity'

if (missing !== undefined)
  describe('MongoDB: what is known beside other processes', () => {
    it.skip(`SKIPPED: no server for several processes (${missing})`)
  })
else
  describe('MongoDB: what is known beside other processes', () => {
    const database = `hub-test-feed-${process.pid}`
    const failures: string[] = []
    let server: CapableMongo
    let link: MongoLink
    let store: MongoStore
    let other: MongoStore
    let processes: readonly Processes[]
    let ids = 0
    before(async function () {
      this.timeout(60_000)
      server = await startCapableMongo()
      link = await startMongoLink(server.url)
      store = await openMongoStore({ url: link.url, database, staleness: STALENESS })
      other = await openMongoStore({ url: server.url, database })
      const options = { found: () => {}, lost: () => {} }
      processes = [
        await store.join({ ...options, failed: (_, text) => failures.push(text) }),
        await other.join({ ...options, failed: () => {} }),
      ]
    })
    after(async () => {
      for (const one of processes) await one.leave()
      await Promise.all([store.close(), other.close()])
      await dropDatabase(server.url, database)
      await link.close()
      await server.close()
    })

    /** An entity of the other process that this one knows, and a page's name. */
    async function known() {
      const id = `urn:f:${++ids}`
      const [result] = await other.commit(DEFAULT_TENANT, [put(entity(id))])
      await until('knowledge', async () => {
        await store.read(DEFAULT_TENANT, id)
        return store.version(DEFAULT_TENANT, id) !== undefined
      })
      expect(store.version(DEFAULT_TENANT, id)).to.equal(result?.version)
      return { id, version: result?.version ?? 0, pages: store.generation(DEFAULT_TENANT, [TYPE]) }
    }
    const isKnown = () => store.generation(DEFAULT_TENANT, [TYPE]) !== undefined

    it('ends with what they commit, of whatever kind, and comes back; what they leave alone goes on', async () => {
      const beside = await known()
      const kinds = [
        (id: string, version: number) =>
          put(entity(id, { attributes: { [TYPE]: [property(1)] } }), version, entity(id)),
        (id: string, version: number) => remove(entity(id), version),
        () => put(entity(`urn:f:${++ids}`)),
      ]
      for (const [at, unitOf] of kinds.entries()) {
        const { id, version, pages } = await known()
        const [result] = await other.commit(DEFAULT_TENANT, [unitOf(id, version)])
        expect(result?.outcome).to.equal('kept')
        await until('news', () => store.generation(DEFAULT_TENANT, [TYPE]) !== pages)
        await until('knowledge', isKnown)
        expect(store.version(DEFAULT_TENANT, beside.id)).to.equal(beside.version)
        if (at < 2) expect(store.version(DEFAULT_TENANT, id)).to.not.equal(version)
      }
      expect(failures).to.deep.equal([])
    })

    it('asks nothing of the server for what is known, nor for whether it is', async () => {
      const { id } = await known()
      link.asked.length = 0
      expect(store.version(DEFAULT_TENANT, id)).to.be.a('number')
      expect(link.asked).to.deep.equal([])
    })

    it('is nothing while they are not heard, and other than before after that', async () => {
      const { id, pages } = await known()
      const heard = failures.length
      link.loseAnswerTo(NEXT_EVENTS)
      await until('silence', () => failures.length > heard)
      await until('a new beginning', isKnown)
      expect(store.generation(DEFAULT_TENANT, [TYPE])).to.not.equal(pages)
      expect(store.version(DEFAULT_TENANT, id)).to.equal(undefined)
    })

    it('is nothing on a sharded cluster, whose streams tell late', async () => {
      const router = await startMongoLink(server.url, { asRouter: true })
      const third = await openMongoStore({ url: router.url, database, staleness: STALENESS })
      const found: Guarantees[] = []
      const joined = await third.join({
        found: (guarantees) => found.push(guarantees),
        lost: () => {},
        failed: () => {},
      })
      expect(found[0]?.server).to.match(/, sharded cluster$/)
      expect(found[0]?.changeStreams).to.equal(false)
      const { id } = await known()
      await third.read(DEFAULT_TENANT, id)
      // as long as it took the one that is told
      await known()
      expect(router.asked.filter((asked) => asked.startsWith('getMore default'))).to.deep.equal([])
      expect(third.version(DEFAULT_TENANT, id)).to.equal(undefined)
      await joined.leave()
      await third.close()
      await router.close()
    })
  })
