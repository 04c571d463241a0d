import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'

describe('5.8.4 Query Subscriptions', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', 'limits.page': 3, 'limits.maxPage': 4 })
    for (let number = 0; number < 5; number++) {
      const body = {
        id: `urn:s:${number}`,
        type: 'Subscription',
        entities: [{ type: 'Bus' }],
        notification: { endpoint: { uri: 'http://receiver.example:9/notify' } },
      }
      expect((await hub.send(SUBSCRIPTIONS, { method: 'POST', body })).status).to.equal(201)
    }
  })
  after(() => hub.stop())

  const PAGES: readonly (readonly [string, readonly number[], string | undefined, string?])[] = [
    ['', [0, 1, 2], '</ngsi-ld/v1/subscriptions?limit=3&offset=3>; rel="next"; type="application/json"'],
    [
      '?limit=4',
      [0, 1, 2, 3],
      '</ngsi-ld/v1/subscriptions?limit=4&offset=4>; rel="next"; type="application/json"',
    ],
    [
      '?limit=2&offset=2',
      [2, 3],
      '</ngsi-ld/v1/subscriptions?limit=2&offset=4>; rel="next"; type="application/json"',
      '</ngsi-ld/v1/subscriptions?limit=2&offset=0>; rel="prev"; type="application/json"',
    ],
    [
      '?limit=2&offset=4',
      [4],
      undefined,
      '</ngsi-ld/v1/subscriptions?limit=2&offset=2>; rel="prev"; type="application/json"',
    ],
    ['?limit=0&count=true', [], undefined],
  ]
  describe('answers page by page, with links to the pages around', () => {
    for (const [search, numbers, next, prev] of PAGES) {
      it(`answers a page of ${search || 'the usual size'}`, async () => {
        const { body, headers, status } = await hub.send(`${SUBSCRIPTIONS}${search}`)
        expect(status).to.equal(200)
        expect(body.map(({ id }: { id: string }) => id)).to.deep.equal(
          numbers.map((number) => `urn:s:${number}`),
        )
        const links = String(headers.link ?? '')
        for (const [relation, link] of [
          ['next', next],
          ['prev', prev],
        ] as const) {
          if (link === undefined) expect(links).not.to.include(`rel="${relation}"`)
          else expect(links).to.include(link)
        }
      })
    }
  })

  it('counts all of them when it is asked to', async () => {
    const { headers } = await hub.send(`${SUBSCRIPTIONS}?limit=1&count=true`)
    expect(headers['ngsild-results-count']).to.equal('5')
    expect((await hub.send(SUBSCRIPTIONS)).headers).not.to.have.property('ngsild-results-count')
  })

  it('answers those of the tenant only', async () => {
    const headers = { 'NGSILD-Tenant': 'nobody' }
    expect((await hub.send(SUBSCRIPTIONS, { headers })).status).to.equal(404)
  })

  it('refuses too large a page, a page of nothing, and filters that are not of the standard', async () => {
    for (const search of ['limit=5', 'limit=0', 'limit=-1', 'q=status=="active"', 'offset=x']) {
      expect((await hub.send(`${SUBSCRIPTIONS}?${search}`)).status, search).to.be.oneOf([400, 403])
    }
  })
})
