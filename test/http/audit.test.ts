import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { isGenuine } from '../../security/audit/signed-head.ts'
import { verifyAudit, verifyExport } from '../../security/audit/verify-audit.ts'
import { openEvents } from '../support/event-stream.ts'
import { startTestHub, type TestAnswer, type TestHub, type TestRequest } from '../support/hub.ts'
import { startReceiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'

const POLICIES = join(packageRoot, 'config/policies/demo.yaml')
const DEMO = parse(readFileSync(join(packageRoot, 'config/demo/province.yaml'), 'utf8'))
const ENTITIES = '/ngsi-ld/v1/entities'
const REPORT = 'urn:ngsi-ld:ServiceRequest:1'
const PHONE = '0912345678'

type Account = 'dpo' | 'analyst' | 'feeds' | 'public' | 'operator.thai-nguyen'
// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
type Record = any

describe('HTTP: the audit log', () => {
  let data: string
  let folder: string
  let hub: TestHub
  const tokens = new Map<Account, string>()

  before(async () => {
    data = mkdtempSync(join(tmpdir(), 'hub-audit-'))
    folder = join(data, 'audit')
    hub = await startTestHub({
      data,
      city: 'thai-nguyen',
      'auth.mode': 'required',
      'auth.policies': [POLICIES],
      'context.default': 'ontology',
      'identity.enabled': true,
      'identity.demoGrant': true,
      'identity.accounts': DEMO.identity.accounts,
      'audit.segmentBytes': 4096,
      'changes.heartbeat': 200,
      'egress.mode': 'open',
    })
    for (const account of ['dpo', 'analyst', 'feeds', 'public', 'operator.thai-nguyen'] as const)
      tokens.set(account, await token(account))
    const report = {
      id: REPORT,
      type: 'ServiceRequest',
      requestCode: text('PA-1'),
      reporterPhone: text(PHONE),
    }
    const thing = { id: 'urn:ngsi-ld:OffStreetParking:1', type: 'OffStreetParking', name: text('Bãi đỗ') }
    for (const body of [report, thing])
      expect((await send('feeds', ENTITIES, { method: 'POST', body })).status).to.equal(201)
  })
  after(async () => {
    await hub.stop()
    rmSync(data, { recursive: true, force: true })
  })

  const text = (value: string): object => ({ type: 'Property', value })
  const send = (account: Account, path: string, request: TestRequest = {}): Promise<TestAnswer> =>
    hub.send(path, {
      ...request,
      headers: { Authorization: `Bearer ${tokens.get(account)}`, ...request.headers },
    })
  async function token(account: Account): Promise<string> {
    const grant = { grant_type: 'urn:urban-data-hub:grant:demo', client_id: 'hub-demo', account }
    const { body } = await hub.send('/oidc/token', {
      method: 'POST',
      body: new URLSearchParams(grant).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    })
    return body.access_token
  }
  const lines = (): readonly string[] =>
    readdirSync(folder)
      .filter((name) => /^\d/.test(name))
      .sort()
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1)) // one may be half written
  const records = (): readonly Record[] => lines().map((line) => JSON.parse(line))
  /** Writes are recorded a little later. */
  const newest = (): Record => records().findLast(({ kind }) => kind !== 'write')
  const reads = (): number => records().filter(({ kind }) => kind === 'read').length

  it('says who read free texts about a person in a register, one by one and in a list', async () => {
    const path = '/hub/v1/privacy/requests'
    const body = { identifiers: [`phone:${PHONE}`], right: 'access', note: `gọi ${PHONE}` }
    const made = await send('dpo', path, { method: 'POST', body })
    expect(made.status, made.text).to.equal(201)
    await send('dpo', `${path}/${made.body.id}`)
    expect(newest()).to.deep.include({
      operation: `GET ${path}/:id`,
      access: 'clear',
      classes: { basic: 1, unclassified: 1 },
    })
    await send('dpo', path)
    expect(newest()).to.deep.include({
      operation: `GET ${path}`,
      access: 'clear',
      classes: { unclassified: 1 },
    })
  })

  it('says who was shown which classes of whose data, under which policies, and no value', async () => {
    const path = `${ENTITIES}/${REPORT}`
    const { status } = await send('dpo', path, { headers: { 'X-Request-Id': 'audited-request-1' } })
    expect(status).to.equal(200)
    const { seq, prev, at, caller, policy, view, subjects, ...said } = newest()
    expect(said).to.deep.equal({
      kind: 'read',
      operation: 'GET /ngsi-ld/v1/entities/:id',
      outcome: 'permit',
      organisation: 'province',
      client: 'hub-demo',
      roles: ['dpo'],
      access: 'clear',
      entities: 1,
      classes: { basic: 1 },
      request: 'audited-request-1',
    })
    expect([seq, prev, at, caller, policy, view].every((each) => each !== undefined)).to.equal(true)
    expect(subjects).to.have.length(1)
    expect(lines().join()).not.to.include(PHONE).and.not.to.include(REPORT).and.not.to.include('PA-1')
  })

  it('records an answer from a cache like the first one, and one that is not sent not at all', async () => {
    const path = `${ENTITIES}?type=ServiceRequest&pick=reporterPhone`
    for (const requestId of ['first-request', 'second-request', 'third-request']) {
      await send('dpo', path, { headers: { 'X-Request-Id': requestId } })
      expect(newest()).to.include({ request: requestId, operation: 'GET /ngsi-ld/v1/entities' })
    }
    const { headers } = await send('dpo', `${ENTITIES}/${REPORT}`)
    const before = reads()
    const known = { 'If-None-Match': String(headers.etag) }
    expect((await send('dpo', `${ENTITIES}/${REPORT}`, { headers: known })).status).to.equal(304)
    expect(reads()).to.equal(before)
  })

  it('costs nothing where nothing of a person is shown', async () => {
    const before = reads()
    for (const path of [
      `${ENTITIES}/${REPORT}?pick=requestCode`,
      `${ENTITIES}?type=OffStreetParking`,
      '/ngsi-ld/v1/types',
    ])
      expect((await send('dpo', path)).status).to.equal(200)
    expect((await send('public', `${ENTITIES}?type=OffStreetParking`)).status).to.equal(200)
    expect(reads()).to.equal(before)
  })

  it('says who changed which classes of whose data, from the change log', async () => {
    const body = { reporterPhone: text('0911111111'), requestCode: text('PA-2') }
    const headers = { 'X-Request-Id': 'audited-write-1' }
    expect(
      (await send('feeds', `${ENTITIES}/${REPORT}/attrs`, { method: 'PATCH', body, headers })).status,
    ).to.be.oneOf([204, 207])
    const open = { method: 'PATCH', body: { name: text('Bãi đỗ xe') } } as const
    await send('feeds', `${ENTITIES}/urn:ngsi-ld:OffStreetParking:1/attrs`, open)
    await send('dpo', '/hub/v1/audit/head')
    const writes = records().filter(({ kind }) => kind === 'write')
    expect(writes.map(({ operation }) => operation)).to.deep.equal(['entity.created', 'entity.updated'])
    const { subjects, caller, policy, view, seq, prev, at, position, ...said } = writes[1]
    expect(said).to.deep.equal({
      ...{ kind: 'write', operation: 'entity.updated', outcome: 'done', access: 'clear', entities: 1 },
      ...{ client: 'hub-demo', roles: ['feed'], classes: { basic: 1 }, request: 'audited-write-1' },
    })
    expect([caller, policy, view, seq, prev, at, position].every((each) => each !== undefined)).to.equal(true)
    expect(subjects).to.deep.equal([await hub.running.audit?.subject(DEFAULT_TENANT, REPORT)])
  })

  it('counts masked data and refusals, and writes them together', async () => {
    for (let at = 0; at < 3; at++) {
      expect((await send('analyst', `${ENTITIES}/${REPORT}`)).status).to.equal(200)
      expect((await send('analyst', '/hub/v1/audit')).status).to.equal(403)
    }
    expect((await send('dpo', '/hub/v1/audit/head')).status).to.equal(200)
    const counted = records().filter(({ kind }) => kind === 'counted')
    const of = (outcome: string): Record =>
      counted.find((each) => each.outcome === outcome && each.roles?.[0] === 'analyst')
    expect(of('permit')).to.deep.include({ access: 'masked', times: 3, entities: 3, classes: { basic: 3 } })
    expect(of('refused')).to.deep.include({ times: 3, details: { code: 'Forbidden' } })
    expect(of('permit')).not.to.have.property('subjects')
  })

  it('records what a stream tells before it tells it, and a notification before it is sent', async () => {
    const receiver = await startReceiver()
    const subscription = {
      type: 'Subscription',
      entities: [{ type: 'ServiceRequest' }],
      notification: { endpoint: { uri: receiver.url } },
    }
    await send('dpo', '/ngsi-ld/v1/subscriptions', { method: 'POST', body: subscription })
    const events = await openEvents(`${hub.url}/hub/v1/events?type=ServiceRequest`, {
      Authorization: `Bearer ${tokens.get('dpo')}`,
    })
    await until('the stream', () => events.beats() > 0)
    await send('feeds', `${ENTITIES}/${REPORT}/attrs`, {
      method: 'PATCH',
      body: { reporterPhone: text('0987654321') },
    })
    await until('the event', () => events.text().includes('0987654321'))
    expect(records().some(({ operation }) => operation === 'GET /hub/v1/events')).to.equal(true)
    await until('the notification', () => receiver.received.length > 0)
    const notification = records().find(({ kind }) => kind === 'notification')
    expect(notification).to.deep.include({ access: 'clear', classes: { basic: 1 }, roles: ['dpo'] })
    expect(notification.details.to).to.equal(new URL(receiver.url).host)
    await events.close()
    await receiver.close()
  })

  it('has who kept, changed and looked up what the data-protection officer keeps', async () => {
    const body = { identifiers: ['phone:0912345678'], right: 'access', channel: 'portal' }
    const kept = await send('dpo', '/hub/v1/privacy/requests', { method: 'POST', body })
    expect(kept.status, kept.text).to.equal(201)
    expect(newest()).to.deep.include({
      operation: 'privacy.requests.create',
      roles: ['dpo'],
      outcome: 'done',
    })
    expect(newest().details).to.deep.equal({ record: kept.body.id })
    const { text: read } = await send('dpo', `/hub/v1/privacy/requests/${kept.body.id}`)
    expect(read).to.include(PHONE)
    expect(newest()).to.deep.include({
      kind: 'read',
      operation: 'GET /hub/v1/privacy/requests/:id',
      access: 'clear',
    })
    expect(lines().join()).not.to.include(PHONE)
  })

  it('is read by who may, page by page, by time, caller, entity and operation, and that is on record', async () => {
    const asked = (search: string): Promise<TestAnswer> => send('dpo', `/hub/v1/audit?${search}`)
    const { body: first } = await asked('limit=2')
    expect(first.records.map(({ seq }: Record) => seq)).to.deep.equal([1, 2])
    const { body: second } = await asked(`limit=2&after=${first.after}`)
    expect(second.records[0].seq).to.equal(3)
    expect(newest()).to.deep.include({ kind: 'administration', operation: 'audit.read', roles: ['dpo'] })
    const { body: of } = await asked(`entity=${REPORT}&kind=read&operation=entities/:id&limit=1000`)
    expect(of.records.length).to.be.greaterThan(1)
    const [{ subjects, caller }] = of.records
    expect(
      (await asked(`subject=${subjects[0]}&caller=${caller}&kind=read&operation=entities/:id`)).body.records
        .length,
    ).to.equal(of.records.length)
    expect((await asked('entity=urn:nobody')).body.records).to.deep.equal([])
    expect((await asked('to=2020-01-01T00:00:00Z')).body.records).to.deep.equal([])
    expect((await asked('from=2020-01-01T00:00:00Z&limit=1')).body.records).to.have.length(1)
    for (const search of ['from=yesterday', 'limit=x', 'kind=reading', `entity=${REPORT}&subject=x`])
      expect((await asked(search)).status, search).to.equal(400)
    for (const account of ['analyst', 'public', 'feeds', 'operator.thai-nguyen'] as const)
      expect((await send(account, '/hub/v1/audit')).status, account).to.equal(403)
  })

  it('is exported as it stands with a signed head, and as a table', async () => {
    const lined = await send('dpo', '/hub/v1/audit', { headers: { Accept: 'application/x-ndjson' } })
    const exported = lined.text.trimEnd().split('\n')
    const { head } = JSON.parse(exported.pop() ?? '')
    expect(isGenuine(head)).to.equal(true)
    expect(lines().slice(0, exported.length)).to.deep.equal(exported)
    const file = join(data, 'export.ndjson')
    writeFileSync(file, lined.text)
    expect((await verifyExport(file, {})).faults).to.deep.equal([])
    writeFileSync(file, lined.text.replace(/\{"seq":5,.*\n/, ''))
    expect((await verifyExport(file, {})).faults.map(({ text: said }) => said)).to.deep.equal([
      'Log holds record 6 after record 4: record 5 is missing',
    ])
    const table = await send('dpo', '/hub/v1/audit', { headers: { Accept: 'text/csv' } })
    expect(table.text.split('\r\n')[0]).to.match(/^seq,at,record,operation,outcome,caller/)
    expect(table.text.split('\r\n').length).to.be.greaterThan(exported.length)
  })

  it('counts who was given how much of which type, of open data too, as JSON and as a table', async () => {
    await send('analyst', `${ENTITIES}?type=OffStreetParking`)
    const before = (await send('dpo', '/hub/v1/exchanges?organisation=province')).body
    for (let at = 0; at < 2; at++) await send('analyst', `${ENTITIES}?type=OffStreetParking`)
    await send('analyst', `${ENTITIES}?type=OffStreetParking&local=true`, {
      headers: { Accept: 'application/x-ndjson' },
    })
    await send('analyst', '/hub/v1/exchanges')
    const { status, body, headers } = await send('dpo', '/hub/v1/exchanges?organisation=province')
    expect([status, headers['cache-control']]).to.deep.equal([200, 'no-store'])
    expect(body.to).to.equal(before.to)
    // refusals, which are written together, may come behind it
    expect(records().findLast(({ kind }) => kind === 'administration').operation).to.equal('exchanges.read')
    const row = (rows: { readonly exchanges: readonly Record[] }, dataset: string | undefined): Record =>
      rows.exchanges.find((each) => each.dataset === dataset && each.client === 'hub-demo')
    const { exchanges: given } = row(before, 'OffStreetParking')
    expect(row(body, 'OffStreetParking')).to.include({
      result: 'given',
      organisation: 'province',
      exchanges: given + 3,
    })
    expect(row(body, 'ServiceRequest').entities).to.be.greaterThan(5)
    expect(row(body, undefined)).to.include({ result: 'refused', entities: 0 })
    const table = await send('dpo', '/hub/v1/exchanges?dataset=OffStreetParking', {
      headers: { Accept: 'text/csv' },
    })
    const [names = '', ...rows] = table.text.split('\r\n')
    expect(names).to.match(
      /^day,dataset,tenant,organisation,city,client,caller,hub,purpose,result,exchanges,entities$/,
    )
    expect(rows.filter((each) => !each.includes(',OffStreetParking,')).join('')).to.equal('')
    for (const search of ['from=yesterday', 'from=2026-02-01&to=2026-01-01', 'from=2020-01-01&to=2026-01-01'])
      expect((await send('dpo', `/hub/v1/exchanges?${search}`)).status, search).to.equal(400)
    const faulty = await send('dpo', '/hub/v1/exchanges?to=yesterday')
    expect(faulty.body.detail).to.equal('Parameter to is no day such as 2026-01-31')
    expect((await send('analyst', '/hub/v1/exchanges')).status).to.equal(403)
  })

  it('leads to nobody once the keys are gone, and stays whole', async () => {
    const { audit } = hub.running
    const before = await audit?.subject(DEFAULT_TENANT, REPORT)
    expect(lines().join()).to.include(before)
    await audit?.forget(DEFAULT_TENANT, [REPORT])
    expect(await audit?.subject(DEFAULT_TENANT, REPORT)).to.equal(undefined)
    await send('dpo', `${ENTITIES}/${REPORT}`)
    expect(newest().subjects).not.to.include(before)
    expect((await verifyAudit({ folder, heads: join(data, 'audit-heads.ndjson') })).faults).to.deep.equal([])
  })

  it('gives nothing in clear that it cannot record, and says that it is not ready', async () => {
    const away = join(data, 'audit-away')
    await send('dpo', '/hub/v1/audit/head')
    renameSync(folder, away)
    writeFileSync(folder, 'in the way')
    // files that are full are followed by others, which cannot be made
    let answer = await send('dpo', `${ENTITIES}/${REPORT}`)
    for (let at = 0; at < 20 && answer.status === 200; at++)
      answer = await send('dpo', `${ENTITIES}/${REPORT}`)
    expect(answer.status).to.equal(503)
    expect(answer.text).not.to.include('0987654321')
    expect((await send('dpo', `${ENTITIES}?type=ServiceRequest&pick=reporterPhone`)).status).to.equal(503)
    expect(
      (await send('dpo', `${ENTITIES}?type=ServiceRequest`, { headers: { Accept: 'application/x-ndjson' } }))
        .status,
    ).to.be.oneOf([400, 503])
    expect((await send('analyst', `${ENTITIES}/${REPORT}`)).status).to.equal(200)
    const ready = await hub.send('/health/ready')
    expect([ready.status, ready.body.checks.audit]).to.deep.equal([503, 'failed'])
    rmSync(folder)
    renameSync(away, folder)
    expect((await hub.send('/health/ready')).status).to.equal(200)
    expect((await send('dpo', `${ENTITIES}/${REPORT}`)).status).to.equal(200)
    const { text: metrics } = await hub.send('/metrics')
    for (const name of ['records', 'bytes', 'seals', 'failures'])
      expect(metrics).to.match(new RegExp(`^hub_audit_${name}_total\\{[^}]*\\} [1-9]`, 'm'))
  })

  it('goes on after a restart, and is whole', async () => {
    await send('dpo', '/hub/v1/audit/head')
    const { faults, last, sealed } = await verifyAudit({ folder, heads: join(data, 'audit-heads.ndjson') })
    expect(faults).to.deep.equal([])
    expect(sealed?.seq).to.equal(last)
  })
})
