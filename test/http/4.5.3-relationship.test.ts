import { expect } from 'chai'
import { refusesAttributes, useApi } from '../support/api.ts'

describe('4.5.3 NGSI-LD Relationship Representations', () => {
  const api = useApi()

  it('points to one URI or several, and keeps objectType and sub-attributes', async () => {
    const one = {
      type: 'Relationship',
      object: 'urn:o:1',
      objectType: 'Hall',
      since: { type: 'Property', value: 2026 },
    }
    const many = {
      type: 'Relationship',
      object: ['urn:o:1', 'https://example.org/2'],
      objectType: ['Hall', 'Shed'],
    }
    await api.create('urn:r:1', { one, many })
    expect(await api.read('urn:r:1')).to.deep.equal({ id: 'urn:r:1', type: 'Room', one, many })
  })

  it('is known by its object in the concise form', async () => {
    await api.create('urn:r:2', { one: { object: 'urn:o:1' } })
    expect((await api.read('urn:r:2')).one).to.deep.equal({ type: 'Relationship', object: 'urn:o:1' })
    expect((await api.read('urn:r:2', '?format=concise')).one).to.deep.equal({ object: 'urn:o:1' })
  })

  it('is the bare URI, or the bare URIs, in the simplified form', async () => {
    await api.create('urn:r:3', { one: { object: 'urn:o:1' }, many: { object: ['urn:o:1', 'urn:o:2'] } })
    expect(await api.read('urn:r:3', '?format=simplified')).to.deep.equal({
      id: 'urn:r:3',
      type: 'Room',
      one: 'urn:o:1',
      many: ['urn:o:1', 'urn:o:2'],
    })
  })

  refusesAttributes(api, [
    ['a Relationship without object', { type: 'Relationship' }],
    ['a value instead of an object', { type: 'Relationship', value: 'urn:o:1' }],
    ['the previous value of another kind', { type: 'Relationship', object: 'urn:o:1', previousValue: 1 }],
    ['an object that is no URI', { type: 'Relationship', object: 'hall' }],
    ['an object that is no text', { type: 'Relationship', object: 7 }],
    ['an empty array', { type: 'Relationship', object: [] }],
    ['an array with something else', { type: 'Relationship', object: ['urn:o:1', 7] }],
  ])
})
