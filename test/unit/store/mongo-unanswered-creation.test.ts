import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { EntityQuery } from '../../../broker/core/query/ast.ts'
import { MongoStore } from '../../../broker/store/mongodb/mongo-store.ts'
import { ID, OPTIONS, openStore } from '../../support/kept-changes.ts'
import { rejection } from '../../support/rejection.ts'
import { SteppedServer } from '../../support/stepped-server.ts'
import { entity, PM10, put } from '../../support/store-builders.ts'
import { until } from '../../support/until.ts'

describe('MongoDB: a creation that got no answer and never happened', () => {
  const queries: readonly EntityQuery[] = [
    {},
    { types: { kind: 'any' } },
    { ids: [ID] },
    { idPattern: '^urn:ngsi-ld:Thing' },
  ]
  async function expectNothing(store: MongoStore): Promise<void> {
    for (const query of queries) {
      const { rows, count } = await store.query(DEFAULT_TENANT, {
        query,
        limit: 10,
        maxRows: 10,
        count: true,
      })
      expect({ rows, count }, JSON.stringify(query)).to.deep.equal({ rows: [], count: 0 })
    }
  }
  const created = (server: SteppedServer) => server.content('default.entity')

  let server: SteppedServer
  before(async () => {
    server = new SteppedServer()
    const begun = server.connect()
    await new MongoStore(begun.client, OPTIONS).open()
    const again = server.connect()
    await new MongoStore(again.client, OPTIONS).open()
    // its version comes first
    const { client } = server.connect({ cut: { at: again.asked + 1, happens: false } })
    const store = new MongoStore(client, OPTIONS)
    await store.open()
    const refusal = await rejection(store.commit(DEFAULT_TENANT, [put(entity(ID))]))
    expect(refusal).to.include({ code: 'ServiceUnavailable' })
    await until('certainty', () => created(server).length > 0)
  })

  it('is in no answer, and can be made again', async () => {
    const store = await openStore(server.copy())
    await expectNothing(store)
    expect(await store.commit(DEFAULT_TENANT, [put(entity(ID))])).to.have.nested.property(
      '[0].outcome',
      'kept',
    )
    const page = await store.query(DEFAULT_TENANT, {
      query: { ids: [ID] },
      limit: 10,
      maxRows: 10,
      count: true,
    })
    expect(page).to.include({ count: 1 }).and.have.nested.property('rows[0].text').that.includes(PM10)
    await store.close()
  })

  it('is in none either where a program of before gave it a place', async () => {
    const copy = server.copy()
    const [{ version } = {}] = created(copy)
    const { client } = copy.connect()
    await client
      .db('')
      .collection('default.entity')
      .updateOne({ text: { $exists: false } }, { $set: { place: version } })
    const store = await openStore(copy)
    await expectNothing(store)
    await store.close()
  })
})
