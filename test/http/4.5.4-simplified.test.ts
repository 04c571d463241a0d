import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'

describe('4.5.4 Simplified Representation', () => {
  const api = useApi()
  const point = { type: 'Point', coordinates: [105.8, 21.5] }
  const normalized = {
    property1: { type: 'Property', value: { deep: [1, 'two', true] } },
    geo1: { type: 'GeoProperty', value: point },
    language1: { type: 'LanguageProperty', languageMap: { vi: 'phòng', en: 'room' } },
    vocab1: { type: 'VocabProperty', vocab: 'office' },
    json1: { type: 'JsonProperty', json: { nothing: null } },
    list1: { type: 'ListProperty', valueList: [1] },
    relationship1: { type: 'Relationship', object: 'urn:s:other' },
    listRelationship1: {
      type: 'ListRelationship',
      objectList: [{ object: 'urn:s:a' }, { object: 'urn:s:b' }],
    },
  }
  const simplified = {
    property1: { deep: [1, 'two', true] },
    geo1: point,
    language1: { languageMap: { vi: 'phòng', en: 'room' } },
    vocab1: { vocab: 'office' },
    json1: { json: { nothing: null } },
    list1: [1],
    relationship1: 'urn:s:other',
    listRelationship1: ['urn:s:a', 'urn:s:b'],
  }
  before(() => api.create('urn:s:1', { ...normalized, scope: '/A' }))

  it('keeps all eight kinds of attribute', async () => {
    expect(await api.read('urn:s:1')).to.deep.equal({
      id: 'urn:s:1',
      type: 'Room',
      scope: '/A',
      ...normalized,
    })
  })

  it('writes each kind by its value, with maps, vocabularies and JSON under their member', async () => {
    const expected = { id: 'urn:s:1', type: 'Room', scope: '/A', ...simplified }
    for (const query of [
      '?format=simplified',
      '?format=keyValues',
      '?options=simplified',
      '?options=keyValues',
    ])
      expect(await api.read('urn:s:1', query)).to.deep.equal(expected)
    const { body } = await api.send(`${ENTITIES}?type=Room&format=simplified`)
    expect(body).to.deep.equal([expected])
  })

  it('says nothing of sub-attributes, units and times', async () => {
    await api.create('urn:s:2', {
      a: { value: 1, unitCode: 'CEL', observedAt: '2026-01-01T00:00:00Z', by: 'one' },
    })
    expect(await api.read('urn:s:2', '?format=simplified')).to.deep.equal({
      id: 'urn:s:2',
      type: 'Room',
      a: 1,
    })
  })

  it('writes several instances under their datasetIds, the default one under @none', async () => {
    await api.create('urn:s:3', { a: [{ value: 1 }, { value: 2, datasetId: 'urn:s:d' }] })
    expect((await api.read('urn:s:3', '?format=simplified')).a).to.deep.equal({
      dataset: { '@none': 1, 'urn:s:d': 2 },
    })
  })

  it('merges back into an entity of the same kinds without a change', async () => {
    const before = await api.read('urn:s:1', '?options=sysAttrs')
    const answer = await api.write('PATCH', `${ENTITIES}/urn:s:1?format=simplified`, simplified)
    expect(answer.status).to.equal(204)
    expect(await api.read('urn:s:1', '?options=sysAttrs')).to.deep.equal(before)
  })
})
