import { expect } from 'chai'
import type { Caller } from '../../../broker/core/model/caller.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { EntityQuery } from '../../../broker/core/query/ast.ts'
import type { View } from '../../../broker/core/view/view.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'
import { purgeEntities } from '../../../broker/operations/entities/purge-entities.ts'
import { openSqliteStore, type SqliteStore } from '../../../broker/store/sqlite/sqlite-store.ts'
import { entity, NOW, PM10, property, put, TYPE } from '../../support/store-builders.ts'
import { temporaryFolder } from '../../support/stores.ts'

const SECRET = 'https://example.org/secret'
const KEPT = 'urn:ngsi-ld:T:locked'

/** Sees everything but the secret attribute. */
const VIEW: View = {
  id: 'without-secret',
  unrestricted: false,
  admits: () => true,
  treatment: (_, attribute) => (attribute === SECRET ? 'absent' : 'clear'),
  admitsAll: () => false,
  veils: () => false,
  clearEverywhere: (attribute) => attribute !== SECRET,
}

/** May delete all but one entity. */
const CALLER: Caller = {
  key: 'k',
  name: 'n',
  anonymous: false,
  roles: [],
  delegation: () => ({}),
  view: () => VIEW,
  check: (action, _, { id }) => {
    if (action === 'delete' && id === KEPT)
      throw new Problem('Forbidden', `Entity ${KEPT} may not be deleted`)
  },
}

describe('5.6.21 Purge Entities: what the caller may', () => {
  let store: SqliteStore
  before(async () => {
    store = await openSqliteStore({ directory: temporaryFolder() })
  })
  after(() => store.close())

  const purge = async (query: EntityQuery) => {
    const engine = createGeometryEngine()
    await engine.ready()
    const work = purgeEntities({ store, engine, clock: () => NOW + 1, maxEntityBytes: 1e6, maxRows: 100 })
    const command = { caller: CALLER, tenant: DEFAULT_TENANT, origin: { by: 'k' }, query }
    return (await work(command)).map(({ id, problem }) => [id, problem?.code])
  }

  it('reports what it may not delete, or does not see in clear, and deletes the rest', async () => {
    const hidden = { attributes: { [PM10]: [property(1)], [SECRET]: [property(1)] } }
    const units = [entity('urn:ngsi-ld:T:free'), entity(KEPT), entity('urn:ngsi-ld:T:veiled', hidden)]
    await store.commit(
      DEFAULT_TENANT,
      units.map((one) => put(one)),
    )
    // a filter on what the caller does not see selects nothing
    expect(await purge({ types: { kind: 'type', type: TYPE }, attributes: [SECRET] })).to.deep.equal([])
    expect(await purge({ types: { kind: 'type', type: TYPE } })).to.deep.equal([
      ['urn:ngsi-ld:T:free', undefined],
      [KEPT, 'Forbidden'],
      ['urn:ngsi-ld:T:veiled', 'Forbidden'],
    ])
    expect(await store.read(DEFAULT_TENANT, 'urn:ngsi-ld:T:free')).to.equal(undefined)
    expect(await store.read(DEFAULT_TENANT, KEPT)).to.not.equal(undefined)
    expect(await store.read(DEFAULT_TENANT, 'urn:ngsi-ld:T:veiled')).to.not.equal(undefined)
  })
})
