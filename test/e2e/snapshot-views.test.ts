import { expect } from 'chai'
import type { TestRequest } from '../support/hub.ts'
import { until } from '../support/until.ts'
import { property } from './leak-entities.ts'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const SNAPSHOTS = '/ngsi-ld/v1/snapshots'
const PHONE = '0900000417'
const OTHER_PHONE = '0900000529'
const REPORTS = [PHONE, OTHER_PHONE].map((phone, at) => ({
  id: `urn:ngsi-ld:ServiceRequest:thai-nguyen:snapshot-${at}`,
  type: 'ServiceRequest',
  status: property('received'),
  reporterPhone: property(phone),
  note: property(`Gọi ${phone}`),
}))
const [FIRST] = REPORTS

describe('e2e: 5.16 Snapshots show nothing that their reader does not see anyway', () => {
  let hubs: SecuredHubs
  before(async () => {
    hubs = await startSecuredHubs()
    await hubs.load(REPORTS)
  })
  after(() => hubs.stop())

  const send = (asker: Asker, path: string, request?: TestRequest) =>
    hubs.send(hubs.city, asker, path, request)
  const inside = (asker: Asker, id: string, path: string, request: TestRequest = {}) =>
    send(asker, path, { ...request, headers: { 'NGSILD-Snapshot': id } })
  const take = (asker: Asker, id: string, query: object = {}) => {
    const snapshotQueries = [{ type: 'Query', entities: [{ type: 'ServiceRequest' }], ...query }]
    return send(asker, SNAPSHOTS, { method: 'POST', body: { id, type: 'Snapshot', snapshotQueries } })
  }
  const taken = async (asker: Asker, id: string, query: object = {}) => {
    const { status, text } = await take(asker, id, query)
    expect(status, text).to.equal(201)
    await until(id, async () => (await send(asker, `${SNAPSHOTS}/${id}`)).body.snapshotStatus !== 'preparing')
    return (await send(asker, `${SNAPSHOTS}/${id}`)).body.snapshotStatus
  }

  for (const asker of ['dpo', 'analyst', 'operator.thai-nguyen'] as const) {
    it(`shows ${asker} what it sees of the live entities, masks included`, async () => {
      const id = `urn:snapshot:${asker}`
      expect(await taken(asker, id)).to.equal('success')
      for (const search of [
        '',
        '&options=sysAttrs',
        '&format=simplified',
        '&q=reporterPhone',
        '&count=true',
      ]) {
        const path = `${ENTITIES}?type=ServiceRequest${search}&local=true`
        const [live, frozen] = [await send(asker, path), await inside(asker, id, path)]
        expect(frozen.text).to.equal(live.text)
        expect(frozen.text.includes(PHONE), search).to.equal(asker === 'dpo')
      }
    })
  }

  it('gives no oracle: a filter on what is masked selects nothing of it, when taken and when read', async () => {
    for (const asker of ['analyst', 'operator.thai-nguyen'] as const) {
      const id = `urn:snapshot:guess:${asker}`
      expect(await taken(asker, id, { q: `reporterPhone=="${PHONE}"` })).to.equal('empty')
      const all = `urn:snapshot:${asker}`
      const guess = await inside(asker, all, `${ENTITIES}?type=ServiceRequest&q=reporterPhone=="${PHONE}"`)
      expect(guess.body).to.deep.equal([])
    }
  })

  it('is there for nobody but its owner, not even to tell that it is there', async () => {
    // what it holds tells whose phone it is to whoever could read its query
    const id = 'urn:snapshot:of-dpo'
    expect(await taken('dpo', id, { q: `reporterPhone=="${PHONE}"` })).to.equal('success')
    const clone = { method: 'POST', body: { type: 'Snapshot' } } as const
    const patch = { method: 'PATCH', body: { snapshotPriority: 1 } } as const
    for (const asker of ['analyst', 'operator.thai-nguyen'] as const) {
      for (const name of [id, 'urn:snapshot:of-nobody']) {
        const answers = [
          await inside(asker, name, `${ENTITIES}?type=ServiceRequest`),
          await inside(asker, name, `${ENTITIES}/${FIRST?.id}`),
          await send(asker, `${SNAPSHOTS}/${name}`),
          await send(asker, `${SNAPSHOTS}/${name}`, patch),
          await send(asker, `${SNAPSHOTS}/${name}`, { method: 'DELETE' }),
          await send(asker, `${SNAPSHOTS}/${name}/clone`, clone),
          await send(asker, `${SNAPSHOTS}?q=id=="${name}"`, { method: 'DELETE' }),
        ]
        expect(answers.map(({ status }) => status)).to.deep.equal([404, 404, 404, 404, 404, 404, 404])
        for (const { text } of answers) expect(text).to.not.include(PHONE)
      }
      // nor does its name clash with theirs
      expect(await taken(asker, id)).to.equal('success')
      expect((await send(asker, `${SNAPSHOTS}/${id}`, { method: 'DELETE' })).status).to.equal(204)
    }
    expect((await inside('dpo', id, `${ENTITIES}?type=ServiceRequest`)).body).to.have.length(1)
  })

  it('gives no right to write that is not there in reality', async () => {
    const id = 'urn:snapshot:analyst'
    const merge = { method: 'PATCH', body: { status: 'resolved' } } as const
    expect((await inside('analyst', id, `${ENTITIES}/${FIRST?.id}`, merge)).status).to.equal(403)
    expect((await inside('analyst', id, `${ENTITIES}/${FIRST?.id}`, { method: 'DELETE' })).status).to.equal(
      403,
    )
    const own = 'urn:snapshot:operator.thai-nguyen'
    const phone = { method: 'PATCH', body: { value: '1' } } as const
    const path = `${ENTITIES}/${FIRST?.id}/attrs`
    expect((await inside('operator.thai-nguyen', own, `${path}/reporterPhone`, phone)).status).to.equal(403)
    expect((await inside('operator.thai-nguyen', own, `${path}/status`, phone)).status).to.equal(204)
    expect(
      (await send('operator.thai-nguyen', `${ENTITIES}/${FIRST?.id}?pick=status`)).body.status.value,
    ).to.equal('received')
  })

  it('is not for those whom no policy lets take one', async () => {
    for (const asker of ['public', 'operator.song-cong', 'feeds', 'peer hub'] as const)
      expect((await take(asker, 'urn:snapshot:x')).status, asker).to.equal(403)
    expect((await take('anonymous', 'urn:snapshot:x')).status).to.equal(401)
    expect(
      (await inside('public', 'urn:snapshot:of-dpo', `${ENTITIES}?type=ServiceRequest`)).status,
    ).to.equal(403)
  })
})
