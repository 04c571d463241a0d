import { expect } from 'chai'
import { ENTITIES, refusesAttributes, useApi } from '../support/api.ts'

describe('4.5.2 NGSI-LD Property Representations', () => {
  const api = useApi()
  const observedAt = '2026-01-01T00:00:00Z'
  const attribute = async (id: string, query = '') => (await api.read(id, query)).a

  describe('keeps every JSON value as it is', () => {
    for (const [at, value] of [
      1,
      -1.5,
      0,
      true,
      false,
      '',
      'text',
      [],
      [1, 'two', [3]],
      {},
      { deep: { deeper: [1] } },
      { value: 1 },
      { type: 'Sensor' },
      { type: 'Property', value: 1 },
      { '@value': '2026-01-01', '@type': 'Date' },
      { '@type': '@json', '@value': null },
    ].entries()) {
      it(JSON.stringify(value), async () => {
        const id = `urn:v:${at}`
        await api.create(id, { a: { type: 'Property', value } })
        expect(await attribute(id)).to.deep.equal({ type: 'Property', value })
        const concise = await attribute(id, '?format=concise')
        await api.write('PUT', `${ENTITIES}/${id}`, { type: 'Room', a: concise })
        expect(await attribute(id)).to.deep.equal({ type: 'Property', value })
      })
    }
  })

  it('keeps observedAt, unitCode, valueType and sub-attributes at any depth', async () => {
    const a = {
      type: 'Property',
      value: 1,
      observedAt,
      unitCode: 'CEL',
      valueType: 'Temperature',
      by: { type: 'Relationship', object: 'urn:v:s', since: { type: 'Property', value: 2026 } },
    }
    await api.create('urn:v:all', { a })
    expect(await attribute('urn:v:all')).to.deep.equal(a)
  })

  it('leaves out the type in the concise form, and the value member of a bare value', async () => {
    await api.create('urn:v:concise', {
      a: { type: 'Property', value: 1, unitCode: 'CEL', by: { type: 'Property', value: 2 } },
      b: { type: 'Property', value: 3 },
    })
    const { a, b } = await api.read('urn:v:concise', '?format=concise')
    expect([a, b]).to.deep.equal([{ value: 1, unitCode: 'CEL', by: 2 }, 3])
  })

  it('takes a concise object with a type for a normalized attribute', async () => {
    const body = { id: 'urn:v:none', type: 'Room', a: { type: 'Sensor', level: 1 } }
    await api.refused(api.write('POST', ENTITIES, body), 400, 'BadRequestData')
  })

  refusesAttributes(api, [
    ['a Property without value', { type: 'Property' }],
    ['a Property with an object', { type: 'Property', object: 'urn:v:1' }],
    ['value and object together', { type: 'Property', value: 1, object: 'urn:v:1' }],
    ['value and languageMap together', { value: 1, languageMap: { en: 'x' } }],
    ['the previous value of another kind', { type: 'Property', value: 1, previousObject: 'urn:v:1' }],
    ['an observedAt without Z', { value: 1, observedAt: '2026-01-01T00:00:00' }],
    ['an observedAt that is no DateTime', { value: 1, observedAt: 'yesterday' }],
    ['a unitCode that is no text', { value: 1, unitCode: 7 }],
    ['the spelling of before version 1.8', { type: 'VocabularyProperty', vocab: 'x' }],
    ['a value nested too deep', { value: JSON.parse('['.repeat(100) + ']'.repeat(100)) }],
  ])

  describe('holds a proof of integrity in ngsildproof', () => {
    const proven = (members: object, value: unknown = { type: 'DataIntegrityProof', proofValue: 'z1' }) => ({
      id: 'urn:v:proven',
      type: 'Room',
      ngsildproof: { type: 'Property', value, ...members },
    })
    const sealed = { entityIdSealed: 'urn:v:proven', entityTypeSealed: 'Room' }

    it('with the sealed members as the texts that they are', async () => {
      expect((await api.write('POST', ENTITIES, proven(sealed))).status).to.equal(201)
      expect(await api.read('urn:v:proven')).to.deep.equal(proven(sealed))
      await api.send(`${ENTITIES}/urn:v:proven`, { method: 'DELETE' })
    })

    for (const [title, body] of [
      ['not with a value that is no object', proven(sealed, 'z1')],
      [
        'not with a sealed member that is no text',
        proven({ entityIdSealed: { type: 'Property', value: 'x' } }),
      ],
      [
        'nor has another attribute sealed members',
        { id: 'urn:v:proven', type: 'Room', level: { value: 1, ...sealed } },
      ],
    ] as const) {
      it(title, async () => {
        await api.refused(api.write('POST', ENTITIES, body), 400, 'BadRequestData')
        await api.absent('urn:v:proven')
      })
    }
  })
})
