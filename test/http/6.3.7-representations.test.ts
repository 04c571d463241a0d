import { expect } from 'chai'
import { ENTITIES, OPERATIONS, useApi } from '../support/api.ts'

describe('6.3.7 Representation of Entities', () => {
  const api = useApi()
  before(() =>
    api.create('urn:f:1', { a: { type: 'Property', value: 1, by: { type: 'Property', value: 2 } } }),
  )
  const id = { id: 'urn:f:1', type: 'Room' }
  const normalized = { ...id, a: { type: 'Property', value: 1, by: { type: 'Property', value: 2 } } }
  const concise = { ...id, a: { value: 1, by: 2 } }
  const simplified = { ...id, a: 1 }

  describe('is normalized, unless format or options say otherwise', () => {
    for (const [query, expected] of [
      ['', normalized],
      ['format=normalized', normalized],
      ['options=normalized', normalized],
      ['format=concise', concise],
      ['options=concise', concise],
      ['format=simplified', simplified],
      ['format=keyValues', simplified],
      ['options=simplified', simplified],
      ['options=keyValues', simplified],
      ['format=simplified&options=concise', simplified],
    ] as const) {
      it(query === '' ? 'nothing' : query, async () => {
        expect(await api.read('urn:f:1', `?${query}`)).to.deep.equal(expected)
        expect((await api.send(`${ENTITIES}?type=Room&${query}`)).body).to.deep.equal([expected])
        const asked = await api.write('POST', `${OPERATIONS}/query?${query}`, { type: 'Query', q: 'a' })
        expect(asked.body).to.deep.equal([expected])
      })
    }
  })

  it('refuses a format that there is not', async () => {
    for (const query of ['format=turtle', 'options=turtle', 'format=Concise'])
      await api.refused(api.send(`${ENTITIES}/urn:f:1?${query}`), 400, 'InvalidRequest')
  })
})
