import { expect } from 'chai'
import { property } from './leak-entities.ts'
import { type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const QUERY = '/ngsi-ld/v1/entities?type=ServiceRequest&q=reporterPhone=="0900000417"'
const EXPLAIN = { headers: { 'hub-explain': 'true' } }

describe('e2e: Hub-Explain is for those who may read explanations', () => {
  let hubs: SecuredHubs
  before(async () => {
    hubs = await startSecuredHubs()
    const id = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:explained'
    const body = [{ id, type: 'ServiceRequest', reporterPhone: property('0900000417') }]
    await hubs.load(body)
  })
  after(() => hubs.stop())

  it('tells the data-protection officer', async () => {
    const { status, headers } = await hubs.send(hubs.city, 'dpo', QUERY, EXPLAIN)
    expect(status).to.equal(200)
    expect(JSON.parse(String(headers['hub-explain']))).to.deep.include({ matches: 1 })
  })

  for (const [asker, status] of [
    ['anonymous', 401],
    ['public', 403],
    ['analyst', 403],
    ['operator.thai-nguyen', 403],
    ['peer hub', 403],
  ] as const) {
    it(`tells ${asker} nothing of rows that it does not see`, async () => {
      const answer = await hubs.send(hubs.city, asker, QUERY, EXPLAIN)
      expect(answer.status).to.equal(status)
      expect(answer.headers).not.to.have.property('hub-explain')
    })
  }
})
