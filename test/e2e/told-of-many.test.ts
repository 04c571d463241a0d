import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { printNoted, scanHub } from '../../broker/cli/run/scan-unclassified.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'

const POLICIES = `
rules:
  - id: feed.writes
    effect: permit
    subject: { role: feed }
    action: [read, create, update]
  - id: analyst.counts-reports
    effect: permit
    subject: { role: analyst }
    action: read
    resource: { type: ServiceRequest }
    obligations: { aggregateOnly: { by: [status, category] } }
  - id: public.gets-reports
    effect: permit
    subject: { role: public }
    action: read
    resource: { type: ServiceRequest }
    obligations: { release: { by: [category, reporterName, requestedAt] } }
  - id: public.persons
    effect: mask
    method: pseudonym
    subject: { role: public }
    action: read
    resource: { class: basic }
  - id: public.months
    effect: mask
    method: generalise
    to: month
    subject: { role: public }
    action: read
    resource: { attribute: requestedAt }
  - id: analyst.explains
    effect: permit
    subject: { role: analyst }
    action: read
    resource: { kind: explanation }
  - id: dpo.watches
    effect: permit
    subject: { role: dpo }
    action: read
    resource: { kind: privacy }
  - id: dpo.reads
    effect: permit
    subject: { role: dpo }
    action: read
  - id: dpo.reads-personal-data
    effect: permit
    subject: { role: dpo }
    action: read
    resource: { class: [none, basic, sensitive, unclassified] }
  - id: analyst.sees-parking
    effect: permit
    subject: { role: analyst }
    action: read
    resource: { type: OffStreetParking }
`

const report = (at: number) => ({
  id: `urn:ngsi-ld:ServiceRequest:${at}`,
  type: 'ServiceRequest',
  status: at < 40 ? 'received' : 'resolved',
  category: at % 20 === 0 ? 'noise' : 'waste',
  reporterName: 'Nguyễn Văn An',
  reporterPhone: '0900000000',
  requestedAt: {
    type: 'Property',
    value: { '@type': 'DateTime', '@value': `2026-0${1 + (at % 2)}-${10 + (at % 19)}T00:00:00Z` },
  },
})
const parking = { id: 'urn:ngsi-ld:OffStreetParking:1', type: 'OffStreetParking', status: 'open' }

