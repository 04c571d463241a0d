import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { EntityQuery } from '../../../broker/core/query/ast.ts'
import { MongoStore } from '../../../broker/store/mongodb/mongo-store.ts'
import type { Unit } from '../../../broker/store/port/store.ts'
import { ID, OPTIONS, openStore } from '../../support/kept-changes.ts'
import { rejection } from '../../support/rejection.ts'
import { SteppedServer } from '../../support/stepped-server.ts'
import { document, entity, PM10, put } from '../../support/store-builders.ts'
import { until } from '../../support/until.ts'

/** Answers a server which a unit never came to, at this operation of those that committing it takes. */
async function unanswered(unit: Unit, at: number): Promise<SteppedServer> {
  const server = new SteppedServer()
  await openStore(server)
  const begun = server.connect()
  await new MongoStore(begun.client, OPTIONS).open()
  const { client } = server.connect({ cut: { at: begun.asked + at, happens: false } })
  const store = new MongoStore(client, OPTIONS)
  await store.open()
  expect(await rejection(store.commit(DEFAULT_TENANT, [unit]))).to.include({ code: 'ServiceUnavailable' })
  return server
}

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
    server = await unanswered(put(entity(ID)), 1)
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

describe('MongoDB: a write of a document that got no answer', () => {
  it('comes to nothing where it comes late: nobody would move its record into the log', async () => {
    const id = 'urn:ngsi-ld:Subscription:1'
    const server = await unanswered(document(id, { id }), 2)
    await until('certainty', () => server.content('default.document').length > 0)
    const late = server.connect().client.db('').collection('default.document')
    const [{ _id } = {}] = server.content('default.document')
    const record = { _id, changes: ['{}'], pending: true }
    expect(await rejection(late.insertOne(record))).to.include({ code: 11000 })
    const store = await openStore(server)
    expect(await store.document(DEFAULT_TENANT, 'subscription', id)).to.equal(undefined)
    expect(await store.documents(DEFAULT_TENANT, 'subscription', { limit: 10 })).to.deep.equal([])
    const created = await store.commit(DEFAULT_TENANT, [document(id, { id })])
    expect(created).to.have.nested.property('[0].outcome', 'kept')
    expect((await store.log(DEFAULT_TENANT, 0, 10)).map(({ action }) => action)).to.deep.equal(['created'])
    await store.close()
  })
})
