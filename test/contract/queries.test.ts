import { expect } from 'chai'
import type { Instance } from '../../broker/core/model/entity.ts'
import { Problem } from '../../broker/core/model/problem.ts'
import { parseTenant, type Tenant } from '../../broker/core/model/tenant.ts'
import type { EntityQuery, QNode, QScalar } from '../../broker/core/query/ast.ts'
import { matchEntity } from '../../broker/core/query/match-entity.ts'
import { createGeometryEngine } from '../../broker/geometry/geos.ts'
import type { Page } from '../../broker/store/port/store.ts'
import { entity, NOW, PM10, property, put, remove, TYPE } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const LONG = 'n'.repeat(1000)

function compare(operator: '==' | '>' | '<=', value: string | number): EntityQuery {
  const scalar: QScalar = typeof value === 'string' ? { kind: 'string', value } : { kind: 'number', value }
  const q: QNode = { kind: 'compare', path: { attributes: [PM10] }, operator, value: scalar }
  return { q }
}

for (const { name, open } of stores) {
  describe(`${name}: queries`, () => {
    let opened: OpenedStore
    let tenants = 0
    before(async () => {
      opened = await open()
    })
    after(() => opened.close())

    async function filled(instances: readonly Instance[]): Promise<Tenant> {
      const tenant = parseTenant(`q-${++tenants}`)
      await opened.store.createTenant(tenant)
      const units = instances.map((one, at) => put(entity(`urn:e:${at}`, { attributes: { [PM10]: [one] } })))
      await opened.store.commit(tenant, units)
      return tenant
    }

    async function ids(tenant: Tenant, query: EntityQuery): Promise<Page & { ids: readonly string[] }> {
      const page = await opened.store.query(tenant, { query, limit: 1000, maxRows: 10_000 })
      return { ...page, ids: page.rows.map(({ id }) => id) }
    }

    it('finds texts beyond what an index keeps of them, and is then not exact', async () => {
      const engine = createGeometryEngine()
      await engine.ready()
      const texts = [
        `${LONG}a`,
        `${LONG}b`,
        LONG,
        'n'.repeat(399),
        'n'.repeat(400),
        'n'.repeat(401),
        'm',
        'o',
      ]
      const tenant = await filled(texts.map((text) => property(text)))
      for (const operator of ['==', '>', '<='] as const) {
        for (const text of texts) {
          const query = compare(operator, text)
          const expected = texts.flatMap((held, at) =>
            matchEntity(query, entity(`urn:e:${at}`, { attributes: { [PM10]: [property(held)] } }), engine)
              ? [`urn:e:${at}`]
              : [],
          )
          const page = await ids(tenant, query)
          expect(page.ids).to.include.members(expected)
          if (page.exact) expect(page.ids).to.have.members(expected)
        }
      }
    })

    it('is never exact while something in the tenant expires', async () => {
      const sub = { 'urn:p:sub': [property(1, { expiresAt: NOW + 1 })] }
      for (const transient of [property(1, { expiresAt: NOW + 1 }), property(1, { attributes: sub })]) {
        const tenant = await filled([property(2), transient])
        expect((await ids(tenant, { types: { kind: 'type', type: TYPE } })).exact).to.equal(false)
        const last = entity('urn:e:1', { attributes: { [PM10]: [transient] } })
        await opened.store.commit(tenant, [
          remove(last, (await opened.store.read(tenant, 'urn:e:1'))!.version),
        ])
        expect((await ids(tenant, { types: { kind: 'type', type: TYPE } })).ids).to.deep.equal(['urn:e:0'])
      }
    })

    it('finds nothing of a deleted entity and no old value of a changed one', async () => {
      const tenant = await filled([property(1), property(2), property(3)])
      const old = entity('urn:e:0', { attributes: { [PM10]: [property(1)] } })
      const next = entity('urn:e:0', { types: ['urn:t:other'], attributes: { [PM10]: [property('one')] } })
      await opened.store.commit(tenant, [
        put(next, (await opened.store.read(tenant, 'urn:e:0'))!.version, old),
      ])
      const gone = entity('urn:e:1', { attributes: { [PM10]: [property(2)] } })
      await opened.store.commit(tenant, [remove(gone, (await opened.store.read(tenant, 'urn:e:1'))!.version)])
      expect((await ids(tenant, {})).ids).to.have.members(['urn:e:0', 'urn:e:2'])
      expect((await ids(tenant, { ids: ['urn:e:1', 'urn:e:2'] })).ids).to.deep.equal(['urn:e:2'])
      expect((await ids(tenant, { types: { kind: 'type', type: TYPE } })).ids).to.deep.equal(['urn:e:2'])
      for (const [query, expected] of [
        [compare('==', 1), []],
        [compare('==', 'one'), ['urn:e:0']],
      ] as const) {
        const page = await ids(tenant, query)
        if (page.exact) expect(page.ids).to.deep.equal(expected)
        else expect(page.ids).to.include.members(expected)
      }
    })

    it('keeps its places while entities before them go', async () => {
      const tenant = await filled([1, 2, 3, 4, 5, 6].map((value) => property(value)))
      const { store } = opened
      const first = await store.query(tenant, { query: {}, limit: 3, maxRows: 100 })
      for (const { id, version } of first.rows) await store.commit(tenant, [remove(entity(id), version)])
      const second = await store.query(tenant, { query: {}, limit: 9, maxRows: 100, after: first.next! })
      const seen = [...first.rows, ...second.rows].map(({ id }) => id)
      expect(seen).to.have.members([0, 1, 2, 3, 4, 5].map((at) => `urn:e:${at}`))
      expect(seen).to.have.length(6)
      expect(second.next).to.equal(undefined)
    })

    it('refuses to look at more entities than the plan allows', async () => {
      const tenant = await filled(Array.from({ length: 50 }, (_, at) => property(at)))
      const plan = { query: compare('>', -1), limit: 1000, maxRows: 20 }
      const few = await opened.store.query(tenant, {
        query: { ids: ['urn:e:1', 'urn:e:2'] },
        limit: 1000,
        maxRows: 20,
      })
      expect(few.rows).to.have.length(2)
      const refusal = await opened.store.query(tenant, plan).catch((error: unknown) => error)
      expect(refusal).to.be.instanceOf(Problem).with.property('code', 'TooComplexQuery')
    })
  })
}
