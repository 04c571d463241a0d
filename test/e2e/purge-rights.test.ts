import { expect } from 'chai'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const FIRST = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:purge-1'
const SECOND = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:purge-2'

const property = (value: unknown) => ({ type: 'Property', value })

function report(id: string, phone: string): object {
  return {
    id,
    type: 'ServiceRequest',
    requestCode: property('PA-0611'),
    status: property('received'),
    reporterPhone: property(phone),
  }
}

describe('e2e: 5.6.21 Purge Entities and who may do it', () => {
  let hubs: SecuredHubs
  before(async () => {
    hubs = await startSecuredHubs()
    const body = [report(FIRST, '0900000611'), report(SECOND, '0900000612')]
    await hubs.load(body)
  })
  after(() => hubs.stop())

  const purge = (asker: Asker, search: string) =>
    hubs.send(hubs.city, asker, `${ENTITIES}?${search}`, { method: 'DELETE' })
  const members = async (id: string) =>
    (await hubs.send(hubs.city, 'dpo', `${ENTITIES}/${id}?format=simplified`)).body

  for (const [asker, status] of [
    ['anonymous', 401],
    ['public', 403],
    ['analyst', 403],
    ['operator.thai-nguyen', 403],
    ['operator.song-cong', 403],
    ['peer hub', 403],
  ] as const) {
    it(`${asker} may not purge, whatever is there`, async () => {
      for (const search of ['type=ServiceRequest', 'type=Nothing', 'type=ServiceRequest&drop=status'])
        expect((await purge(asker, search)).status, search).to.equal(status)
      expect(await members(FIRST)).to.include.keys('status', 'reporterPhone')
    })
  }

  it('the data-protection officer takes away an attribute, then an entity', async () => {
    expect((await purge('dpo', `type=ServiceRequest&drop=reporterPhone`)).status).to.equal(204)
    for (const id of [FIRST, SECOND]) {
      expect(await members(id)).to.not.have.property('reporterPhone')
      expect(await members(id)).to.include({ requestCode: 'PA-0611', status: 'received' })
    }
    expect((await purge('dpo', `type=ServiceRequest&id=${FIRST}`)).status).to.equal(204)
    expect(await members(FIRST)).to.include({ status: 404 })
    expect(await members(SECOND)).to.include({ status: 'received' })
  })
})
