import { expect } from 'chai'
import { ENTITIES, query, useApi } from '../support/api.ts'

describe('4.19 NGSI-LD Scope Query Language', () => {
  const api = useApi()
  before(async () => {
    await api.create('urn:s:1', { scope: '/A' })
    await api.create('urn:s:2', { scope: '/A/B' })
    await api.create('urn:s:3', { scope: ['/A/B/C', '/D'] })
    await api.create('urn:s:4', { scope: '/E/B' })
    await api.create('urn:s:5', { scope: '/AB' })
    await api.create('urn:s:6')
  })

  describe('selects by levels, + for any one, # for all below, and their combinations', () => {
    for (const [scopeQ, expected] of [
      ['/A', [1]],
      ['A', [1]],
      ['/A/B', [2]],
      ['/A/#', [1, 2, 3]],
      ['/A/B/#', [2, 3]],
      ['/+', [1, 3, 5]],
      ['/+/B', [2, 4]],
      ['/+/B/#', [2, 3, 4]],
      ['/A/+', [2]],
      ['/#', [1, 2, 3, 4, 5]],
      ['/A,/D', [1, 3]],
      ['/A|/D', [1, 3]],
      ['(/A/#;/D)', [3]],
      ['(/A;/D)', []],
      ['/A/#;/D', [3]],
      ['/AB,(/A/#;/D)', [3, 5]],
      ['/a', []],
    ] as const) {
      it(`${scopeQ} selects ${expected.join(', ') || 'nothing'}`, async () => {
        expect(
          (await api.ids(query({ type: 'Room', scopeQ }))).map((id) => Number(id.slice(6))),
        ).to.deep.equal(expected)
      })
    }
  })

  describe('refuses what is no scope query', () => {
    for (const scopeQ of ['/', '/A/', '/A//B', '/A/#/B', '/A#', '/1A', '(/A', '/A)', '/A||/B', '/A/*', ','])
      it(scopeQ, () =>
        api
          .refused(api.send(`${ENTITIES}?${query({ type: 'Room', scopeQ })}`), 400, 'BadRequestData')
          .then(() => undefined),
      )
  })
})
