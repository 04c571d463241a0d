import { expect } from 'chai'
import { type Document, MongoClient } from 'mongodb'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { EntityQuery, QNode, QScalar } from '../../broker/core/query/ast.ts'
import { type TenantCollections, tenantCollections } from '../../broker/store/mongodb/mongo-documents.ts'
import type { MongoStore } from '../../broker/store/mongodb/mongo-store.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import { queryFilter } from '../../broker/store/mongodb/query/query-filter.ts'
import { type CapableMongo, missingCapableMongo, startCapableMongo } from '../support/capable-mongo.ts'
import { entity, NOW, PM10, property, put, TYPE } from '../support/store-builders.ts'

const ENTITIES = 300
const DATABASE = `hub-test-plans-${process.pid}`
const PLACE = 'https://example.org/location'
const missing = missingCapableMongo()

const compare = (operator: '==' | '>', value: QScalar): QNode => ({
  kind: 'compare',
  path: { attributes: [PM10] },
  operator,
  value,
})
/** Queries, how many entities each selects, and whether the server alone can tell. */
const QUERIES: Readonly<Record<string, readonly [EntityQuery, matches: number, exact: boolean]>> = {
  'a number': [{ q: compare('==', { kind: 'number', value: 7 }) }, 1, true],
  'a range of numbers': [{ q: compare('>', { kind: 'number', value: ENTITIES - 6 }) }, 5, true],
  'a text': [{ q: compare('==', { kind: 'string', value: 'text 9' }) }, 1, true],
  'an attribute that is absent': [{ q: { kind: 'absent', path: { attributes: [PM10] } } }, 1, true],
  'a scope and what is below': [
    { scope: { kind: 'scope', levels: ['tram', '1'], below: true } },
    ENTITIES / 10,
    true,
  ],
  'ids that begin alike': [{ idPattern: '^urn:e:29.*' }, 11, true],
  'places near one': [
    {
      geo: {
        relation: 'near',
        maxDistance: 500,
        property: PLACE,
        geometry: { type: 'Point', coordinates: [105.02, 21.5] },
      },
    },
    1,
    false,
  ],
}

describe(`MongoDB: what finding entities takes${missing === undefined ? '' : ` (SKIPPED: ${missing})`}`, () => {
  let server: CapableMongo
  let client: MongoClient
  let store: MongoStore
  let collections: TenantCollections
  before(async function () {
    if (missing !== undefined) return this.skip()
    server = await startCapableMongo()
    client = await new MongoClient(server.url).connect()
    collections = tenantCollections(client.db(DATABASE), DEFAULT_TENANT)
    store = await openMongoStore({ url: server.url, database: DATABASE, clock: () => NOW })
    const found = Array.from({ length: ENTITIES }, (_, at) =>
      entity(`urn:e:${at}`, {
        scopes: [`/tram/${at % 10}/${at}`],
        attributes: {
          [PLACE]: [
            property({ type: 'Point', coordinates: [105 + at / 100, 21.5] }, { kind: 'GeoProperty' }),
          ],
          [PM10]: [property(at), property(`text ${at}`, { datasetId: 'urn:d' })],
        },
      }),
    )
    const bare = entity('urn:bare', { types: ['urn:t:bare'], attributes: { [PLACE]: [property('none')] } })
    await store.commit(
      DEFAULT_TENANT,
      [...found, bare].map((one) => put(one)),
    )
  })
  after(async () => {
    await store?.close()
    await client?.db(DATABASE).dropDatabase()
    await client?.close()
    await server?.close()
  })

  /** Whoever runs the tests may name a server that can do less. */
  const isCapable = () => store.capabilities.elementMatch

  for (const [name, [query, matches, exact]] of Object.entries(QUERIES)) {
    it(`answers ${name} by the server, as far as it can tell`, async () => {
      const plan = { query, limit: 100, maxRows: 10_000, count: true }
      const page = await store.query(DEFAULT_TENANT, plan)
      if (server.kind === 'mongo-java-server') expect(isCapable()).to.equal(true)
      if (isCapable()) {
        expect(page.exact).to.equal(exact)
        expect(page.count).to.equal(exact ? matches : undefined)
        expect(page.rows).to.have.length(matches)
      }
      expect(page.rows.length).to.be.at.least(matches)
    })

    it(`looks at no more documents than it answers for ${name}`, async function () {
      const { filter } = queryFilter(query, { codePointOrder: true, certain: true })
      const found = collections.entities.find({ ...filter, place: { $gt: 0 } }).sort({ place: 1 })
      const examined = statistics(await found.explain('executionStats').catch(() => ({})))?.totalDocsExamined
      if (examined === undefined) return skipUntold(this)
      // what is absent has no entry: then it is the pages that are gone through
      if (!name.includes('absent')) expect(examined).to.be.at.most(matches * 2)
    })
  }

  it('looks at no document to count types and attributes', async function () {
    const { types, attributes, instances, kinds } = await store.counters(DEFAULT_TENANT)
    expect([...types]).to.have.deep.members([
      [TYPE, ENTITIES],
      ['urn:t:bare', 1],
    ])
    expect([...(attributes.get(PLACE) ?? [])]).to.have.deep.members([
      [TYPE, ENTITIES],
      ['urn:t:bare', 1],
    ])
    expect(instances.get(PM10)).to.equal(2 * ENTITIES)
    expect([...(kinds.get(PLACE)?.get(TYPE) ?? [])]).to.deep.equal(['GeoProperty'])
    const groups = collections.entities.aggregate([
      { $match: { shape: { $gt: '' } } },
      { $group: { _id: '$shape', count: { $sum: 1 } } },
    ])
    const told = await groups.explain('executionStats').catch(() => ({}))
    const examined = statistics(told)?.totalDocsExamined
    if (examined === undefined) return skipUntold(this)
    expect(examined).to.equal(0)
  })
})

interface Statistics {
  readonly totalDocsExamined: number
}

/** Where a plan has several stages, the first one reads. */
function statistics(plan: Document): Statistics | undefined {
  return plan.executionStats ?? plan.stages?.[0]?.$cursor?.executionStats
}

function skipUntold(context: Mocha.Context): void {
  if (context.test) context.test.title += ' (SKIPPED: the server does not tell)'
  context.skip()
}
