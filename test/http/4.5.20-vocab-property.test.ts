import { expect } from 'chai'
import { linkTo, refusesAttributes, useApi } from '../support/api.ts'

describe('4.5.20 NGSI-LD VocabProperty Representations', () => {
  const api = useApi()

  it('keeps one term or several, which are IRIs inside and terms outside', async () => {
    await api.create('urn:b:1', {
      one: { type: 'VocabProperty', vocab: 'office' },
      many: { vocab: ['office', 'shed'] },
    })
    expect(await api.read('urn:b:1')).to.deep.equal({
      id: 'urn:b:1',
      type: 'Room',
      one: { type: 'VocabProperty', vocab: 'office' },
      many: { type: 'VocabProperty', vocab: ['office', 'shed'] },
    })
    expect((await api.read('urn:b:1', '?format=concise')).one).to.deep.equal({ vocab: 'office' })
    const terms = {
      office: 'https://example.org/office',
      vocabulary: 'https://uri.etsi.org/ngsi-ld/default-context/',
    }
    const { headers } = await api.write('POST', '/ngsi-ld/v1/jsonldContexts', { '@context': terms })
    const link = linkTo(api.hub.url + headers.location)
    await api.create('urn:b:2', { one: { vocab: 'office' } }, link)
    expect((await api.read('urn:b:2')).one.vocab).to.equal('https://example.org/office')
    expect((await api.read('urn:b:2', '', link)).one.vocab).to.equal('office')
  })

  refusesAttributes(api, [
    ['a VocabProperty without vocab', { type: 'VocabProperty' }],
    ['a value', { type: 'VocabProperty', value: 'office' }],
    ['a unitCode', { type: 'VocabProperty', vocab: 'office', unitCode: 'CEL' }],
    ['a number', { vocab: 1 }],
    ['an empty text', { vocab: '' }],
    ['an array with something else', { vocab: ['office', 1] }],
  ])
})