describe('obligations of many: counts and exports without one of them (PD-07, PD-17)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'policies-'))
  let hub: TestHub
  const tokens = new Map<string, string>()

  before(async () => {
    const file = join(folder, 'policies.yaml')
    writeFileSync(file, POLICIES)
    const accounts = ['feed', 'analyst', 'public', 'dpo'].map((role) => ({ name: role, roles: [role] }))
    hub = await startTestHub({
      'auth.mode': 'required',
      'auth.policies': [file],
      'context.default': 'ontology',
      'identity.enabled': true,
      'identity.demoGrant': true,
      'identity.accounts': accounts,
    })
    for (const { name } of accounts) tokens.set(name, await token(name))
    const body = [...Array.from({ length: 60 }, (_, at) => report(at)), parking]
    const path = '/ngsi-ld/v1/entityOperations/create'
    const { status } = await as('feed', path, { method: 'POST', body })
    expect(status).to.equal(201)
  })

  after(async () => {
    await hub.stop()
    rmSync(folder, { recursive: true })
  })

  async function token(account: string): Promise<string> {
    const form = { grant_type: 'urn:urban-data-hub:grant:demo', client_id: 'hub-demo', account }
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams(form).toString()
    return (await hub.send('/oidc/token', { method: 'POST', body, headers })).body.access_token
  }

  const as = (
    account: string,
    path: string,
    request: Parameters<TestHub['send']>[1] = {},
  ): Promise<TestAnswer> =>
    hub.send(path, {
      ...request,
      headers: { ...request.headers, Authorization: `Bearer ${tokens.get(account)}` },
    })
  const ask = (query: string) => as('analyst', `/ngsi-ld/v1/entities?type=ServiceRequest&count=true&${query}`)
  const counted = async (query: string) => Number((await ask(query)).headers['ngsild-results-count'])

  it('answers a number in steps of five that is never too large, and no entity', async () => {
    const { status, body, headers } = await ask('limit=100')
    expect(status).to.equal(200)
    expect(body).to.deep.equal([])
    const count = Number(headers['ngsild-results-count'])
    expect(count % 5).to.equal(0)
    expect(count).to.be.within(52, 60)
    expect(await counted('limit=0')).to.equal(count)
  })

  it('tells no more to whom a query is explained', async () => {
    const headers = { 'Hub-Explain': 'true' }
    const path = '/ngsi-ld/v1/entities?type=ServiceRequest&count=true&q=category=="noise"'
    const answer = await as('analyst', encodeURI(path), { headers })
    expect(String(answer.headers['hub-explain'])).to.match(/matches["=: ]+0\b/)
  })

  it('tells 0 of fewer than five, whether there are any or not', async () => {
    expect(await counted('q=category=="noise"')).to.equal(0)
    expect(await counted('q=category=="lamp"')).to.equal(0)
    expect(await counted('q=category=="noise";status=="resolved"')).to.equal(0)
  })

  it('counts by the members that the rule names, and refuses every other filter', async () => {
    expect(await counted('q=status=="received"')).to.be.within(32, 40)
    for (const query of [
      'q=reporterName=="Nguyễn Văn An"',
      'q=status!="received"',
      'q=status=="received"|status=="resolved"',
      'q=status~="rec.*"',
      'id=urn:ngsi-ld:ServiceRequest:1',
      'idPattern=.*:1',
      'attrs=reporterName',
      'scopeQ=/a',
      'georel=near;maxDistance==100&geometry=Point&coordinates=[105.8,21.5]',
    ]) {
      const { status, headers } = await ask(encodeURI(query))
      expect(status, query).to.equal(403)
      expect(headers).not.to.have.property('ngsild-results-count')
    }
  })

  it('shows them nowhere else', async () => {
    const one = '/ngsi-ld/v1/entities/urn:ngsi-ld:ServiceRequest:1'
    expect((await as('analyst', one)).status).to.equal(404)
    expect((await as('analyst', '/ngsi-ld/v1/entities?type=ServiceRequest')).body).to.deep.equal([])
    expect((await as('analyst', `/ngsi-ld/v1/temporal${one.slice('/ngsi-ld/v1'.length)}`)).status).to.equal(
      404,
    )
    const types = await as('analyst', '/ngsi-ld/v1/types')
    expect(types.text).not.to.contain('ServiceRequest')
  })

  it('leaves counts of what the caller sees as they are', async () => {
    const parked = await as('analyst', '/ngsi-ld/v1/entities?type=OffStreetParking&count=true')
    expect(parked.headers['ngsild-results-count']).to.equal('1')
    expect(parked.body).to.have.length(1)
  })

  describe('release', () => {
    const entities = '/ngsi-ld/v1/entities'
    const exported = async (query: string) => {
      const headers = { Accept: 'application/x-ndjson' }
      const answer = await as('public', `${entities}?local=true&${query}`, { headers })
      return {
        ...answer,
        lines: answer.text.split('\n').filter((line) => line !== '' && answer.status === 200),
      }
    }

    it('exports those that look alike with enough others, without ids, tokens, times and what is not open', async () => {
      const { status, lines, text } = await exported('type=ServiceRequest&options=sysAttrs&format=simplified')
      expect(status).to.equal(200)
      expect(lines).to.have.length(57)
      expect(text).not.to.match(/pseudonym:|ServiceRequest:\d|reporter|0900000000|noise|createdAt|T00:00/)
      const groups = new Map<string, number>()
      for (const line of lines) {
        const { category, requestedAt } = JSON.parse(line)
        expect(requestedAt).to.match(/^2026-0[12]$/)
        groups.set(`${category} ${requestedAt}`, (groups.get(`${category} ${requestedAt}`) ?? 0) + 1)
      }
      expect(Math.min(...groups.values())).to.be.at.least(5)
      expect(new Set(lines.map((line) => JSON.parse(line).id)).size).to.equal(57)
    })

    it('has whole groups whatever is asked for, so that two exports cannot be put together', async () => {
      const [all, one] = [
        await exported('type=ServiceRequest&pick=category'),
        await exported('type=ServiceRequest&q=category=="waste"&pick=status'),
      ]
      expect([all.lines.length, one.lines.length]).to.deep.equal([57, 57])
      for (const query of [
        'type=ServiceRequest&q=status=="received"',
        'type=ServiceRequest&limit=10',
        'type=ServiceRequest&id=urn:ngsi-ld:ServiceRequest:1',
      ])
        expect((await exported(encodeURI(query))).status, query).to.equal(403)
    })

    it('shows none of them one by one', async () => {
      expect(
        (await as('public', `${entities}?type=ServiceRequest&count=true`)).headers['ngsild-results-count'],
      ).to.equal('0')
      expect((await as('public', `${entities}/urn:ngsi-ld:ServiceRequest:1`)).status).to.equal(404)
    })
  })

  describe('attributes that nobody classified', () => {
    const path = '/hub/v1/privacy/unclassified'

    it('are named when they carry identifiers, without any value, to whom may know', async () => {
      const memo = {
        id: 'urn:ngsi-ld:OffStreetParking:2',
        type: 'OffStreetParking',
        memo: 'gọi 0900000000',
        note: { hotline: 'a@example.com' },
      }
      await as('feed', '/ngsi-ld/v1/entities', { method: 'POST', body: memo })
      const { status, body, text } = await as('dpo', path)
      expect(status).to.equal(200)
      const named = body.findings.map(
        ({ attributes, path: place, detector, count }: Record<string, string[]>) => [
          String(attributes).replace(/^.*\//, ''),
          place,
          detector,
          count,
        ],
      )
      expect(named).to.have.deep.members([
        ['memo', '', 'phone', 1],
        ['note', 'hotline', 'email', 1],
      ])
      expect(text).not.to.match(/0900000000|example\.com"|reporterPhone/)
      const metrics = await hub.send('/metrics')
      expect(metrics.text).to.match(/hub_unclassified_identifiers_total\{detector="phone"[^}]*\} 1/)
    })

    it('are listed by `hub pii scan`, as they are now and as they were noted', async () => {
      const output: string[] = []
      const printing = { out: (line: string) => void output.push(line), note: () => undefined }
      const options = { hub: hub.url, issuer: hub.url, tenant: '', account: 'dpo' }
      await scanHub(options, printing)
      await printNoted(options, printing)
      expect(output.map((line) => line.replace(/\t\S*\//g, '\t'))).to.have.members([
        '1\tOffStreetParking\tmemo\tphone\n',
        '1\tOffStreetParking\tnote[hotline]\temail\n',
        '1\tOffStreetParking\tmemo\tphone\n',
        '1\tOffStreetParking\tnote[hotline]\temail\n',
      ])
    })

    it('are named to nobody else', async () => {
      expect((await as('analyst', path)).status).to.equal(403)
      expect((await hub.send(path)).status).to.equal(401)
    })
  })

  describe('after a change', () => {
    it('counts anew', async () => {
      const before = await counted('limit=0')
      const body = Array.from({ length: 40 }, (_, at) => report(100 + at))
      await as('feed', '/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })
      expect(await counted('limit=0')).to.be.greaterThan(before)
    })
  })
})
