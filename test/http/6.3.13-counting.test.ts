import { expect } from 'chai'
import { ENTITIES, OPERATIONS, useApi } from '../support/api.ts'

describe('6.3.13 Counting number of results', () => {
  const api = useApi()
  before(async () => {
    const rooms = Array.from({ length: 5 }, (_, at) => ({ id: `urn:n:${at}`, type: 'Room', level: at }))
    await api.write('POST', `${OPERATIONS}/create`, rooms)
  })

  describe('counts all that match, whatever the page', () => {
    for (const [text, count, length] of [
      ['type=Room', 5, 5],
      ['type=Room&limit=2', 5, 2],
      ['type=Room&limit=2&offset=4', 5, 1],
      ['type=Room&limit=2&offset=9', 5, 0],
      ['type=Room&limit=0', 5, 0],
      ['type=Room&q=level>2', 2, 2],
      ['type=Room&q=level~="x"', 0, 0],
      ['type=Hall', 0, 0],
    ] as const) {
      it(text, async () => {
        const { headers, body } = await api.send(`${ENTITIES}?${encodeURI(text)}&count=true`)
        expect(headers['ngsild-results-count']).to.equal(String(count))
        expect(body).to.have.length(length)
      })
    }
  })

  it('says nothing of a count that is not asked for', async () => {
    for (const text of ['', '&count=false'])
      expect((await api.send(`${ENTITIES}?type=Room${text}`)).headers).to.not.have.property(
        'ngsild-results-count',
      )
  })

  it('has no links on a page of nothing', async () => {
    const { headers } = await api.send(`${ENTITIES}?type=Room&limit=0&count=true`)
    expect(headers.link).to.not.match(/rel="(next|prev)"/)
  })

  it('refuses a count that is neither true nor false', async () => {
    await api.refused(api.send(`${ENTITIES}?type=Room&count=1`), 400, 'InvalidRequest')
  })
})
