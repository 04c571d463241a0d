import { expect } from 'chai'
import { DEFAULT_TENANT, parseTenant } from '../../../broker/core/model/tenant.ts'
import {
  type MatchRequest,
  matchRegistrations,
} from '../../../broker/federation/registry/match-registrations.ts'
import { readRegistration } from '../../../broker/federation/registry/registration.ts'
import { createRegistry, loadRegistry, type Registry } from '../../../broker/federation/registry/registry.ts'
import { SQLITE } from '../../support/stores.ts'
import { iri, registration } from './support.ts'

const id = (number: number): string => `urn:r:${number}`
const ids = (list: Iterable<{ readonly id: string }>): readonly string[] =>
  Array.from(list, (item) => item.id)
const bus = { kind: 'type', type: iri('Bus') } as const

describe('registry', () => {
  const filled = () => {
    const registry = createRegistry()
    const infos = [
      [{ entities: [{ type: iri('Bus') }] }],
      [{ entities: [{ type: iri('Tram'), id: 'urn:t:1' }] }],
      [{ propertyNames: [iri('speed')] }],
      [{ entities: [{ idPattern: ':b:' }] }],
    ]
    infos.forEach((information, at) => {
      registry.apply(DEFAULT_TENANT, {
        id: id(at),
        version: 1,
        registration: registration({ id: id(at), information }),
      })
    })
    return registry
  }

  const matching = (registry: Registry, asked: Pick<MatchRequest, 'types' | 'ids'>): readonly string[] =>
    ids(
      matchRegistrations(registry.candidates(DEFAULT_TENANT, asked), { ...asked, via: [], now: 0 }).map(
        ({ registration: found }) => found,
      ),
    )

  it('finds exclusive and redirect ones alone, until they are gone', () => {
    const registry = filled()
    expect(ids(registry.proxied(DEFAULT_TENANT, {}))).to.deep.equal([])
    const redirect = registration({ id: id(9), mode: 'redirect' })
    registry.apply(DEFAULT_TENANT, { id: id(9), version: 1, registration: redirect })
    expect(ids(registry.proxied(DEFAULT_TENANT, { types: bus, ids: ['urn:b:1'] }))).to.deep.equal([id(9)])
    expect(
      ids(registry.proxied(DEFAULT_TENANT, { types: { kind: 'type', type: iri('Tram') } })),
    ).to.deep.equal([])
    registry.apply(DEFAULT_TENANT, { id: id(9), version: 2 })
    expect(ids(registry.proxied(DEFAULT_TENANT, {}))).to.deep.equal([])
  })

  it('finds by type, by id and by both', () => {
    const tram = { types: { kind: 'type', type: iri('Tram') }, ids: ['urn:t:2'] } as const
    expect(matching(filled(), { types: bus })).to.deep.equal([id(0), id(2), id(3)])
    expect(matching(filled(), { ids: ['urn:t:1'] })).to.deep.equal([id(0), id(1), id(2)])
    expect(matching(filled(), tram)).to.deep.equal([id(2)])
  })

  it('finds all without type and id, and after a selection of any type', () => {
    expect(ids(filled().candidates(DEFAULT_TENANT, {}))).to.have.length(4)
    expect(
      ids(filled().candidates(DEFAULT_TENANT, { types: { kind: 'or', nodes: [bus, { kind: 'any' }] } })),
    ).to.have.length(4)
  })

  it('keeps tenants apart', () => {
    expect(ids(filled().candidates(parseTenant('other'), {}))).to.deep.equal([])
  })

  it('forgets the old places of a registration that changes or goes', () => {
    const registry = filled()
    const before = registry.generation(DEFAULT_TENANT)
    const tram = registration({ id: id(0), information: [{ entities: [{ type: iri('Tram') }] }] })
    registry.apply(DEFAULT_TENANT, { id: id(0), version: 2, registration: tram })
    expect(matching(registry, { types: bus })).to.not.include(id(0))
    registry.apply(DEFAULT_TENANT, { id: id(0), version: 3 })
    expect(ids(registry.all(DEFAULT_TENANT))).to.not.include(id(0))
    expect(registry.generation(DEFAULT_TENANT)).to.equal(before + 2)
  })

  it('never lets an older state replace a newer one', () => {
    const registry = filled()
    registry.apply(DEFAULT_TENANT, {
      id: id(0),
      version: 3,
      registration: registration({ id: id(0), contextSourceAlias: 'new' }),
    })
    registry.apply(DEFAULT_TENANT, {
      id: id(0),
      version: 2,
      registration: registration({ id: id(0), contextSourceAlias: 'old' }),
    })
    expect(registry.all(DEFAULT_TENANT).find((item) => item.id === id(0))?.alias).to.equal('new')
  })

  it('forgets what has expired, and only that', () => {
    const registry = filled()
    const expiresAt = '2026-01-01T00:00:00Z'
    registry.apply(DEFAULT_TENANT, {
      id: id(9),
      version: 1,
      registration: registration({ id: id(9), expiresAt }),
    })
    const at = Date.parse(expiresAt) * 1000
    registry.dropExpired(DEFAULT_TENANT, at - 1)
    expect(registry.all(DEFAULT_TENANT)).to.have.length(5)
    registry.dropExpired(DEFAULT_TENANT, at)
    expect(ids(registry.all(DEFAULT_TENANT))).to.deep.equal([id(0), id(1), id(2), id(3)])
    expect(matching(registry, { types: bus })).to.not.include(id(9))
    expect(registry.takeExpired(DEFAULT_TENANT, at)).to.deep.equal([id(9)])
    expect(registry.takeExpired(DEFAULT_TENANT, at)).to.deep.equal([])
  })

  it('is loaded from the store, tenant by tenant', async () => {
    const { store, close } = await SQLITE.open()
    try {
      const city = parseTenant('city')
      await store.createTenant(city)
      const { document } = registration({ id: id(7) })
      const unit = {
        collection: 'registration',
        id: id(7),
        next: document,
        at: 1,
        origin: { by: 'tester' },
      } as const
      await store.commit(city, [unit])
      const registry = createRegistry()
      await loadRegistry(registry, store, readRegistration)
      expect(ids(registry.all(city))).to.deep.equal([id(7)])
      expect(registry.all(DEFAULT_TENANT)).to.deep.equal([])
    } finally {
      await close()
    }
  })

  it('a write is a matter of who holds something alone, or offers to be written to', () => {
    const registry = createRegistry()
    const cases: readonly [string, readonly string[], boolean][] = [
      ['inclusive', ['federationOps'], false],
      ['auxiliary', ['retrieveOps'], false],
      ['inclusive', ['updateOps'], true],
      ['inclusive', ['mergeBatch'], true],
      ['redirect', ['retrieveOps'], true],
    ]
    cases.forEach(([mode, operations, written], at) => {
      const found = registration({ id: id(at), mode, operations: [...operations] })
      registry.apply(DEFAULT_TENANT, { id: id(at), version: 1, registration: found })
      expect(registry.takesWrites(DEFAULT_TENANT), `${mode} ${operations}`).to.equal(written)
      expect(ids(registry.writable(DEFAULT_TENANT, { types: bus }))).to.deep.equal(written ? [id(at)] : [])
      registry.apply(DEFAULT_TENANT, { id: id(at), version: 2 })
      expect(registry.takesWrites(DEFAULT_TENANT)).to.equal(false)
    })
  })
})
