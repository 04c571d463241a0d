import { expect } from 'chai'
import { refusesAttributes, useApi } from '../support/api.ts'

describe('4.5.18 NGSI-LD LanguageProperty Representations', () => {
  const api = useApi()
  const languageMap = { vi: 'phòng', en: ['room', 'chamber'], 'zh-Hans-CN': '房间', '@none': 'r' }

  it('holds texts or arrays of texts by language', async () => {
    const observedAt = '2026-01-01T00:00:00Z'
    const a = { type: 'LanguageProperty', languageMap, observedAt, by: { type: 'Property', value: 1 } }
    await api.create('urn:w:1', { a })
    expect((await api.read('urn:w:1')).a).to.deep.equal(a)
  })

  it('is known by its languageMap in the concise form', async () => {
    await api.create('urn:w:2', { a: { languageMap } })
    expect((await api.read('urn:w:2')).a).to.deep.equal({ type: 'LanguageProperty', languageMap })
    expect((await api.read('urn:w:2', '?format=concise')).a).to.deep.equal({ languageMap })
  })

  refusesAttributes(api, [
    ['a LanguageProperty without languageMap', { type: 'LanguageProperty' }],
    ['a value', { type: 'LanguageProperty', value: 'x' }],
    ['a previousVocab', { type: 'LanguageProperty', languageMap: { en: 'x' }, previousVocab: 'x' }],
    ['a unitCode', { type: 'LanguageProperty', languageMap: { en: 'x' }, unitCode: 'CEL' }],
    ['a map that is a text', { languageMap: 'x' }],
    ['a key that is no language tag', { languageMap: { 'not a tag': 'x' } }],
    ['a language with a number', { languageMap: { en: 1 } }],
    ['a language with an empty array', { languageMap: { en: [] } }],
    ['a language with null', { languageMap: { en: null } }],
  ])
})
