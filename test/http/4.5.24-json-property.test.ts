import { expect } from 'chai'
import { refusesAttributes, useApi } from '../support/api.ts'

describe('4.5.24 NGSI-LD JsonProperty Representations', () => {
  const api = useApi()

  it('keeps JSON untouched: null, names of the core and arrays of one', async () => {
    for (const [at, json] of [
      { nothing: null, list: [1], id: 'x', type: 'Property', '@id': 'y', level: 'https://example.org/level' },
      [null, { value: 1 }],
      {},
    ].entries()) {
      const id = `urn:jp:${at}`
      await api.create(id, { a: { type: 'JsonProperty', json } })
      expect((await api.read(id)).a).to.deep.equal({ type: 'JsonProperty', json })
      for (const format of ['concise', 'simplified'])
        expect((await api.read(id, `?format=${format}`)).a).to.deep.equal({ json })
    }
  })

  it('is found by its literal keys', async () => {
    await api.create('urn:jp:q', { b: { json: { deep: { key: 'x' } } } })
    expect(await api.ids('q=b[deep.key]=="x"&jsonKeys=b')).to.deep.equal(['urn:jp:q'])
    expect(await api.ids('q=b[key]=="x"&jsonKeys=b')).to.deep.equal([])
  })

  refusesAttributes(api, [
    ['a JsonProperty without json', { type: 'JsonProperty' }],
    ['a value', { type: 'JsonProperty', value: {} }],
    ['a unitCode', { type: 'JsonProperty', json: {}, unitCode: 'CEL' }],
    ['a text', { json: 'x' }],
    ['null', { json: null }],
  ])
})
