import { expect } from 'chai'
import fc from 'fast-check'
import type { GeometryEngine } from '../../broker/core/geo/engine.ts'
import { atTime } from '../../broker/core/merge/at-time.ts'
import type { Entity } from '../../broker/core/model/entity.ts'
import { parseTenant, type Tenant } from '../../broker/core/model/tenant.ts'
import type { EntityQuery } from '../../broker/core/query/ast.ts'
import { matchEntity } from '../../broker/core/query/match-entity.ts'
import { createGeometryEngine } from '../../broker/geometry/geos.ts'
import type { Page, Store } from '../../broker/store/port/store.ts'
import { NOW, put } from '../support/store-builders.ts'
import { capableStores, stores } from '../support/store-kinds.ts'
import { type OpenedStore, SEALED } from '../support/stores.ts'
import { entities, queries } from './arbitraries.ts'

const MAX_ROWS = 10_000

for (const { name, open, runs } of [...stores, ...capableStores(), SEALED]) {
  describe(`${name}: parity with the evaluator`, () => {
    let opened: OpenedStore
    let engine: GeometryEngine
    let tenants = 0
    before(async () => {
      opened = await open(() => NOW)
      engine = createGeometryEngine()
      await engine.ready()
    })
    after(() => opened.close())

    /** What has expired is not there. */
    function matches(query: EntityQuery, entity: Entity): boolean {
      const alive = atTime(entity, NOW)
      return alive !== undefined && matchEntity(query, alive, engine)
    }

    async function fill(list: readonly Entity[]): Promise<Tenant> {
      const tenant = parseTenant(`parity-${++tenants}`)
      await opened.store.createTenant(tenant)
      const results = await opened.store.commit(
        tenant,
        list.map((one) => put(one)),
      )
      expect(results.every(({ outcome }) => outcome === 'kept')).to.equal(true)
      return tenant
    }

    it('returns every entity that the evaluator matches, and when exact no other', async () => {
      let exact = 0
      let found = 0
      const property = fc.asyncProperty(
        entities,
        fc.array(queries, { minLength: 150, maxLength: 200 }),
        async (list, asked) => {
          const tenant = await fill(list)
          for (const query of asked) {
            const expected = list.filter((one) => matches(query, one)).map(({ id }) => id)
            const page = await opened.store.query(tenant, {
              query,
              limit: 100,
              maxRows: MAX_ROWS,
              count: true,
            })
            const ids = page.rows.map(({ id }) => id)
            exact += Number(page.exact)
            found += Number(expected.length > 0)
            if (page.exact) expect(new Set(ids)).to.deep.equal(new Set(expected), JSON.stringify(query))
            else expect(ids).to.include.members(expected, JSON.stringify(query))
            expect(ids.length).to.equal(new Set(ids).size)
            if (page.exact) expect(page.count).to.equal(expected.length)
            else expect(page.count).to.equal(undefined)
          }
        },
      )
      await fc.assert(property, { numRuns: runs })
      expect(exact).to.be.greaterThan(0)
      expect(found).to.be.greaterThan(0)
    })

    it('pages through the same rows in the same order, whatever the limit', async () => {
      const property = fc.asyncProperty(
        entities,
        fc.array(queries, { minLength: 5, maxLength: 10 }),
        fc.integer({ min: 1, max: 4 }),
        async (list, asked, limit) => {
          const tenant = await fill(list)
          for (const query of asked) {
            const whole = await opened.store.query(tenant, { query, limit: 100, maxRows: MAX_ROWS })
            expect(await pagedIds(opened.store, tenant, query, limit)).to.deep.equal(
              idsOf(whole),
              JSON.stringify(query),
            )
            const shifted = await opened.store.query(tenant, {
              query,
              limit: 100,
              offset: 2,
              maxRows: MAX_ROWS,
            })
            if (shifted.exact) expect(idsOf(shifted)).to.deep.equal(idsOf(whole).slice(2))
          }
        },
      )
      await fc.assert(property, { numRuns: Math.ceil(runs / 4) })
    })
  })
}

async function pagedIds(store: Store, tenant: Tenant, query: EntityQuery, limit: number): Promise<string[]> {
  const ids: string[] = []
  let after: string | undefined
  do {
    const page = await store.query(tenant, {
      query,
      limit,
      maxRows: MAX_ROWS,
      ...(after !== undefined && { after }),
    })
    expect(page.rows.length).to.be.at.most(limit)
    ids.push(...idsOf(page))
    if (page.next !== undefined) expect(page.rows.at(-1)?.place).to.equal(page.next)
    after = page.next
  } while (after !== undefined)
  return ids
}

function idsOf({ rows }: Page): string[] {
  return rows.map(({ id }) => id)
}
