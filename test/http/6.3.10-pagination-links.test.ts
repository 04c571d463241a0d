import { expect } from 'chai'
import { ENTITIES, OPERATIONS, useApi } from '../support/api.ts'

describe('6.3.10 Pagination behaviour', () => {
  const api = useApi()
  before(async () => {
    const rooms = Array.from({ length: 4 }, (_, at) => ({ id: `urn:l:${at}`, type: 'Room', level: at }))
    await api.write('POST', `${OPERATIONS}/create`, rooms)
  })

  it('echoes all parameters, readable, without a trailing slash', async () => {
    const answer = await api.send(`${ENTITIES}/?type=Room&limit=1&offset=1&idPattern=urn:l:.*`)
    const common = 'idPattern=urn:l:.*&limit=1'
    expect(answer.headers.link).to.deep.equal([
      `<${ENTITIES}?${common}&offset=0&type=Room>; rel="prev"; type="application/json"`,
      `<${ENTITIES}?${common}&offset=2&type=Room>; rel="next"; type="application/json"`,
      '<https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"',
    ])
  })

  it('encodes what would look like the end of a link to those who read it superficially', async () => {
    const q = encodeURIComponent('level>0;level==1,2')
    const { headers } = await api.send(`${ENTITIES}?type=Room&limit=1&q=${q}`)
    const [next = ''] = [headers.link].flat()
    const [url, ...parameters] = next.split(';')
    expect(url).to.match(/^<[^,]+>$/)
    expect(parameters).to.deep.equal([' rel="next"', ' type="application/json"'])
    expect((await api.send(String(url).slice(1, -1))).body.map(({ id }: { id: string }) => id)).to.deep.equal(
      ['urn:l:2'],
    )
  })

  it('names the media type of the answer as type of the links', async () => {
    for (const type of ['application/json', 'application/ld+json', 'application/geo+json']) {
      const { headers } = await api.send(`${ENTITIES}?type=Room&limit=1`, { headers: { Accept: type } })
      expect(String(headers.link)).to.include(`rel="next"; type="${type}"`)
    }
  })

  describe('refuses limits and offsets that are no whole numbers of 0 or more, and 0 without count', () => {
    for (const [text, type] of [
      ['limit=-1', 'BadRequestData'],
      ['limit=two', 'BadRequestData'],
      ['limit=1.5', 'BadRequestData'],
      ['offset=-1', 'BadRequestData'],
      ['offset=two', 'BadRequestData'],
      ['limit=0', 'BadRequestData'],
      ['limit=1&limit=2', 'InvalidRequest'],
    ] as const)
      it(`?${text}`, () =>
        api.refused(api.send(`${ENTITIES}?type=Room&${text}`), 400, type).then(() => undefined))
  })

  it('pages through a query that came as a body', async () => {
    const body = { type: 'Query', entities: [{ type: 'Room' }], q: 'level>0' }
    const first = await api.write('POST', `${OPERATIONS}/query?limit=2`, body)
    const next = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? ''
    expect(next).to.match(/^\/ngsi-ld\/v1\/entityOperations\/query\?/)
    const second = await api.write('POST', next, body)
    expect([...first.body, ...second.body].map(({ id }) => id)).to.deep.equal([
      'urn:l:1',
      'urn:l:2',
      'urn:l:3',
    ])
    await api.refused(api.write('POST', next, { ...body, q: 'level>1' }), 400, 'BadRequestData')
  })
})
