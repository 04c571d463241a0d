import { expect } from 'chai'
import { ENTITIES, query, useApi } from '../support/api.ts'

describe('4.17 NGSI-LD Entity Type Selection Language', () => {
  const api = useApi()
  before(async () => {
    await api.create('urn:t:a', { type: 'A' })
    await api.create('urn:t:b', { type: 'B' })
    await api.create('urn:t:ab', { type: ['A', 'B'] })
    await api.create('urn:t:c', { type: 'https://example.org/C' })
  })

  describe('selects by names and URIs, any of them, or all of them in parentheses', () => {
    for (const [type, expected] of [
      ['A', ['a', 'ab']],
      ['A,B', ['a', 'ab', 'b']],
      ['A|B', ['a', 'ab', 'b']],
      ['(A;B)', ['ab']],
      ['(A;B)|https://example.org/C', ['ab', 'c']],
      ['(A;D),B', ['ab', 'b']],
      ['https://example.org/C', ['c']],
      ['C', []],
      ['*', ['a', 'ab', 'b', 'c']],
    ] as const) {
      it(`${type} selects ${expected.join(', ') || 'nothing'}`, async () => {
        const ids = await api.ids(query({ type }))
        expect(ids.map((id) => id.slice(6))).to.deep.equal(expected)
      })
    }
  })

  it('does not let type=* go with local=false', async () => {
    await api.refused(api.send(`${ENTITIES}?type=*&local=false`), 400, 'BadRequestData')
    expect(await api.ids('type=*&local=true')).to.have.length(4)
  })

  describe('refuses what is no type selection', () => {
    for (const type of ['A;B', '(A;B', 'A)', '(A|B;C)', 'A||B', ',A', 'A b', '1A', '(*;A)', '()'])
      it(type, () =>
        api.refused(api.send(`${ENTITIES}?${query({ type })}`), 400, 'BadRequestData').then(() => undefined),
      )
  })
})
