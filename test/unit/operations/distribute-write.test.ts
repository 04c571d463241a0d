import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { createDistribution } from '../../../broker/federation/distribute/distribution.ts'
import { createRegistry } from '../../../broker/federation/registry/registry.ts'
import { createSourceStates } from '../../../broker/federation/states/source-states.ts'
import { createEntity } from '../../../broker/operations/entities/create-entity.ts'
import { createEgress } from '../../../security/egress/create-egress.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'
import { startWriteSource, type WriteSource } from '../../support/write-source.ts'
import { anyone, iri, registration, table } from '../federation/support.ts'

describe('4.3.6.3 Writes while a registration takes something away', () => {
  const egress = createEgress({ mode: 'open' })
  let opened: OpenedStore
  let city: WriteSource
  before(async () => {
    ;[opened, city] = await Promise.all([SQLITE.open(), startWriteSource()])
  })
  after(() => Promise.all([opened.close(), city.stop(), egress.close()]))

  const id = (number: number): string => `urn:b:${number}`

  function hub() {
    const registry = createRegistry()
    const clock = (): number => Date.now() * 1000
    const distribution = createDistribution({
      registry,
      states: createSourceStates(),
      egress,
      outbound: async () => ({}),
      tableOf: async () => table,
      alias: 'province',
      clock,
      defaultTimeoutMs: 15_000,
    })
    const write = createEntity({ store: opened.store, clock, maxEntityBytes: 1e6, distribution })
    const create = (number: number, more: object = {}) =>
      write({
        tenant: DEFAULT_TENANT,
        caller: anyone,
        origin: { by: 'tester' },
        onward: { table, via: undefined },
        fragment: { id: id(number), types: [iri('Bus')], attributes: {} },
        ...more,
      })
    const take = (): void =>
      registry.apply(DEFAULT_TENANT, {
        id: 'urn:r:1',
        version: 1,
        registration: registration({
          id: 'urn:r:1',
          endpoint: city.endpoint,
          mode: 'redirect',
          operations: ['redirectionOps'],
        }),
      })
    return { registry, create, take }
  }

  it('wait until it is decided, and go where they then belong', async () => {
    const { registry, create, take } = hub()
    const end = await registry.claims.begin(DEFAULT_TENANT)
    const created = create(1)
    await new Promise((resolve) => setImmediate(resolve))
    expect(await opened.store.read(DEFAULT_TENANT, id(1))).to.equal(undefined)
    take()
    end()
    await created
    expect(city.lines()).to.deep.equal(['POST /entities'])
    expect(await opened.store.read(DEFAULT_TENANT, id(1))).to.equal(undefined)
  })

  it('are shared out anew when one came before they were decided', async () => {
    const { registry, create, take } = hub()
    let begun = 0
    // the right is judged after the sharing out, before the decision
    const check = (): void => {
      if (begun++ > 0) return
      void registry.claims.begin(DEFAULT_TENANT).then((end) => {
        take()
        end()
      })
    }
    await create(2, { caller: { ...anyone, check } })
    expect(city.lines()).to.deep.equal(['POST /entities'])
    expect(await opened.store.read(DEFAULT_TENANT, id(2))).to.equal(undefined)
  })

  it('stay here with local=true, and where nothing is taken', async () => {
    const { create, take } = hub()
    await create(3)
    take()
    await create(4, { onward: undefined })
    expect(city.lines()).to.deep.equal([])
    for (const number of [3, 4])
      expect(await opened.store.read(DEFAULT_TENANT, id(number))).to.not.equal(undefined)
  })
})
