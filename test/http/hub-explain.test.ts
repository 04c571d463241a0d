import { expect } from 'chai'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'
import { onMongo } from '../support/store-of-tests.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const EXPLAIN = { 'hub-explain': 'true' }

/** Each store names its own. */
const index = (embedded: string, server: string) => [onMongo ? server : embedded]

describe('Hub-Explain: how a query was answered', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
    const body = Array.from({ length: 40 }, (_, at) => ({
      id: `urn:e:${at}`,
      type: at < 30 ? 'Room' : 'Hall',
      level: { type: 'Property', value: at, unit: 'm' },
      location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105 + at / 100, 21] } },
    }))
    expect((await hub.send('/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })).status).to.equal(
      201,
    )
  })
  after(() => hub.stop())

  const told = ({ headers }: TestAnswer) => JSON.parse(String(headers['hub-explain']))
  const explain = async (query: string) => {
    const answer = await hub.send(`${ENTITIES}?${query}`, { headers: EXPLAIN })
    expect(answer.status, answer.text).to.equal(200)
    return told(answer)
  }

  for (const [query, expected] of [
    ['type=Hall', { drivers: index('entity_type', 'types'), exact: true, candidates: 10, matches: 10 }],
    // by which index values are found depends on the server
    [
      'type=Room&q=level==7',
      onMongo ? { matches: 1 } : { drivers: ['scalar'], exact: true, candidates: 1, matches: 1 },
    ],
    ['local=true&limit=100', { drivers: index('entity', 'place'), exact: true, candidates: 40, matches: 40 }],
    ['type=Nothing', { drivers: index('nothing', 'types'), exact: true, candidates: 0, matches: 0 }],
    [
      'type=Hall&q=level.unit=="m"',
      { drivers: index('entity_type', 'attributes+types'), exact: false, candidates: 10, matches: 10 },
    ],
    ['type=Hall&q=level!=35', { exact: false, candidates: 10, matches: 9 }],
    ['type=Hall&id=urn:e:35,urn:e:1', { exact: true, candidates: 1, matches: 1 }],
  ] as const) {
    it(`tells index, candidates and matches of ${query}`, async () => {
      const explanation = await explain(query)
      expect(explanation).to.deep.include({ cache: 'miss', ...expected })
      if ('exact' in expected) expect(explanation.reads).to.equal(1)
      expect(explanation.milliseconds).to.be.a('number')
    })
  }

  it('tells whether the page was remembered, and then of nothing that was read', async () => {
    await explain('type=Room&limit=5')
    expect(await explain('type=Room&limit=5')).to.deep.include({ cache: 'hit', reads: 0, candidates: 0 })
  })

  it('works for queries in a body', async () => {
    const body = { type: 'Query', entities: [{ type: 'Hall' }] }
    const answer = await hub.send('/ngsi-ld/v1/entityOperations/query?limit=9', {
      method: 'POST',
      body,
      headers: EXPLAIN,
    })
    expect(told(answer).candidates).to.equal(10)
    expect(answer.body).to.have.length(9)
  })

  it('changes no answer, and is not there unasked', async () => {
    const plain = await hub.send(`${ENTITIES}?type=Hall`)
    const explained = await hub.send(`${ENTITIES}?type=Hall`, { headers: EXPLAIN })
    expect(explained.text).to.equal(plain.text)
    for (const headers of [{}, { 'hub-explain': 'false' }] as const)
      expect((await hub.send(`${ENTITIES}?type=Hall`, { headers })).headers).not.to.have.property(
        'hub-explain',
      )
    const other = await hub.send(`${ENTITIES}?type=Hall`, { headers: { 'hub-explain': 'yes' } })
    expect([other.status, other.body.type]).to.deep.equal([
      400,
      'https://uri.etsi.org/ngsi-ld/errors/InvalidRequest',
    ])
  })
})
