import { expect } from 'chai'
import type { Attributes, Entity, Instance } from '../../../broker/core/model/entity.ts'
import { combineCopies, copiesOf, suppliersOf } from '../../../broker/federation/combine/combine-copies.ts'
import { iri } from './support.ts'

const instance = (value: number, members: Partial<Instance> = {}): Instance => ({
  kind: 'Property',
  value,
  createdAt: 10,
  modifiedAt: 10,
  ...members,
})

const entity = (attributes: Attributes, members: Partial<Entity> = {}): Entity => ({
  id: 'urn:b:1',
  types: [iri('Bus')],
  createdAt: 10,
  modifiedAt: 10,
  attributes,
  ...members,
})

/** Combines copies named a, b, c … and answers it; in the other order it has to be the same. */
function combine(...entities: readonly Entity[]): Entity {
  const copies = entities.map((copy, at) => ({ source: 'abc'[at] ?? '', entity: copy }))
  const combined = combineCopies(copies)
  expect(combineCopies([...copies].reverse())).to.deep.equal(combined)
  return combined
}

const speed = (...instances: readonly Instance[]): Attributes => ({ [iri('speed')]: instances })
const values = ({ attributes }: Entity) => attributes[iri('speed')]?.map(({ value }) => value)

describe('4.5.5 Multi-attribute support: copies of several sources', () => {
  const conflicts: readonly [string, Instance, Instance, number][] = [
    ['the latest observedAt is kept', instance(1, { observedAt: 5 }), instance(2, { observedAt: 6 }), 2],
    [
      'even when it was written earlier',
      instance(1, { observedAt: 6 }),
      instance(2, { observedAt: 5, modifiedAt: 99 }),
      1,
    ],
    ['an observedAt says more than none', instance(1, { modifiedAt: 99 }), instance(2, { observedAt: 5 }), 2],
    ['without observedAt the latest modifiedAt is kept', instance(1, { modifiedAt: 11 }), instance(2), 1],
    [
      'equal observedAt: modifiedAt decides',
      instance(1, { observedAt: 5 }),
      instance(2, { observedAt: 5, modifiedAt: 11 }),
      2,
    ],
    ['equal times: the source that sorts first', instance(1), instance(2), 1],
  ]
  for (const [title, left, right, expected] of conflicts) {
    it(title, () =>
      expect(values(combine(entity(speed(left)), entity(speed(right))))).to.deep.equal([expected]),
    )
  }

  it('keeps instances of different datasetIds beside each other', () => {
    const combined = combine(entity(speed(instance(1))), entity(speed(instance(2, { datasetId: 'urn:d:1' }))))
    expect(values(combined)).to.deep.equal([1, 2])
  })

  it('takes an instance whole and never mixes its members with those of another', () => {
    const clear = instance(1, { unitCode: 'KMH', attributes: { [iri('accuracy')]: [instance(7)] } })
    const masked = instance(2, { modifiedAt: 11 })
    const [kept] = combine(entity(speed(clear)), entity(speed(masked))).attributes[iri('speed')] ?? []
    expect(kept).to.deep.equal(masked)
    expect(kept).to.not.have.any.keys('unitCode', 'attributes')
  })

  it('takes nothing away for an attribute that another source lacks or hides', () => {
    const combined = combine(entity(speed(instance(1)), { modifiedAt: 10 }), entity({}, { modifiedAt: 99 }))
    expect(values(combined)).to.deep.equal([1])
  })

  it('unites types and scopes, and answers the widest times of the entity', () => {
    const combined = combine(
      entity({}, { types: [iri('Bus')], scopes: ['/a'], createdAt: 4 }),
      entity({}, { types: [iri('Electric'), iri('Bus')], scopes: ['/b', '/a'], modifiedAt: 12 }),
    )
    expect(combined.types).to.deep.equal([iri('Bus'), iri('Electric')])
    expect(combined.scopes).to.deep.equal(['/a', '/b'])
    expect([combined.createdAt, combined.modifiedAt]).to.deep.equal([4, 12])
  })

  it('keeps the entity for good when one copy has no expiry, but not the attributes of the other', () => {
    const combined = combine(
      entity(speed(instance(1)), { expiresAt: 50 }),
      entity({ [iri('line')]: [instance(2)] }),
    )
    expect(combined).to.not.have.property('expiresAt')
    expect(combined.attributes[iri('speed')]?.[0]).to.have.property('expiresAt', 50)
    expect(combined.attributes[iri('line')]?.[0]).to.not.have.property('expiresAt')
  })

  it('takes the expiry furthest away, and the earlier of both for each attribute', () => {
    const combined = combine(
      entity(speed(instance(1, { expiresAt: 90 })), { expiresAt: 50 }),
      entity({ [iri('line')]: [instance(2, { expiresAt: 20 })] }, { expiresAt: 60 }),
    )
    expect(combined.expiresAt).to.equal(60)
    expect(combined.attributes[iri('speed')]?.[0]?.expiresAt).to.equal(50)
    expect(combined.attributes[iri('line')]?.[0]?.expiresAt).to.equal(20)
  })

  it('leaves attributes alone when all copies expire together', () => {
    const combined = combine(entity(speed(instance(1)), { expiresAt: 50 }), entity({}, { expiresAt: 50 }))
    expect(combined.expiresAt).to.equal(50)
    expect(combined.attributes[iri('speed')]?.[0]).to.not.have.property('expiresAt')
  })

  it('answers a single copy as it is', () => {
    const only = entity(speed(instance(1)))
    expect(combineCopies([{ source: 'a', entity: only }])).to.equal(only)
  })

  describe('4.3.6.2 auxiliary copies', () => {
    const named = (value: number): Attributes => ({ [iri('line')]: [instance(value)] })
    const auxiliary = (attributes: Attributes, members: Partial<Entity> = {}) =>
      ({ source: 'z', entity: entity(attributes, members), auxiliary: true }) as const
    const held = { source: 'a', entity: entity(speed(instance(1))) }

    it('fill in attributes that no other has, and change nothing else', () => {
      const newer = { ...speed(instance(2, { observedAt: 99, datasetId: 'urn:d:1' })), ...named(3) }
      const combined = combineCopies([
        auxiliary(newer, { types: [iri('Tram')], scopes: ['/x'], modifiedAt: 99 }),
        held,
      ])
      expect(combined).to.deep.equal({
        ...held.entity,
        attributes: { ...held.entity.attributes, ...named(3) },
      })
    })

    it('take their own expiry along', () => {
      const combined = combineCopies([held, auxiliary(named(3), { expiresAt: 50 })])
      expect(combined).to.not.have.property('expiresAt')
      expect(combined.attributes[iri('line')]?.[0]).to.have.property('expiresAt', 50)
    })

    it('are all there is when there is no other', () => {
      const only = auxiliary(named(3))
      expect(combineCopies([only])).to.equal(only.entity)
    })
  })

  it('tells which copy each instance comes from', () => {
    const copies = [
      { source: 'a', entity: entity(speed(instance(1), instance(2, { datasetId: 'urn:d:1' }))) },
      { source: 'b', entity: entity(speed(instance(3, { modifiedAt: 11 }))) },
      {
        source: 'c',
        entity: entity({ ...speed(instance(9)), [iri('line')]: [instance(4)] }),
        auxiliary: true,
      },
    ] as const
    const told = [...suppliersOf(copies)].map(([name, from]) => [
      name,
      Object.fromEntries([...from].map(([dataset, { source }]) => [dataset, source])),
    ])
    expect(Object.fromEntries(told)).to.deep.equal({
      [iri('speed')]: { '': 'b', 'urn:d:1': 'a' },
      [iri('line')]: { '': 'c' },
    })
  })

  it("counts of this hub's own copy what proxied registrations leave of it", () => {
    const mine = entity(speed(instance(1)))
    const copies = [{ source: 'a', entity: entity({}) }]
    expect(copiesOf(mine, { copies })).to.deep.equal([{ source: '', entity: mine }, ...copies])
    expect(copiesOf(mine, { copies, own: { of: () => undefined } })).to.equal(copies)
    expect(copiesOf(undefined, { copies })).to.equal(copies)
  })
})
