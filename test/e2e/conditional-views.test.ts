import { expect } from 'chai'
import { property } from './leak-entities.ts'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const BATCH = '/ngsi-ld/v1/entityOperations'
const ID = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:tagged'

describe('e2e: an ETag tells a caller of what it sees, and of nothing else', () => {
  let hubs: SecuredHubs
  before(async () => {
    hubs = await startSecuredHubs()
    const body = [
      { id: ID, type: 'ServiceRequest', status: property('received'), reporterPhone: property('0900000417') },
    ]
    await hubs.load(body)
  })
  after(() => hubs.stop())

  const tag = async (asker: Asker, query = '') =>
    String((await hubs.send(hubs.city, asker, `${ENTITIES}/${ID}${query}`)).headers.etag)
  const change = async (members: object) => {
    const body = [{ id: ID, type: 'ServiceRequest', ...members }]
    const { status, text } = await hubs.send(hubs.city, 'feeds', `${BATCH}/update`, { method: 'POST', body })
    expect(status, text).to.equal(204)
  }

  it('stays for those who do not see what changed', async () => {
    const before = {
      public: await tag('public'),
      dpo: await tag('dpo'),
      dated: await tag('public', '?options=sysAttrs'),
    }
    await change({ reporterPhone: property('0900000529') })
    expect(await tag('dpo')).not.to.equal(before.dpo)
    expect(await tag('public')).to.equal(before.public)
    expect(await tag('public', '?options=sysAttrs')).to.equal(before.dated)
    const cached = { headers: { 'if-none-match': before.public } }
    expect((await hubs.send(hubs.city, 'public', `${ENTITIES}/${ID}`, cached)).status).to.equal(304)
    await change({ status: property('closed') })
    expect(await tag('public')).not.to.equal(before.public)
  })

  it('is worth nothing to another caller who sees something else', async () => {
    const clear = await tag('dpo')
    const cached = { headers: { 'if-none-match': clear } }
    expect((await hubs.send(hubs.city, 'public', `${ENTITIES}/${ID}`, cached)).status).to.equal(200)
    expect((await hubs.send(hubs.city, 'dpo', `${ENTITIES}/${ID}`, cached)).status).to.equal(304)
  })

  it('gives nobody a right: 401, 403 and 404 come before 412', async () => {
    for (const [asker, status] of [
      ['anonymous', 401],
      ['public', 403],
      ['analyst', 403],
    ] as const) {
      for (const match of ['"guess"', '*', await tag('dpo')]) {
        const request = {
          method: 'PATCH',
          body: { status: 'closed' },
          headers: { 'if-match': match },
        } as const
        expect((await hubs.send(hubs.city, asker, `${ENTITIES}/${ID}`, request)).status).to.equal(status)
      }
    }
  })

  it('lets a writer with a narrower view write on what it sees', async () => {
    const writer = 'operator.thai-nguyen'
    const patch = (match: string, value: string) =>
      hubs.send(hubs.city, writer, `${ENTITIES}/${ID}/attrs`, {
        method: 'PATCH',
        body: { status: property(value) },
        headers: { 'if-match': match },
      })
    const seen = await tag(writer)
    expect(seen).not.to.equal(await tag('dpo'))
    expect((await patch(await tag('dpo'), 'received')).status, 'a tag of another view').to.equal(412)
    expect((await patch(seen, 'received')).status).to.equal(204)
    expect((await patch(seen, 'closed')).status).to.equal(412)
  })

  it('is not given where other hubs had their part in the answer', async () => {
    const { status, headers } = await hubs.send(hubs.province, 'dpo', `${ENTITIES}/${ID}`)
    expect(status).to.equal(200)
    expect(headers).not.to.have.property('etag')
  })
})
