import { expect } from 'chai'
import { property } from './leak-entities.ts'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const PARKING = 'urn:ngsi-ld:OffStreetParking:thai-nguyen:join'
const REPORT = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:join'
const DEVICE = 'urn:ngsi-ld:Device:thai-nguyen:join'
const PHONE = '0900000417'

const relationship = (object: unknown) => ({ type: 'Relationship', object })

/** A car park that anybody sees points to a report with a phone, and to a device that the public does not see. */
const GRAPH: readonly object[] = [
  {
    id: PARKING,
    type: 'OffStreetParking',
    name: property('Bãi xe'),
    concerns: relationship(REPORT),
    reads: relationship(DEVICE),
  },
  {
    id: REPORT,
    type: 'ServiceRequest',
    requestCode: property('PA-1'),
    reporterPhone: property(PHONE),
    about: relationship(DEVICE),
  },
  { id: DEVICE, type: 'Device', name: property('Cảm biến') },
]

describe('e2e: what is joined is seen by each role like anything else (4.5.23)', () => {
  let hubs: SecuredHubs
  before(async () => {
    hubs = await startSecuredHubs(['Device'])
    await hubs.load(GRAPH)
  })
  after(() => hubs.stop())

  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  async function ask(asker: Asker, search: string): Promise<any> {
    const { status, body, text } = await hubs.send(hubs.city, asker, `${ENTITIES}${search}`)
    expect(status, text).to.equal(200)
    return body
  }

  it('dpo: all of it, in clear', async () => {
    const { concerns, reads } = await ask('dpo', `/${PARKING}?join=inline&joinLevel=2&format=simplified`)
    expect(concerns).to.include({ id: REPORT, reporterPhone: PHONE })
    expect(concerns.about.id).to.equal(DEVICE)
    expect(reads.id).to.equal(DEVICE)
  })

  it('analyst: what is masked in the report is masked when it is joined', async () => {
    for (const search of [`/${PARKING}?join=inline`, '?type=OffStreetParking&join=flat']) {
      const text = JSON.stringify(await ask('analyst', `${search}&format=simplified`))
      expect(text).to.include(REPORT).and.include('PA-1').and.include(DEVICE)
      expect(text).to.include('"reporterPhone"')
      expect(text).to.not.include(PHONE)
    }
    const alone = await ask('analyst', `/${REPORT}?format=simplified`)
    const { concerns } = await ask('analyst', `/${PARKING}?join=inline&format=simplified`)
    expect(concerns).to.deep.equal(alone)
  })

  it('public: a link to what it does not see is a link to nothing', async () => {
    const entity = await ask('public', `/${PARKING}?join=inline&joinLevel=2&format=simplified`)
    expect(entity.reads).to.equal(DEVICE)
    expect(entity.concerns).to.include({ id: REPORT, about: DEVICE })
    expect(entity.concerns).to.not.have.property('reporterPhone')
    const list = await ask('public', '?type=OffStreetParking&join=flat&joinLevel=2&pick=id,concerns,reads')
    expect(list.map(({ id }: { id: string }) => id)).to.deep.equal([PARKING, REPORT])
  })

  it('q looks no further than the caller does', async () => {
    const found = async (asker: Asker, q: string) =>
      (await ask(asker, `?type=OffStreetParking&join=flat&joinLevel=2&pick=id&q=${encodeURIComponent(q)}`))
        .length
    for (const [q, dpo, analyst, all] of [
      ['concerns{requestCode}=="PA-1"', 1, 1, 1],
      [`concerns{reporterPhone}=="${PHONE}"`, 1, 0, 0],
      [`!concerns{reporterPhone}`, 0, 0, 1],
      ['reads{name}', 1, 1, 0],
      ['reads{Device:name}~="."', 1, 1, 0],
      ['concerns{about{name}}', 1, 1, 0],
    ] as const) {
      expect([await found('dpo', q), await found('analyst', q), await found('public', q)], q).to.deep.equal([
        dpo,
        analyst,
        all,
      ])
    }
  })

  it('the province joins what it holds itself to what a city answers, and nothing of the city', async () => {
    const device = { id: DEVICE, type: 'Device', name: property('Cảm biến của tỉnh') }
    const made = await hubs.send(hubs.province, 'feeds', ENTITIES, { method: 'POST', body: device })
    expect(made.status, made.text).to.equal(201)
    const q = encodeURIComponent('reads{name}~="tỉnh"')
    for (const search of [`/${PARKING}?join=inline`, `?type=OffStreetParking&join=inline&q=${q}`]) {
      const { status, body, text } = await hubs.send(hubs.province, 'dpo', `${ENTITIES}${search}`)
      expect(status, text).to.equal(200)
      const [entity] = [body].flat()
      expect(entity.reads.entity.name.value).to.equal('Cảm biến của tỉnh')
      expect(entity.concerns).to.deep.equal(relationship(REPORT))
    }
    const flat = await hubs.send(hubs.province, 'public', `${ENTITIES}/${PARKING}?join=flat`)
    expect(flat.body.map(({ id }: { id: string }) => id)).to.deep.equal([PARKING])
  })
})
