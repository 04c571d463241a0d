import { expect } from 'chai'
import fc from 'fast-check'
import { SCOPE, type TemporalEntity, type TimeWindow, timeOf } from '../../broker/core/model/temporal.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { Mask, View } from '../../broker/core/view/view.ts'
import { byAttribute } from '../../broker/operations/temporal/instance-reader.ts'
import { readSlices } from '../../broker/operations/temporal/read-slices.ts'
import type { Store } from '../../broker/store/port/store.ts'
import { NOW, PM10, property, TYPE } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import { type OpenedStore, SQLITE } from '../support/stores.ts'

const NO2 = 'https://example.org/no2'
const ALL: View = {
  id: 'all',
  unrestricted: true,
  admits: () => true,
  admitsAll: () => true,
  treatment: () => 'clear',
  veils: () => false,
  clearEverywhere: () => true,
}
const MASK: Mask = (instance) => ({ ...instance, value: '***' })
const HEAD = { types: [TYPE], createdAt: NOW, modifiedAt: NOW }

for (const { name, open, runs } of stores) {
  describe(`${name}: slices of history`, function () {
    this.timeout(300_000)
    let opened: OpenedStore
    let store: Store
    before(async () => {
      opened = await open()
      store = opened.store
    })
    after(() => opened.close())

    const slices = async (id: string, query: Parameters<typeof readSlices>[2]) => {
      const found: TemporalEntity[] = []
      const slicing = { store, of: { tenant: DEFAULT_TENANT, view: ALL } }
      for await (const slice of readSlices(slicing, { ...HEAD, id }, query)) found.push(slice)
      return found
    }

    it('are all that there is, each once, in the order asked for, also where many are of one instant', async () => {
      let run = 0
      await fc.assert(
        fc.asyncProperty(fc.array(instances, { minLength: 1, maxLength: 150 }), async (made) => {
          const id = `urn:slices:${run++}`
          const all = made.map(({ attribute, observedAt, dataset, modified }, value) => ({
            attribute,
            instance: property(value, {
              modifiedAt: NOW + modified,
              ...(observedAt !== undefined && { observedAt: NOW + observedAt }),
              ...(dataset > 0 && { datasetId: `urn:d:${dataset}` }),
            }),
          }))
          const change = { action: 'append', needs: 'either', types: [TYPE], instances: all } as const
          const unit = { collection: 'evolution', id, at: NOW, origin: { by: 'tester' }, change } as const
          await store.commit(DEFAULT_TENANT, [unit])
          for (const window of WINDOWS)
            for (const order of ['oldest', 'newest'] as const) {
              const found = await slices(id, { ...(window && { window }), order })
              const rows = await store.instances(DEFAULT_TENANT, id, {
                ...(window && { window }),
                order,
                perAttribute: 999,
              })
              const { [SCOPE]: _, ...expected } = byAttribute(rows)
              const told = joined(found)
              expect(Object.keys(told).sort()).to.deep.equal(Object.keys(expected).sort())
              for (const attribute in expected) {
                expect(told[attribute]).to.have.deep.members([...(expected[attribute] ?? [])])
                const times = (told[attribute] ?? []).map((instance) => timeOf(instance, undefined) ?? 0)
                const sign = order === 'oldest' ? 1 : -1
                expect(times).to.deep.equal(times.toSorted((left, right) => sign * (left - right)))
              }
            }
        }),
        { numRuns: Math.max(3, Math.ceil(runs / 4)) },
      )
    })

    it('end with what is enough', async () => {
      const id = 'urn:slices:enough'
      const all = Array.from({ length: 60 }, (_, at) => ({
        attribute: PM10,
        instance: property(at, { observedAt: NOW + at }),
      }))
      const change = { action: 'append', needs: 'either', types: [TYPE], instances: all } as const
      await store.commit(DEFAULT_TENANT, [
        { collection: 'evolution', id, at: NOW, origin: { by: 'tester' }, change },
      ])
      const [first, ...rest] = await slices(id, { order: 'newest', isEnough: () => true })
      expect(rest).to.deep.equal([])
      expect(first?.attributes[PM10]?.[0]?.value).to.equal(59)
    })
  })
}

describe('SQLite: slices of history that not everybody sees', () => {
  let opened: OpenedStore
  before(async () => {
    opened = await SQLITE.open()
  })
  after(() => opened.close())

  it('end where a caller who may not see all cannot tell how long is what it does not see', async () => {
    const sizes = async (id: string, text: string, view: View) => {
      const made = Array.from({ length: 450 }, (_, at) => ({
        attribute: PM10,
        instance: property(text, { observedAt: NOW + at }),
      }))
      const change = { action: 'append', needs: 'either', types: [TYPE], instances: made } as const
      const unit = { collection: 'evolution', id, at: NOW, origin: { by: 'tester' }, change } as const
      await opened.store.commit(DEFAULT_TENANT, [unit])
      const slicing = { store: opened.store, of: { tenant: DEFAULT_TENANT, view } }
      const found: number[] = []
      for await (const { attributes } of readSlices(slicing, { ...HEAD, id }, { order: 'oldest' }))
        found.push(attributes[PM10]?.length ?? 0)
      return found
    }
    const masked: View = { ...ALL, id: 'masked', unrestricted: false, treatment: () => MASK }
    const [short, long] = ['x', 'x'.repeat(600)]
    expect(await sizes('urn:slices:short', short, masked)).to.deep.equal(
      await sizes('urn:slices:long', long, masked),
    )
    expect(await sizes('urn:slices:short', short, ALL)).to.not.deep.equal(
      await sizes('urn:slices:long', long, ALL),
    )
  })
})

const instances = fc.record(
  {
    attribute: fc.constantFrom(PM10, PM10, PM10, NO2),
    observedAt: fc.nat({ max: 30 }),
    modified: fc.nat({ max: 50 }),
    dataset: fc.nat({ max: 40 }),
  },
  { requiredKeys: ['attribute', 'modified', 'dataset'] },
)

const WINDOWS: readonly (TimeWindow | undefined)[] = [
  undefined,
  { property: 'observedAt', from: NOW + 5 },
  { property: 'observedAt', from: NOW + 5, to: NOW + 25 },
  { property: 'modifiedAt', from: NOW + 10, to: NOW + 40 },
  { property: 'createdAt', from: NOW },
  { property: 'deletedAt' },
]

function joined(slices: readonly TemporalEntity[]): TemporalEntity['attributes'] {
  const all: Record<string, TemporalEntity['attributes'][string]> = {}
  for (const { attributes } of slices)
    for (const name in attributes) all[name] = [...(all[name] ?? []), ...(attributes[name] ?? [])]
  return all
}
