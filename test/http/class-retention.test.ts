import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { verifyReportFile } from '../../broker/cli/run/privacy.ts'
import { verifyReport } from '../../security/privacy/signed-report.ts'
import { startTestHub, type TestHub, testConfig } from '../support/hub.ts'
import { rejection } from '../support/rejection.ts'
import { until } from '../support/until.ts'

const REPORT = '/ngsi-ld/v1/entities/urn:ngsi-ld:ServiceRequest:1'
const PHONE = '0900000911'
const RULE = { class: 'basic', types: ['ServiceRequest'], days: 90 }

describe('privacy.retain', () => {
  const data = mkdtempSync(join(tmpdir(), 'hub-retained-'))
  const reports = mkdtempSync(join(tmpdir(), 'hub-retained-reports-'))
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ data, 'context.default': 'ontology' })
    const body = {
      id: REPORT.slice(REPORT.indexOf('urn:')),
      type: 'ServiceRequest',
      reporterPhone: { type: 'Property', value: PHONE, observedAt: '2020-01-01T00:00:00Z' },
      reporterName: { type: 'Property', value: 'Nguyễn Thị Thử' },
      requestCode: { type: 'Property', value: 'PA-1', observedAt: '2020-01-01T00:00:00Z' },
    }
    expect((await hub.send('/ngsi-ld/v1/entities', { method: 'POST', body })).status).to.equal(201)
    await hub.stop()
    const rules = { 'privacy.retain': [RULE], 'privacy.reports': reports }
    hub = await startTestHub({ data, 'context.default': 'ontology', ...rules })
    await until('a report', () => readdirSync(reports).length > 0)
  })
  after(async () => {
    await hub.stop()
    for (const folder of [data, reports]) rmSync(folder, { recursive: true, force: true })
  })

  it('erases what the ontology classes so and is too old, with a report that the hub signed', async () => {
    const { body } = await hub.send(REPORT)
    expect(Object.keys(body)).to.have.members(['id', 'type', 'reporterName', 'requestCode'])
    const [name = ''] = readdirSync(reports)
    expect(name).to.match(/^retention-.*\.json$/)
    const text = readFileSync(join(reports, name), 'utf8')
    expect(text).not.to.include(PHONE).and.not.to.include('ServiceRequest:1')
    const report = JSON.parse(text)
    const { publicKey } = (await hub.send('/hub/v1/privacy/key')).body
    expect(verifyReport(report)).to.equal(publicKey)
    const other = await rejection(verifyReportFile(join(reports, name), { key: 'another' }))
    expect(String(other)).to.include('signed by another key')
    expect(report.finished).to.equal(true)
    expect(report.erased).to.have.length(1)
    expect(report.erased[0]).to.include({ rule: 0, entities: 1, values: 1, instances: 1 })
    const bytes = readdirSync(data).map((file) => readFileSync(join(data, file)).toString('latin1'))
    expect(bytes.some((each) => each.includes(PHONE))).to.equal(false)
  })

  it('needs a folder for its reports', async () => {
    const error = await rejection(testConfig({ 'privacy.retain': [RULE] }))
    expect(String(error)).to.include('privacy.retain needs privacy.reports')
  })
})
