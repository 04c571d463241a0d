import { expect } from 'chai'
import type { TestHub } from '../support/hub.ts'
import { property } from './leak-entities.ts'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const FIRST = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:role-1'
const SECOND = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:role-2'
const OTHER = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:role-3'
const PLACE = [105.848417, 21.594117]

function report(id: string, reporter: { readonly name: string; readonly phone: string }): object {
  return {
    id,
    type: 'ServiceRequest',
    requestCode: property('PA-0417'),
    category: property('Chiếu sáng'),
    status: property('received'),
    reporterName: property(reporter.name),
    reporterPhone: property(reporter.phone),
    reporterEmail: property('thu.0417@example.com'),
    description: property(`Đèn hỏng, gọi ${reporter.phone}`),
    location: { type: 'GeoProperty', value: { type: 'Point', coordinates: PLACE } },
  }
}

const PERSONAL = ['reporterName', 'reporterPhone', 'reporterEmail', 'description', 'location']

describe('e2e: one report, seen by each role', () => {
  let hubs: SecuredHubs
  before(async () => {
    hubs = await startSecuredHubs()
    const body = [
      report(FIRST, { name: 'Nguyễn Thị Thử', phone: '0900000417' }),
      report(SECOND, { name: 'Nguyễn  Thị Thử', phone: '+84 900 000 417' }),
      report(OTHER, { name: 'Trần Văn Mẫu', phone: '0900000529' }),
    ]
    await hubs.load(body)
  })
  after(() => hubs.stop())

  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  async function seen(hub: TestHub, asker: Asker, id: string): Promise<any> {
    const { status, body } = await hubs.send(hub, asker, `/ngsi-ld/v1/entities/${id}?format=simplified`)
    expect(status).to.equal(200)
    return body
  }

  for (const place of ['city', 'province'] as const) {
    it(`dpo at the ${place}: everything, in clear`, async () => {
      const entity = await seen(hubs[place], 'dpo', FIRST)
      expect(entity).to.include({ reporterName: 'Nguyễn Thị Thử', reporterPhone: '0900000417' })
      expect(entity).to.include({ reporterEmail: 'thu.0417@example.com' })
      expect(entity.description).to.equal('Đèn hỏng, gọi 0900000417')
      expect(entity.location.coordinates).to.deep.equal(PLACE)
    })

    it(`analyst at the ${place}: one pseudonym for one person, however the phone is written`, async () => {
      const [first, second, other] = await Promise.all(
        [FIRST, SECOND, OTHER].map((id) => seen(hubs[place], 'analyst', id)),
      )
      for (const name of ['reporterName', 'reporterPhone']) {
        expect(first[name], name).to.match(/^pseudonym:[0-9a-f]{24}$/)
        expect(second[name], name).to.equal(first[name])
        expect(other[name], name).to.not.equal(first[name])
      }
      expect(first.location.coordinates).to.deep.equal([105.848, 21.594])
      expect(first.description).to.equal('Đèn hỏng, gọi […]')
      expect(first).to.include({ requestCode: 'PA-0417', status: 'received', category: 'Chiếu sáng' })
    })

    it(`public at the ${place}: the report without its person and place`, async () => {
      const entity = await seen(hubs[place], 'public', FIRST)
      expect(entity).to.not.have.any.keys(PERSONAL)
      expect(entity).to.include({ requestCode: 'PA-0417', status: 'received', category: 'Chiếu sáng' })
    })

    it(`operator of another city at the ${place}: no more than the public`, async () => {
      const neighbour = await seen(hubs[place], 'operator.song-cong', FIRST)
      expect(neighbour).to.deep.equal(await seen(hubs[place], 'public', FIRST))
    })
  }

  it('operator of the city at the city: parts that help to call back, a place within about 110 m', async () => {
    const entity = await seen(hubs.city, 'operator.thai-nguyen', FIRST)
    expect(entity).to.include({ reporterName: 'N.T.T.', reporterPhone: '09*****417' })
    expect(entity.reporterEmail).to.equal('t***@example.com')
    expect(entity.description).to.equal('Đèn hỏng, gọi […]')
    expect(entity.location.coordinates).to.deep.equal([105.848, 21.594])
  })

  it('operator of the city at the province: no more than the public, whose view the province has of operators', async () => {
    const entity = await seen(hubs.province, 'operator.thai-nguyen', FIRST)
    expect(entity).to.not.have.any.keys(PERSONAL)
  })

  it('strangers and other hubs in their own name: nothing', async () => {
    for (const [asker, expected] of [
      ['anonymous', 401],
      ['peer hub', 404],
    ] as const) {
      const { status, text } = await hubs.send(hubs.city, asker, `/ngsi-ld/v1/entities/${FIRST}`)
      expect(status, asker).to.equal(expected)
      expect(text).to.not.include('PA-0417')
    }
  })

  it('one who is no hub cannot ask on behalf of somebody', async () => {
    const onBehalf = hubs.as('dpo').Authorization?.replace('Bearer ', '') ?? ''
    const { status } = await hubs.send(hubs.city, 'analyst', `/ngsi-ld/v1/entities/${FIRST}`, {
      headers: { 'Hub-On-Behalf-Of': onBehalf },
    })
    expect(status).to.equal(403)
  })
})
