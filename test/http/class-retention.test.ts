import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { verifyReportFile } from '../../broker/cli/run/privacy.ts'
import { verifyReport } from '../../security/privacy/signed-report.ts'
import { values } from '../support/history.ts'
import { startTestHub, type TestHub, testConfig } from '../support/hub.ts'
import { rejection } from '../support/rejection.ts'
import { keptIn, retain } from '../support/store-of-tests.ts'
import { until } from '../support/until.ts'

const REPORT = '/ngsi-ld/v1/entities/urn:ngsi-ld:ServiceRequest:1'
const PHONE = '0900000911'
const RULES = [
  { class: 'basic', retention: ['observation', 'caseFile'], days: 1 },
  { class: 'basic', types: ['ServiceRequest'], retention: ['personal'], days: 90 },
]

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
      waterLevel: { type: 'Property', value: 3, observedAt: '2020-01-01T00:00:00Z' },
    }
    expect((await hub.send('/ngsi-ld/v1/entities', { method: 'POST', body })).status).to.equal(201)
    await hub.stop()
    const rules = {
      'privacy.retain': RULES,
      'privacy.reports': reports,
      'history.retain': [{ retention: ['caseFile'], instances: 'P30D' }],
    }
    hub = await startTestHub({ data, 'context.default': 'ontology', ...rules })
    await until('a report', () => readdirSync(reports).length > 0)
  })
  after(async () => {
    await hub.stop()
    for (const folder of [data, reports]) rmSync(folder, { recursive: true, force: true })
  })

  it('erases what the ontology classes so and is too old, with a report that the hub signed', async () => {
    const { body } = await hub.send(REPORT)
    expect(Object.keys(body)).to.have.members(['id', 'type', 'reporterName', 'requestCode', 'waterLevel'])
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
    expect(report.erased[0]).to.include({ rule: 1, entities: 1, values: 1, instances: 1 })
    expect((await keptIn(data)).includes(PHONE)).to.equal(false)
  })

  it('lets history forget what is of a retention class of the ontology, and nothing else', async () => {
    await retain(hub.running.store)
    const id = REPORT.slice(REPORT.indexOf('urn:'))
    expect(await values(hub, id, 'requestCode')).to.equal(undefined)
    expect(await values(hub, id, 'waterLevel')).to.have.length(1)
  })

  it('does not start with retention classes that there are not', async () => {
    for (const setting of [
      { 'history.retain': [{ instances: 'P1D' }, { retention: ['forever'], instances: 'P1D' }] },
      { 'privacy.reports': reports, 'privacy.retain': [...RULES, { ...RULES[0], retention: ['forever'] }] },
    ]) {
      const error = await rejection(startTestHub({ 'context.default': 'ontology', ...setting }))
      expect(String(error)).to.match(/\.retain\.[12] names retention class forever/)
    }
  })

  it('needs a folder for its reports', async () => {
    const error = await rejection(testConfig({ 'privacy.retain': RULES }))
    expect(String(error)).to.include('privacy.retain needs privacy.reports')
  })
})
