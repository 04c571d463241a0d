import { expect } from 'chai'
import fc from 'fast-check'
import { LRUCache } from 'lru-cache'
import type { Entity } from '../../../broker/core/model/entity.ts'
import { itemsOf, type JsonObject, type JsonValue } from '../../../broker/core/model/json.ts'
import { parseTenant, type Tenant } from '../../../broker/core/model/tenant.ts'
import type { RenderOptions } from '../../../broker/core/view/render-options.ts'
import type { View } from '../../../broker/core/view/view.ts'
import { type Join, joinEntities } from '../../../broker/operations/entities/join-entities.ts'
import type { Fragment } from '../../../broker/operations/entities/read-dependencies.ts'
import { renderStored, styleOf } from '../../../broker/operations/entities/render-entity.ts'
import { openSqliteStore, type SqliteStore } from '../../../broker/store/sqlite/sqlite-store.ts'
import { NOW, put } from '../../support/store-builders.ts'
import { temporaryFolder } from '../../support/stores.ts'
import { entity, instance, name, of, table } from '../query/builders.ts'
import { render } from '../view/rendered.ts'

const IDS = ['urn:x:0', 'urn:x:1', 'urn:x:2', 'urn:x:3', 'urn:x:4', 'urn:x:5']
/** There, but not for the caller. */
const HIDDEN = 'urn:x:5'
const uris = fc.array(fc.constantFrom(...IDS, 'urn:x:none'), { minLength: 1, maxLength: 3 })

/** What the caller sees: all but one entity, all but one attribute. */
const VIEW: View = {
  id: 'some',
  unrestricted: false,
  admits: ({ id }) => id !== HIDDEN,
  treatment: (_, attribute) => (attribute === name('secret') ? 'absent' : 'clear'),
  admitsAll: () => false,
  veils: () => true,
  clearEverywhere: (attribute) => attribute !== name('secret'),
}

const graphs = fc
  .tuple(
    ...IDS.map((id) =>
      fc.record({ id: fc.constant(id), r: uris, more: fc.option(uris, { nil: undefined }), s: uris }),
    ),
  )
  .map((list) =>
    list.map(({ id, r, more, s }) =>
      entity(
        {
          r: [
            of('Relationship', r.length === 1 ? (r[0] ?? '') : r),
            ...(more ? [of('Relationship', more, { datasetId: 'urn:d' })] : []),
          ],
          s: of('ListRelationship', s),
          secret: instance('s', { attributes: {} }),
        },
        { id, types: [name('T')] },
      ),
    ),
  )

const joins = fc.record({
  mode: fc.constantFrom('inline' as const, 'flat' as const),
  level: fc.integer({ min: 1, max: 3 }),
  containedBy: fc.subarray([...IDS, 'urn:x:none'], { maxLength: 2 }),
})
const formats = fc.constantFrom('normalized' as const, 'concise' as const, 'simplified' as const)

/** The same by the words of the standard, slowly. */
function reference(
  graph: readonly Entity[],
  roots: readonly string[],
  join: Join,
  options: RenderOptions,
): JsonValue {
  const find = (id: string) => graph.find((one) => one.id === id && id !== HIDDEN)
  const plain = (one: Entity): Record<string, JsonValue> => {
    const { [name('secret')]: _, ...attributes } = one.attributes
    return { ...(render({ ...one, attributes }, options, table) ?? {}) }
  }
  const targets = (one: Entity): readonly string[] =>
    ['r', 's'].flatMap((term) =>
      defaultFirst(one, term).flatMap(({ value }) => itemsOf(value).map((uri) => String(uri))),
    )
  if (join.mode === 'inline') return roots.flatMap((id) => inline(id, [], join.level) ?? [])
  const met = new Set([...roots, ...join.containedBy])
  const all = [...roots]
  let frontier = all
  for (let level = 0; level < join.level; level++) {
    const next = frontier.flatMap((id) => targets(find(id) as Entity))
    frontier = []
    for (const uri of next) {
      if (met.has(uri)) continue
      met.add(uri)
      if (find(uri)) frontier.push(uri)
    }
    all.push(...frontier)
  }
  return all.map((id) => plain(find(id) as Entity))

  function inline(id: string, path: readonly string[], level: number): JsonObject | undefined {
    const one = find(id)
    const known = path.length > 0 && join.containedBy.includes(id)
    if (!one || known || path.includes(id)) return undefined
    const written = plain(one)
    if (level === 0) return written
    for (const term of ['r', 's'])
      written[term] = attach(one, term, written[term] ?? null, [...path, id], level)
    return written
  }

  function attach(
    one: Entity,
    term: string,
    written: JsonValue,
    path: readonly string[],
    level: number,
  ): JsonValue {
    const instances = defaultFirst(one, term)
    const single = (value: JsonValue, at: number): JsonValue => {
      const raw = instances[at]?.value ?? null
      const found = itemsOf(raw).map((uri) => inline(String(uri), path, level - 1))
      const there = found.filter((each) => each !== undefined)
      if (there.length === 0) return value
      if (options.format === 'simplified')
        return Array.isArray(raw) ? itemsOf(raw).map((uri, place) => found[place] ?? uri) : (there[0] ?? null)
      const member = term === 'r' ? 'entity' : 'entityList'
      return { ...(value as JsonObject), [member]: Array.isArray(raw) ? there : (there[0] ?? null) }
    }
    if (instances.length === 1) return single(written, 0)
    if (options.format !== 'simplified') return (written as readonly JsonValue[]).map(single)
    const { dataset } = written as { readonly dataset: JsonObject }
    return {
      dataset: Object.fromEntries(
        Object.entries(dataset).map(([key, value], at) => [key, single(value, at)]),
      ),
    }
  }
}

function defaultFirst({ attributes }: Entity, term: string) {
  return [...(attributes[name(term)] ?? [])].sort(
    (one, other) => Number(one.datasetId !== undefined) - Number(other.datasetId !== undefined),
  )
}

describe('4.5.23 NGSI-LD Linked Entity Retrieval, on any graph', () => {
  let store: SqliteStore
  let tenants = 0
  before(async () => {
    store = await openSqliteStore({ directory: temporaryFolder() })
  })
  after(() => store.close())

  async function fill(graph: readonly Entity[]): Promise<Tenant> {
    const tenant = parseTenant(`join-${++tenants}`)
    await store.createTenant(tenant)
    await store.commit(
      tenant,
      graph.map((one) => put(one)),
    )
    return tenant
  }

  it('joins what the standard says, as the caller sees it, first and again', async () => {
    await fc.assert(
      fc.asyncProperty(
        graphs,
        joins,
        formats,
        fc.subarray(IDS.slice(0, 5), { minLength: 1 }),
        async (graph, join, format, roots) => {
          const tenant = await fill(graph)
          const fragments = new LRUCache<string, Fragment>({ max: 1000 })
          const dependencies = { store, clock: () => NOW, fragments, maxJoined: 10_000, maxPageBytes: 1e7 }
          const options = { format }
          const style = styleOf({ tenant, view: VIEW, table, options, features: false, linking: true })
          const shown = (await store.readMany(tenant, roots)).map((stored) => ({
            id: stored.id,
            ...renderStored(dependencies, stored, style),
          }))
          const expected = reference(graph, roots, join, options)
          for (const _ of [1, 2]) {
            const { texts } = await joinEntities(dependencies, shown, { join, style })
            expect(texts.map((text) => JSON.parse(text))).to.deep.equal(JSON.parse(JSON.stringify(expected)))
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
