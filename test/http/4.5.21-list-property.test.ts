import { expect } from 'chai'
import { refusesAttributes, useApi } from '../support/api.ts'

describe('4.5.21 NGSI-LD ListProperty Representations', () => {
  const api = useApi()

  it('keeps the order, also of one item or none', async () => {
    for (const [at, valueList] of [[3, 1, 2], ['one'], [], [[1, 2], { a: 1 }]].entries()) {
      const id = `urn:lp:${at}`
      await api.create(id, { a: { type: 'ListProperty', valueList } })
      expect((await api.read(id)).a).to.deep.equal({ type: 'ListProperty', valueList })
      expect((await api.read(id, '?format=concise')).a).to.deep.equal({ valueList })
      expect((await api.read(id, '?format=simplified')).a).to.deep.equal(valueList)
    }
  })

  it('is known by its valueList in the concise form', async () => {
    await api.create('urn:lp:c', { a: { valueList: [1], unitCode: 'CEL' } })
    expect((await api.read('urn:lp:c')).a).to.deep.equal({
      type: 'ListProperty',
      valueList: [1],
      unitCode: 'CEL',
    })
  })

  refusesAttributes(api, [
    ['a ListProperty without valueList', { type: 'ListProperty' }],
    ['a value', { type: 'ListProperty', value: [1] }],
    ['a single value', { valueList: 1 }],
    ['an object', { valueList: { '@list': [1] } }],
    ['null among the items', { valueList: [1, null] }],
  ])
})
