import { expect } from 'chai'
import { ENTITIES, OPERATIONS, query, useApi } from '../support/api.ts'

describe('5.7.2 Query Entities', () => {
  const api = useApi()
  before(async () => {
    for (let at = 0; at < 5; at++) {
      await api.create(`urn:q:${at}`, {
        type: at === 4 ? ['Room', 'Hall'] : 'Hall',
        level: at,
        ...(at > 2 && { upper: true }),
        scope: `/tn/s${at}`,
        location: { type: 'Point', coordinates: [105.8 + at / 100, 21.5] },
      })
    }
  })
  const numbers = async (text: string) => (await api.ids(text)).map((id) => Number(id.at(-1)))

  describe('finds by each part of a query, and by several at once', () => {
    for (const [title, parameters, expected] of [
      ['type', { type: 'Room' }, [4]],
      ['ids', { type: 'Hall', id: 'urn:q:1,urn:q:3,urn:q:none' }, [1, 3]],
      ['a pattern of ids', { type: 'Hall', idPattern: '^urn:q:[12]$' }, [1, 2]],
      ['ids before a pattern of ids', { type: 'Hall', id: 'urn:q:1', idPattern: 'urn:q:2' }, [1]],
      ['attributes, one of which has to be there', { attrs: 'upper,unknown' }, [3, 4]],
      ['q', { q: 'level>=3' }, [3, 4]],
      ['scope', { type: 'Hall', scopeQ: '/tn/s3' }, [3]],
      ['geometry', { georel: 'near;maxDistance==500', geometry: 'Point', coordinates: '[105.8,21.5]' }, [0]],
      ['type and q', { type: 'Room', q: 'level<4' }, []],
      ['type, q and scope', { type: 'Hall', q: 'level>1', scopeQ: '/tn/s2,/tn/s1' }, [2]],
      ['nothing but local=true', { local: 'true' }, [0, 1, 2, 3, 4]],
      ['type=*', { type: '*' }, [0, 1, 2, 3, 4]],
    ] as const) {
      it(title, async () => expect(await numbers(query(parameters))).to.deep.equal(expected))
    }
  })

  it('answers an empty array when nothing matches', async () => {
    const answer = await api.send(`${ENTITIES}?type=Nothing`)
    expect([answer.status, answer.body]).to.deep.equal([200, []])
  })

  describe('refuses a query that would select everything', () => {
    for (const text of [
      '',
      'id=urn:q:1',
      'idPattern=urn',
      'scopeQ=/tn/%23',
      'pick=level',
      'attrs=createdAt',
      'q=modifiedAt>2020-01-01T00:00:00Z',
      'local=false',
      'limit=1',
    ])
      it(`?${text}`, () =>
        api.refused(api.send(`${ENTITIES}?${text}`), 400, 'BadRequestData', /too much/).then(() => undefined))
  })

  it('counts an attribute beside names of the system as a selection', async () => {
    expect(await numbers('attrs=createdAt,upper')).to.deep.equal([3, 4])
  })

  it('refuses ids that are no URIs', async () => {
    await api.refused(api.send(`${ENTITIES}?type=Hall&id=urn:q:1,none`), 400, 'BadRequestData')
  })

  it('answers only the attributes of attrs, with id, type and scope', async () => {
    const { body } = await api.send(`${ENTITIES}?attrs=upper`)
    expect(body).to.have.length(2)
    for (const entity of body) expect(entity).to.have.all.keys('id', 'type', 'scope', 'upper')
  })

  it('keeps an entity that matches when a projection leaves little of it', async () => {
    const { body } = await api.send(`${ENTITIES}?type=Room&pick=id`)
    expect(body).to.deep.equal([{ id: 'urn:q:4' }])
  })

  describe('takes the query as a body', () => {
    const ask = (body: object) => api.write('POST', `${OPERATIONS}/query`, { type: 'Query', ...body })
    const found = async (body: object) => {
      const answer = await ask(body)
      expect(answer.status, answer.text).to.equal(200)
      return answer.body.map(({ id }: { id: string }) => Number(id.at(-1))).sort()
    }
    for (const [title, body, expected] of [
      [
        'selectors, any of which selects',
        { entities: [{ type: 'Hall', id: 'urn:q:1' }, { type: 'Room' }] },
        [1, 4],
      ],
      ['a selector with several ids', { entities: [{ type: 'Hall', id: ['urn:q:1', 'urn:q:2'] }] }, [1, 2]],
      ['a selector with a pattern', { entities: [{ type: 'Hall', idPattern: '[34]$' }] }, [3, 4]],
      ['a selector with a type selection', { entities: [{ type: '(Hall;Room)' }] }, [4]],
      ['q', { q: 'level==1|level==2' }, [1, 2]],
      ['attrs', { attrs: ['upper', 'unknown'] }, [3, 4]],
      ['scopeQ', { entities: [{ type: 'Hall' }], scopeQ: '/tn/s1' }, [1]],
      [
        'geoQ with coordinates as JSON',
        { geoQ: { georel: 'near;maxDistance==500', geometry: 'Point', coordinates: [105.8, 21.5] } },
        [0],
      ],
    ] as const) {
      it(title, async () => expect(await found(body)).to.deep.equal(expected))
    }

    it('pick, omit, lang and datasetId mean what the parameters mean', async () => {
      const { body } = await ask({ entities: [{ type: 'Room' }], pick: ['id', 'level'] })
      expect(body).to.deep.equal([{ id: 'urn:q:4', level: { type: 'Property', value: 4 } }])
    })

    describe('refuses what is no Query', () => {
      for (const [title, body] of [
        ['another type', { type: 'Query2', q: 'level' }],
        ['an empty list of selectors', { entities: [] }],
        ['a selector without type', { entities: [{ id: 'urn:q:1' }] }],
        ['a selector with an id that is no URI', { entities: [{ type: 'Hall', id: 'none' }] }],
        ['an empty list of attributes', { attrs: [] }],
        ['an empty pick', { q: 'level', pick: [] }],
        ['a q that is no text', { q: 1 }],
        ['an unknown member', { q: 'level', unknown: 1 }],
        ['a query that would select everything', {}],
      ] as const) {
        it(title, () => api.refused(ask(body), 400, 'BadRequestData').then(() => undefined))
      }
    })
  })
})
