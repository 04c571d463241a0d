import { expect } from 'chai'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const ID = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:remembered-1'
const PHONE = '0900000712'

describe('e2e: remembered answers are those of the same view', () => {
  let hubs: SecuredHubs
  before(async () => {
    hubs = await startSecuredHubs()
    const body = [{ id: ID, type: 'ServiceRequest', reporterPhone: { type: 'Property', value: PHONE } }]
    await hubs.load(body)
  })
  after(() => hubs.stop())

  const ask = (asker: Asker, path: string) => hubs.send(hubs.city, asker, `/ngsi-ld/v1${path}`)

  for (const path of [
    `/entities/${ID}?local=true`,
    '/entities?type=ServiceRequest&local=true',
    `/temporal/entities/${ID}?lastN=1`,
    '/temporal/entities?type=ServiceRequest&timeproperty=modifiedAt&timerel=after&timeAt=2020-01-01T00:00:00Z',
  ]) {
    it(`GET ${path.replace(ID, '{id}')}`, async () => {
      for (let times = 0; times < 3; times++) {
        for (const asker of ['dpo', 'analyst', 'operator.thai-nguyen', 'public', 'anonymous'] as const) {
          const { status, text } = await ask(asker, path)
          expect(text.includes(PHONE), `${asker} ${status}`).to.equal(asker === 'dpo')
        }
      }
    })
  }

  it('are not given to a token that is wrong', async () => {
    await ask('dpo', `/entities/${ID}?local=true`)
    const authorization = `${hubs.as('dpo').authorization ?? hubs.as('dpo').Authorization}x`
    const { status } = await hubs.city.send(`/ngsi-ld/v1/entities/${ID}?local=true`, {
      headers: { authorization },
    })
    expect(status).to.equal(401)
  })
})
