import { expect } from 'chai'
import fc from 'fast-check'
import type { Attributes, Entity, Instance } from '../../../broker/core/model/entity.ts'
import { canonicalEntity } from '../../../broker/store/port/canonical.ts'
import { entity, property } from '../../support/store-builders.ts'
import { entities } from '../merge/arbitraries.ts'

describe('canonical text', () => {
  it('is the JSON of the members in their fixed order, attributes sorted', () => {
    fc.assert(fc.property(entities, (one) => canonicalEntity(one) === JSON.stringify(inOrder(one))))
  })

  it('keeps any text of a value, an id or a name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const one = entity(`urn:x:${text}`, { attributes: { [`urn:x:${text}`]: [property(text)] } })
        return canonicalEntity(one) === JSON.stringify(inOrder(one))
      }),
    )
  })

  it('sorts by code point, not by the order of UTF-16', () => {
    const names = ['urn:x:\u{1f600}', 'urn:x:\uffee', 'urn:x:a', 'urn:x']
    const attributes = Object.fromEntries(names.map((name) => [name, [property(1)]]))
    const { attributes: read } = JSON.parse(canonicalEntity(entity('urn:x:1', { attributes })))
    expect(Object.keys(read)).to.deep.equal([...names].reverse())
  })
})

function inOrder({ id, types, scopes, expiresAt, createdAt, modifiedAt, attributes }: Entity) {
  return { id, types, scopes, expiresAt, createdAt, modifiedAt, attributes: sorted(attributes) }
}

function sorted(attributes: Attributes) {
  const names = Object.keys(attributes).sort((left, right) => Buffer.from(left).compare(Buffer.from(right)))
  return Object.fromEntries(names.map((name) => [name, attributes[name]?.map(instanceInOrder)]))
}

function instanceInOrder(one: Instance): unknown {
  const { kind, datasetId, value, observedAt, unitCode, valueType, objectType, expiresAt } = one
  const { createdAt, modifiedAt, attributes } = one
  const members = { kind, datasetId, value, observedAt, unitCode, valueType, objectType, expiresAt }
  return { ...members, createdAt, modifiedAt, attributes: attributes && sorted(attributes) }
}
