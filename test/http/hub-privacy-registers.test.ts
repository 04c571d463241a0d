import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { keptIn } from '../support/store-of-tests.ts'
import { temporaryFolder } from '../support/stores.ts'

const PRIVACY = '/hub/v1/privacy'
const PHONE = '0900000417'
const PERSON = { identifiers: [`phone:${PHONE}`] }
const HOLDS = [
  { reason: 'a case', types: ['TrafficViolation'], feeds: ['cameras'] },
  { reason: 'another', types: ['TrafficViolation'] },
]
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()

describe('hub: registers of the data-protection officer', () => {
  let hub: TestHub
  const data = temporaryFolder()
  before(async () => {
    hub = await startTestHub({
      data,
      'context.default': 'ontology',
      'privacy.purposes': ['repair'],
      'privacy.holds': HOLDS,
    })
  })
  after(() => hub.stop())

  const post = (path: string, body: unknown) => hub.send(`${PRIVACY}/${path}`, { method: 'POST', body })
  const patch = (path: string, body: unknown) => hub.send(`${PRIVACY}/${path}`, { method: 'PATCH', body })
  const report = {
    id: 'urn:ngsi-ld:ServiceRequest:thai-nguyen:register',
    type: 'ServiceRequest',
    status: { type: 'Property', value: 'received' },
    reporterPhone: { type: 'Property', value: PHONE },
  }

  it('keeps requests with their terms, lists what is overdue, and shows it as a number', async () => {
    const old = await post('requests', { ...PERSON, right: 'access', receivedAt: ago(60) })
    expect(old.status, old.text).to.equal(201)
    expect(old.body.overdue).to.deep.equal(['acknowledgement', 'answer'])
    expect(old.text).not.to.contain(PHONE)
    const fresh = await post('requests', { ...PERSON, right: 'delete', note: `gọi ${PHONE}` })
    expect(fresh.body).to.deep.include({ overdue: [], state: 'open', subject: old.body.subject })
    const listed = await hub.send(`${PRIVACY}/requests?state=overdue`)
    expect(listed.body.records.map(({ id }: { id: string }) => id)).to.deep.equal([old.body.id])
    const metrics = await hub.send('/metrics')
    expect(metrics.text).to.match(/^hub_privacy_records\{register="requests",state="overdue"[^}]*\} 1$/m)
    const page = await hub.send(`${PRIVACY}/requests?limit=1`)
    const rest = await hub.send(`${PRIVACY}/requests?limit=1&after=${page.body.next}`)
    expect([...page.body.records, ...rest.body.records]).to.have.length(2)
  })

  it('says whom a single request is about, and keeps it in no file that can be read', async () => {
    const { body } = await post('requests', { ...PERSON, right: 'correct', note: `gọi ${PHONE}` })
    const { text } = await hub.send(`${PRIVACY}/requests/${body.id}`)
    expect(text).to.contain(PHONE)
    expect((await keptIn(data)).includes(PHONE)).to.equal(false)
  })

  it('is carried out for a request, which tells of it and then of nobody any more', async () => {
    await hub.send('/ngsi-ld/v1/entities', { method: 'POST', body: report })
    const { body } = await post('requests', { ...PERSON, right: 'delete' })
    const erased = await post('erase', { request: body.id })
    expect(erased.status, erased.text).to.equal(200)
    expect(erased.body.report.erased[0].counts).to.include({ attributes: 1 })
    const done = await patch(`requests/${body.id}`, { outcome: 'fulfilled' })
    expect(done.body).to.include({ state: 'closed' })
    expect(done.body.actions[0]).to.deep.include({
      what: 'erase',
      report: erased.body.report.id,
      openHubs: [],
    })
    expect((await hub.send(`${PRIVACY}/requests/${body.id}`)).body).not.to.have.property('identifiers')
    expect((await post('erase', { request: body.id })).status).to.equal(409)
    expect((await patch(`requests/${body.id}`, { note: 'x' })).status).to.equal(409)
  })

  it('keeps no identifier that an adapter has put into what it tells of its feed', async () => {
    const id = `hotline.${'0419'.repeat(8)}`
    const record = {
      ...{
        id,
        feed: 'hotline',
        reason: 'unmapped',
        detail: `Status of ${PHONE} is not known`,
        input: 'x.json',
      },
      ...{ encoding: 'utf-8', raw: '{}' },
    }
    const kept = await hub.send('/hub/v1/quarantine', { method: 'POST', body: record })
    expect(kept.status, kept.text).to.equal(201)
    expect((await hub.send(`/hub/v1/quarantine/${id}`)).body.detail).to.equal('Status of […] is not known')
    const lastError = { at: ago(0), text: `Server refuses ${PHONE}`, failures: 1, retryAt: ago(0) }
    const counters = { read: 0, written: 0, unchanged: 0, quarantined: {} }
    const state = { method: 'PUT', body: { counters, lastError } } as const
    expect((await hub.send('/hub/v1/feeds/hotline', state)).status).to.equal(204)
    const { body } = await hub.send('/hub/v1/feeds/hotline')
    expect(body.lastError).to.deep.equal({ ...lastError, text: 'Server refuses […]' })
    await hub.send(`/hub/v1/quarantine/${id}`, { method: 'DELETE' })
  })

  it('leaves what a hold is about, says of what nobody could tell, and forgets whom was deleted before', async () => {
    const phone = '0900000418'
    const id = (feed: string) => `${feed}.${'0418'.repeat(8)}`
    for (const feed of ['cameras', 'hotline']) {
      const record = {
        ...{ id: id(feed), feed, reason: 'unmapped', detail: 'No such status', input: 'x.json' },
        ...{ encoding: 'utf-8', raw: `{"sdt":"${phone}"}` },
      }
      const kept = await hub.send('/hub/v1/quarantine', { method: 'POST', body: record })
      expect(kept.status, kept.text).to.be.within(200, 204)
    }
    const gone = {
      ...{ ...report, id: 'urn:ngsi-ld:ServiceRequest:thai-nguyen:gone' },
      reporterPhone: { type: 'Property', value: phone },
    }
    await hub.send('/ngsi-ld/v1/entities', { method: 'POST', body: gone })
    await hub.send(`/ngsi-ld/v1/entities/${gone.id}`, { method: 'DELETE' })
    const violation = { ...gone, id: 'urn:ngsi-ld:TrafficViolation:held', type: 'TrafficViolation' }
    await hub.send('/ngsi-ld/v1/entities', { method: 'POST', body: violation })
    const { body, status, text } = await post('erase', { identifiers: [`phone:${phone}`] })
    expect(status, text).to.equal(200)
    const { held, unjudged, erased, left, auditKeys } = body.report
    expect(held).to.deep.equal([{ reason: 'a case', attributes: 1, documents: 1 }])
    expect(unjudged).to.deep.equal({ quarantine: 1 })
    expect(erased[0].counts).to.include({ quarantine: 1 })
    expect(left[0].counts).to.include({ quarantine: 1 })
    expect(auditKeys, 'of what is not held').to.equal(1)
    expect((await hub.send(`/ngsi-ld/v1/entities/${violation.id}`)).body.reporterPhone.value).to.equal(phone)
    expect((await hub.send(`/hub/v1/quarantine/${id('cameras')}`)).status).to.equal(200)
    expect((await hub.send(`/hub/v1/quarantine/${id('hotline')}`)).status).to.equal(404)
  })

  it('keeps consents, breaches with their notice, and assessments with their tasks', async () => {
    const consent = {
      purpose: 'repair',
      classes: ['basic'],
      givenAt: ago(1),
      method: 'written',
      evidence: 'ab'.repeat(32),
    }
    const given = await post('consents', { ...PERSON, ...consent })
    expect(given.status, given.text).to.equal(201)
    expect((await post('consents', { ...PERSON, ...consent, purpose: 'other' })).status).to.equal(400)
    expect((await post('consents', consent)).status).to.equal(400)
    const withdrawn = await patch(`consents/${given.body.id}`, { withdrawnAt: ago(0), method: 'message' })
    expect(withdrawn.body.state).to.equal('closed')
    const breach = await post('breaches', { detectedAt: ago(4), what: 'Lost', categories: ['phones'] })
    expect(breach.body.overdue).to.deep.equal(['notice'])
    const form = `${PRIVACY}/breaches/${breach.body.id}/notice`
    const notice = await hub.send(form, { headers: { Accept: 'text/plain' } })
    expect(notice.headers['content-type']).to.contain('text/plain')
    expect((await hub.send(form)).headers['content-type']).to.contain('text/plain')
    expect((await hub.send(form, { headers: { Accept: 'application/json' } })).status).to.equal(406)
    expect(notice.text).to.contain('Mô tả vụ việc vi phạm: Lost')
    await hub.send('/ngsi-ld/v1/entities', {
      method: 'POST',
      body: { ...report, id: `${report.id}-2`, note: 'x' },
    })
    const assessed = await post('assessments', {
      feed: 'citizen-feedback',
      startedAt: ago(1),
      types: ['ServiceRequest'],
      purposes: ['repair'],
      attributes: ['reporterPhone'],
    })
    expect(assessed.body.tasks).to.deep.equal([
      { task: 'assess', type: 'ServiceRequest', attributes: ['note'] },
    ])
  })

  it('refuses what is not there, and what is not as it must be', async () => {
    for (const path of ['requests/x', `breaches/00000000-0000-4000-8000-000000000000`, 'breaches/x/notice'])
      expect((await hub.send(`${PRIVACY}/${path}`)).status, path).to.equal(404)
    for (const search of ['state=late', 'limit=0'])
      expect((await hub.send(`${PRIVACY}/requests?${search}`)).status).to.equal(400)
    expect((await post('requests', { right: 'delete', identifiers: ['phone:1'] })).status).to.equal(400)
    expect((await post('find', { request: 'x', ...PERSON })).status).to.equal(400)
  })
})
