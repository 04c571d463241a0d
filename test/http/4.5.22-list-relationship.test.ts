import { expect } from 'chai'
import { refusesAttributes, useApi } from '../support/api.ts'

describe('4.5.22 NGSI-LD ListRelationship Representations', () => {
  const api = useApi()
  const list = [{ object: 'urn:o:2' }, { object: 'urn:o:1' }, { object: 'urn:o:2' }]
  const bare = ['urn:o:2', 'urn:o:1', 'urn:o:2']

  it('keeps the order and what is there twice', async () => {
    const a = { type: 'ListRelationship', objectList: list, objectType: 'Hall' }
    await api.create('urn:lr:1', { a })
    expect((await api.read('urn:lr:1')).a).to.deep.equal(a)
  })

  it('reads bare URIs as well, which the concise and the simplified form write', async () => {
    await api.create('urn:lr:2', { a: { objectList: bare } })
    expect((await api.read('urn:lr:2')).a).to.deep.equal({ type: 'ListRelationship', objectList: list })
    expect((await api.read('urn:lr:2', '?format=concise')).a).to.deep.equal({ objectList: bare })
    expect((await api.read('urn:lr:2', '?format=simplified')).a).to.deep.equal(bare)
  })

  refusesAttributes(api, [
    ['a ListRelationship without objectList', { type: 'ListRelationship' }],
    ['an object', { type: 'ListRelationship', object: 'urn:o:1' }],
    ['a single URI', { objectList: 'urn:o:1' }],
    ['an item that is no URI', { objectList: ['hall'] }],
    ['an item with more than an object', { objectList: [{ object: 'urn:o:1', value: 1 }] }],
    ['NGSI-LD Null among the items', { objectList: ['urn:o:1', 'urn:ngsi-ld:null'] }],
  ])
})
