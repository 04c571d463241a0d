import { expect } from 'chai'
import type { TestAnswer, TestRequest } from '../support/hub.ts'
import { property } from './leak-entities.ts'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const MAPS = '/ngsi-ld/v1/entityMaps'
const PHONE = '0900000417'
const REPORTS = [PHONE, '0900000529'].map((phone, at) => ({
  id: `urn:ngsi-ld:ServiceRequest:thai-nguyen:map-${at}`,
  type: 'ServiceRequest',
  status: property('received'),
  reporterPhone: property(phone),
}))
const IDS = REPORTS.map(({ id }) => id)

describe('e2e: 5.14 EntityMaps show nothing that their reader does not see anyway', () => {
  let hubs: SecuredHubs
  before(async () => {
    hubs = await startSecuredHubs()
    await hubs.load(REPORTS)
  })
  after(() => hubs.stop())

  const send = (asker: Asker, path: string, request?: TestRequest) =>
    hubs.send(hubs.city, asker, path, request)
  const location = ({ headers }: TestAnswer) => String(headers['ngsild-entitymap'])
  const held = ({ body }: TestAnswer) => Object.keys(body.entityMap)
  const byPhone = `type=ServiceRequest&q=reporterPhone=="${PHONE}"`

  it('hold what their maker sees: a filter on what is masked selects nothing', async () => {
    expect(held(await send('dpo', `${MAPS}?${byPhone}`))).to.deep.equal(IDS.slice(0, 1))
    for (const asker of ['analyst', 'operator.thai-nguyen', 'public'] as const) {
      expect(held(await send(asker, `${MAPS}?type=ServiceRequest`)), asker).to.have.members(IDS)
      expect(held(await send(asker, `${MAPS}?${byPhone}`)), asker).to.deep.equal([])
    }
    expect((await send('anonymous', `${MAPS}?type=ServiceRequest`)).status).to.equal(401)
  })

  it('are there for nobody but their maker, not even to tell that they are there', async () => {
    // which entity is in it tells whose phone it is to whoever knows its query
    const map = location(await send('dpo', `${MAPS}?${byPhone}`))
    for (const asker of ['analyst', 'operator.thai-nguyen', 'public'] as const) {
      for (const name of [map, `${MAPS}/urn:ngsi-ld:EntityMap:none`]) {
        expect((await send(asker, name)).status, asker).to.equal(404)
        expect((await send(asker, name, { method: 'PATCH', body: {} })).status).to.equal(404)
        expect((await send(asker, name, { method: 'DELETE' })).status).to.equal(404)
        const headers = { 'NGSILD-EntityMap': name }
        const query = await send(asker, `${ENTITIES}?type=ServiceRequest&local=true`, { headers })
        expect([query.status, query.body.length], asker).to.deep.equal([201, 2])
        expect(location(query)).to.not.equal(map)
        const retrieve = await send(asker, `${ENTITIES}/${IDS[1]}?local=true`, { headers })
        expect([retrieve.status, held(await send(asker, location(retrieve)))]).to.deep.equal([200, [IDS[1]]])
      }
    }
    expect(held(await send('dpo', map))).to.deep.equal(IDS.slice(0, 1))
  })

  it('give no right to purge', async () => {
    const headers = { 'NGSILD-EntityMap': location(await send('analyst', `${MAPS}?type=ServiceRequest`)) }
    const { status } = await send('analyst', `${ENTITIES}?type=ServiceRequest`, { method: 'DELETE', headers })
    expect(status).to.equal(403)
    expect((await send('dpo', `${ENTITIES}?type=ServiceRequest`)).body).to.have.length(2)
  })

  it('hold of what other hubs have only what their maker sees, there and here', async () => {
    const at = (asker: Asker, path: string, request?: TestRequest) =>
      hubs.send(hubs.province, asker, path, request)
    const local = await at('dpo', `${ENTITIES}?type=ServiceRequest&local=true&entityMap=true`)
    expect([local.status, local.body.length]).to.deep.equal([201, 0])
    for (const asker of ['dpo', 'analyst', 'public'] as const) {
      const map = await at(asker, `${MAPS}?type=ServiceRequest`)
      expect([map.status, held(map)], map.text).to.deep.equal([201, IDS])
      expect(held(await at(asker, `${MAPS}?${byPhone}`)), asker).to.deep.equal(
        asker === 'dpo' ? IDS.slice(0, 1) : [],
      )
      const first = await at(asker, `${ENTITIES}?type=ServiceRequest&limit=1&entityMap=true`)
      const [, next = ''] = /<([^>]+)>; rel="next"/.exec(String(first.headers.link)) ?? []
      const second = await at(asker, next)
      expect([first, second].map(({ body }) => body[0].id)).to.deep.equal(IDS)
      expect(second.text.includes('0900000529'), asker).to.equal(asker === 'dpo')
      const other = asker === 'dpo' ? 'analyst' : 'dpo'
      expect((await at(other, location(first))).status).to.equal(404)
      const one = await at(asker, `${ENTITIES}/${IDS[0]}`, {
        headers: { 'NGSILD-EntityMap': location(first) },
      })
      expect([one.status, location(one)]).to.deep.equal([200, location(first)])
    }
  })
})
