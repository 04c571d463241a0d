import { expect } from 'chai'
import { CSV, instancesOf, LINES, PARQUET } from '../support/exported-history.ts'
import { at } from '../support/history.ts'
import type { TestRequest } from '../support/hub.ts'
import { legibleText } from '../support/parquet.ts'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const EVOLUTIONS = '/ngsi-ld/v1/temporal/entities'
const ID = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:past'
const PHONE = '0900000417'

const property = (value: unknown) => ({ type: 'Property', value })

/** Who has no right to change anything of it. */
const STRANGERS = [
  ['anonymous', 401],
  ['public', 403],
  ['analyst', 403],
  ['operator.song-cong', 403],
  ['peer hub', 403],
] as const

describe('e2e: who may read, provide and change history', () => {
  let hubs: SecuredHubs
  let instance: string
  before(async () => {
    hubs = await startSecuredHubs()
    await hubs.load([
      {
        id: ID,
        type: 'ServiceRequest',
        requestCode: property('PA-0417'),
        status: { ...at(1, 'received') },
        reporterPhone: property(PHONE),
      },
    ])
    instance = (await past('dpo')).body.reporterPhone[0].instanceId
  })
  after(() => hubs.stop())

  const send = (asker: Asker, path: string, request?: TestRequest) =>
    hubs.send(hubs.city, asker, `${EVOLUTIONS}${path}`, request)
  const past = (asker: Asker, search = '') => send(asker, `/${ID}${search}`)

  it('shows each instance as the entity shows its value', async () => {
    expect((await past('dpo')).text).to.include(PHONE)
    for (const asker of ['analyst', 'public', 'operator.song-cong'] as const)
      for (const search of [
        '',
        '?format=temporalValues',
        '?format=aggregatedValues&aggrMethods=min,max,distinctCount',
      ])
        expect((await past(asker, search)).text, `${asker} ${search}`).to.not.include(PHONE)
  })

  it('5.7.3 shows what other hubs tell of it as the entity shows its value', async () => {
    const made = await hubs.send(hubs.province, 'administrator', '/ngsi-ld/v1/csourceRegistrations', {
      method: 'POST',
      body: {
        id: 'urn:ngsi-ld:ContextSourceRegistration:past',
        type: 'ContextSourceRegistration',
        endpoint: hubs.city.url,
        information: [{ entities: [{ type: 'ServiceRequest' }] }],
        operations: ['retrieveTemporal', 'queryTemporal'],
        managementInterval: { startAt: '2020-01-01T00:00:00Z' },
      },
    })
    expect(made.status, made.text).to.equal(201)
    const since = 'timerel=after&timeAt=2020-01-01T00:00:00Z&timeproperty=modifiedAt'
    for (const asker of ['dpo', 'analyst', 'public'] as const)
      for (const path of [`/${ID}?`, `/${ID}?${since}`, `?type=ServiceRequest&${since}`]) {
        const { status, text } = await hubs.send(hubs.province, asker, `${EVOLUTIONS}${path}`)
        expect([status, text.includes('received')], `${asker} ${path} ${text}`).to.deep.equal([200, true])
        expect(text.includes(PHONE), `${asker} ${path}`).to.equal(asker === 'dpo')
        expect(text.includes('reporterPhone'), `${asker} ${path}`).to.equal(asker !== 'public')
      }
    const byPhone = `?type=ServiceRequest&${since}&q=reporterPhone=="${PHONE}"`
    for (const asker of ['dpo', 'analyst', 'public'] as const) {
      const { body } = await hubs.send(hubs.province, asker, `${EVOLUTIONS}${byPhone}`)
      expect(body.length, asker).to.equal(asker === 'dpo' ? 1 : 0)
    }
  })

  it('exports what the pages of the same caller show, and to nobody more', async () => {
    const since = 'timerel=after&timeAt=2020-01-01T00:00:00Z&timeproperty=modifiedAt&options=sysAttrs'
    for (const asker of ['dpo', 'analyst', 'public', 'operator.song-cong', 'operator.thai-nguyen'] as const)
      for (const path of [`/${ID}?${since}`, `?type=ServiceRequest&${since}`]) {
        const page = await send(asker, path)
        const told = [page.body].flat().map((one) => (page.status === 200 ? one : {}))
        const lines = await send(asker, path, { headers: { Accept: LINES } })
        const fragments = lines.status === 200 ? lines.text.split('\n').slice(0, -1) : []
        expect(lines.status, `${asker} ${path}`).to.equal(page.status)
        expect(instancesOf(fragments.map((line) => JSON.parse(line)))).to.deep.equal(instancesOf(told))
        for (const accept of [CSV, PARQUET]) {
          const table = await send(asker, path, { headers: { Accept: accept } })
          expect(table.status, `${asker} ${path}`).to.equal(page.status)
          expect((await legibleText(table)).includes(PHONE)).to.equal(asker === 'dpo')
        }
      }
  })

  it('no filter of an export tells what a caller does not see', async () => {
    const since = 'timerel=after&timeAt=2020-01-01T00:00:00Z&timeproperty=modifiedAt'
    for (const accept of [LINES, CSV, PARQUET])
      for (const q of [`reporterPhone=="${PHONE}"`, 'reporterPhone~="^09"', '!reporterPhone;reporterPhone']) {
        const path = `?type=ServiceRequest&${since}&q=${encodeURIComponent(q)}`
        const { status, headers } = await send('public', path, { headers: { Accept: accept } })
        expect([status, headers['content-type']]).to.deep.equal([200, accept])
        const seen = await send('public', path, { headers: { Accept: LINES } })
        expect(seen.text, q).to.equal('')
      }
  })

  const changes: readonly (readonly [string, (id: string) => readonly [string, TestRequest]])[] = [
    [
      'provide',
      (id) => ['', { method: 'POST', body: { id, type: 'ServiceRequest', status: [at(2, 'closed')] } }],
    ],
    ['add', (id) => [`/${id}/attrs`, { method: 'POST', body: { status: [at(2, 'closed')] } }]],
    ['delete an attribute', (id) => [`/${id}/attrs/status?deleteAll=true`, { method: 'DELETE' }]],
    [
      'modify an instance',
      (id) => [`/${id}/attrs/reporterPhone/${instance}`, { method: 'PATCH', body: [at(2, 'gone')] }],
    ],
    ['delete an instance', (id) => [`/${id}/attrs/reporterPhone/${instance}`, { method: 'DELETE' }]],
    ['delete all of it', (id) => [`/${id}`, { method: 'DELETE' }]],
  ]

  for (const [asker, status] of STRANGERS)
    it(`${asker} changes nothing, whether it is there or not`, async () => {
      const before = (await past('dpo')).text
      for (const [what, change] of changes)
        for (const id of [ID, 'urn:ngsi-ld:ServiceRequest:thai-nguyen:never'])
          expect((await send(asker, ...change(id))).status, `${what} ${id}`).to.equal(status)
      expect((await past('dpo')).text).to.equal(before)
      expect((await send('dpo', '/urn:ngsi-ld:ServiceRequest:thai-nguyen:never')).status).to.equal(404)
    })

  const importing = (asker: Asker, ...lines: readonly object[]) =>
    hubs.send(hubs.city, asker, '/hub/v1/history', {
      method: 'POST',
      body: lines.map((line) => JSON.stringify(line)).join('\n'),
      headers: { 'Content-Type': 'application/x-ndjson' },
    })
  const line = (id: string, members: object) => ({
    id,
    type: 'ServiceRequest',
    observedAt: at(2, 0).observedAt,
    ...members,
  })

  for (const [asker, status] of STRANGERS)
    it(`${asker} gets nothing in with an import`, async () => {
      const before = (await past('dpo')).text
      const never = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:never'
      const answer = await importing(asker, line(ID, { status: 'mine' }), line(never, { status: 'mine' }))
      expect(answer.status, answer.text).to.equal(status)
      expect((await past('dpo')).text).to.equal(before)
      expect((await send('dpo', `/${never}`)).status).to.equal(404)
    })

  it('an import keeps the lines that the caller may write, and says why not the others', async () => {
    const other = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:imported'
    const answer = await importing(
      'operator.thai-nguyen',
      line(ID, { reporterPhone: 'x' }),
      line(other, { status: 'imported' }),
      line(ID, { status: 'imported' }),
      line(ID, { status: 'imported', reporterPhone: 'x' }),
    )
    expect(answer.status, answer.text).to.equal(207)
    expect(answer.body).to.include({ lines: 4, instances: 2, entities: 2 })
    expect(answer.body.rejected.first.map((one: { line: number }) => one.line)).to.deep.equal([1, 4])
    expect(answer.text).to.include('does not see in clear').and.not.include(PHONE)
    const { body, text } = await past('dpo')
    expect(body.status).to.have.length(2)
    expect(text).to.include(PHONE)
    expect(
      (await send('dpo', `/${ID}/attrs/status/${body.status[1].instanceId}`, { method: 'DELETE' })).status,
    ).to.equal(204)
    expect((await send('dpo', `/${other}`, { method: 'DELETE' })).status).to.equal(204)
  })

  const erase = (asker: Asker, search: string) =>
    hubs.send(hubs.city, asker, `/hub/v1/history?${search}`, { method: 'DELETE' })

  for (const [asker, status] of [...STRANGERS, ['operator.thai-nguyen', 403]] as const)
    it(`${asker} erases nothing that it does not see in clear`, async () => {
      const before = (await past('dpo')).text
      for (const search of [
        `id=${ID}&all=true`,
        `id=${ID}&attrs=reporterPhone`,
        'type=ServiceRequest&attrs=reporterPhone',
      ])
        expect((await erase(asker, search)).status, search).to.equal(status)
      expect((await past('dpo')).text).to.equal(before)
    })

  it('whether there is something in the log alone, nobody learns who does not see everything', async () => {
    const { status, body } = await erase('dpo', 'id=urn:ngsi-ld:ServiceRequest:thai-nguyen:never&all=true')
    expect(status).to.equal(200)
    expect(body).to.deep.equal({ entities: 0, instances: 0, refused: 0 })
  })

  it('an operator of the city changes nothing that it does not see in clear', async () => {
    const before = (await past('dpo')).text
    for (const path of [
      `/${ID}/attrs/reporterPhone/${instance}`,
      `/${ID}/attrs/reporterPhone?deleteAll=true`,
      `/${ID}`,
    ])
      expect((await send('operator.thai-nguyen', path, { method: 'DELETE' })).status, path).to.equal(403)
    expect((await past('dpo')).text).to.equal(before)
  })

  it('the feed of the city adds what it observed, and the data-protection officer takes away', async () => {
    const added = await send('feeds', '', {
      method: 'POST',
      body: { id: ID, type: 'ServiceRequest', status: [at(2, 'closed')] },
    })
    expect(added.status, added.text).to.equal(204)
    expect((await past('dpo')).body.status).to.have.length(2)
    const gone = await send('dpo', `/${ID}/attrs/reporterPhone/${instance}`, { method: 'DELETE' })
    expect(gone.status, gone.text).to.equal(204)
    expect((await past('dpo')).text).to.not.include(PHONE)
    expect((await send('dpo', `/${ID}`, { method: 'DELETE' })).status).to.equal(204)
    expect((await past('dpo')).status).to.equal(404)
  })
})
