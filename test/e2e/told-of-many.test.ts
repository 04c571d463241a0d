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
    obligations: { log: true, aggregateOnly: { by: [status, category], history: { of: [visits, reporterPhone], every: day } } }
  - id: visitor.counts-reports
    effect: permit
    subject: { role: visitor }
    action: read
    resource: { type: ServiceRequest }
    obligations: { aggregateOnly: { by: [status], noise: { epsilon: 0.5 } } }
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
    resource: { kind: [privacy, audit] }
  - id: dpo.reloads
    effect: permit
    subject: { role: dpo }
    action: [read, update]
    resource: { kind: policy }
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
  visits: { type: 'Property', value: at % 10, observedAt: `2026-03-0${2 + (at % 2)}T05:00:00Z` },
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
    const accounts = ['feed', 'analyst', 'visitor', 'public', 'dpo'].map((role) => ({
      name: role,
      roles: [role],
    }))
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

  describe('counts with noise', () => {
    const path = '/ngsi-ld/v1/entities?type=ServiceRequest&count=true&limit=0'
    const ask = (more = '') => as('visitor', encodeURI(`${path}${more}`))

    it('say so, and are the same when they are asked for again, in other words too', async () => {
      const answers = [await ask(), await ask(), await ask('&options=sysAttrs')]
      const counts = answers.map(({ headers }) => headers['ngsild-results-count'])
      expect(new Set(counts).size).to.equal(1)
      expect(Number(counts[0]) % 5).to.equal(0)
      for (const { headers } of answers)
        expect(headers['hub-count-noise']).to.equal('discrete-laplace;epsilon=0.5;step=5')
    })

    it('are no others, and say nothing of noise, for whom the rule asks for none', async () => {
      const { headers } = await as('analyst', path)
      expect(headers).not.to.have.property('hub-count-noise')
      expect(headers['hub-results-together']).to.equal(headers['ngsild-results-count'])
    })
  })

  describe('history', () => {
    const evolutions = '/ngsi-ld/v1/temporal/entities?type=ServiceRequest&timerel=between'
    const days = '&timeAt=2026-03-01T17:00:00Z&endTimeAt=2026-03-09T17:00:00Z'
    const averages = '&format=aggregatedValues&aggrMethods=avg,totalCount&aggrPeriodDuration=P1D'
    const exported = async (more: string, account = 'analyst', Accept = 'application/x-ndjson') => {
      const answer = await as(account, encodeURI(`${evolutions}${more}`), { headers: { Accept } })
      return {
        ...answer,
        lines: answer.text.split('\n').filter((line) => line !== '' && answer.status === 200),
      }
    }

    it('is told of groups that are alike in all that the rule names, and of no small one', async () => {
      const { status, lines, text } = await exported(days + averages)
      expect(status).to.equal(200)
      const groups = lines.map((line) => JSON.parse(line))
      expect(groups.map(({ id }) => id)).to.have.members([
        'urn:ngsi-ld:Group:ServiceRequest:category=waste:status=received',
        'urn:ngsi-ld:Group:ServiceRequest:category=waste:status=resolved',
      ])
      expect(text).not.to.match(/noise|reporter|0900000000|ServiceRequest:\d/)
      for (const { visits } of groups) {
        expect(visits.avg.map(([, from]: string[]) => from)).to.deep.equal(
          visits.totalCount.map(([, from]: string[]) => from),
        )
        for (const [count, from, to] of visits.totalCount) {
          expect(count % 5 === 0 && count > 0 && count <= 20).to.equal(true)
          expect(Date.parse(to) - Date.parse(from)).to.equal(86_400_000)
          expect(from).to.match(/T17:00:00Z$/)
        }
      }
    })

    it('says of a group the same in every answer, so that there is nothing to subtract', async () => {
      const { lines } = await exported(days + averages)
      for (const status of ['received', 'resolved']) {
        const one = await exported(`${days}${averages}&q=status=="${status}"&pick=id,type,visits`)
        expect(one.lines).to.deep.equal(lines.filter((line) => line.includes(`status=${status}`)))
      }
      expect((await exported(`${days}${averages}&q=category=="noise"`)).lines).to.deep.equal([])
      const table = await exported(days + averages, 'analyst', 'text/csv')
      expect(table.text).to.contain('category=waste:status=received')
      expect(table.text).not.to.match(/noise|ServiceRequest:\d/)
    })

    it('is refused where time, values or entities are cut otherwise than the rule does', async () => {
      for (const more of [
        `${days}${averages.replace('P1D', 'PT1H')}`,
        `${days}${averages.replace('avg', 'max')}`,
        `${days.replace('01T17', '01T18')}${averages}`,
        `${days}${averages}&lastN=1`,
        `${days}${averages}&id=urn:ngsi-ld:ServiceRequest:1`,
        `${days}${averages}&attrs=visits`,
        `${days}${averages}&q=visits>3`,
        `${days}${averages}&q=reporterName=="Nguyễn Văn An"`,
      ])
        expect((await exported(more)).status, more).to.equal(403)
    })

    it('is on record where the rule says so, as seen of nobody', async () => {
      await exported(days + averages)
      const { body } = await as('dpo', '/hub/v1/audit?operation=temporal&limit=1000')
      const { rules, subjects } = body.records.at(-1)
      expect([rules, subjects]).to.deep.equal([['analyst.counts-reports'], undefined])
    })

    it('is told in no other way, and to nobody else', async () => {
      expect((await exported(days)).lines).to.deep.equal([])
      expect((await exported(days + averages, 'public')).lines).to.deep.equal([])
      expect((await exported(days + averages, 'visitor')).lines).to.deep.equal([])
      const page = await as('analyst', `${evolutions}${days}${averages}&count=true`)
      expect([page.status, page.body, page.headers['ngsild-results-count']]).to.deep.equal([200, [], '0'])
      const one = '/ngsi-ld/v1/temporal/entities/urn:ngsi-ld:ServiceRequest:1'
      const headers = { Accept: 'application/x-ndjson' }
      expect((await as('analyst', `${one}?timerel=between${days}${averages}`, { headers })).status).to.equal(
        404,
      )
    })
  })

  describe('of several hubs', () => {
    let province: TestHub
    const path = '/ngsi-ld/v1/entities?type=ServiceRequest&count=true&limit=0'
    const askProvince = (account: string, more = '') =>
      province.send(encodeURI(`${path}${more}`), {
        headers: { Authorization: `Bearer ${tokens.get(account)}` },
      })
    const numberOf = ({ headers }: TestAnswer) => Number(headers['ngsild-results-count'])

    before(async () => {
      province = await startTestHub({
        name: 'province',
        'auth.mode': 'required',
        'auth.policies': [join(folder, 'policies.yaml')],
        'auth.issuers': [{ issuer: `${hub.url}/oidc` }],
        'context.default': 'ontology',
        'egress.allow': [hub.url],
        'federation.sources': [{ name: 'city', endpoint: hub.url, types: ['ServiceRequest'], apart: true }],
      })
      const body = Array.from({ length: 23 }, (_, at) => ({
        ...report(at),
        id: `urn:ngsi-ld:ServiceRequest:p${at}`,
      }))
      const headers = { Authorization: `Bearer ${tokens.get('feed')}` }
      const { status } = await province.send('/ngsi-ld/v1/entityOperations/create', {
        method: 'POST',
        body,
        headers,
      })
      expect(status).to.equal(201)
    })
    after(() => province.stop())

    it('are what each of them tells itself, added, and no entity', async () => {
      for (const more of ['', '&q=status=="received"', '&q=category=="noise"']) {
        const all = await askProvince('analyst', more)
        const own = numberOf(await askProvince('analyst', `${more}&local=true`))
        expect(all.body).to.deep.equal([])
        expect(numberOf(all), more).to.equal(own + (await counted(more)))
        expect(all.headers).not.to.have.property('ngsild-warning')
      }
      expect(numberOf(await askProvince('analyst'))).to.be.greaterThan(60)
    })

    it('say that there is noise in them where one of them says so', async () => {
      const { headers } = await askProvince('visitor')
      expect(headers['hub-count-noise']).to.contain('epsilon=0.5')
    })

    it('are refused before anybody is asked, and exact for whom nothing is hidden', async () => {
      expect((await askProvince('analyst', '&q=reporterName=="Nguyễn Văn An"')).status).to.equal(403)
      const { headers } = await askProvince('dpo')
      expect(headers['ngsild-results-count']).to.equal('83')
      expect(headers).not.to.have.property('hub-results-together')
    })
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
    it('of groups the version of the rules says so: exports of before and after could be joined', async () => {
      const file = join(folder, 'policies.yaml')
      const newest = async () => {
        await as('dpo', '/hub/v1/policies/reload', { method: 'POST' })
        return (await as('dpo', '/hub/v1/policies')).body.versions[0]
      }
      writeFileSync(file, POLICIES.replace('visits, reporterPhone', 'visits'))
      expect(await newest()).not.to.have.property('regrouped')
      writeFileSync(
        file,
        POLICIES.replace('    obligations: { release: { by: [category, reporterName, requestedAt] } }\n', ''),
      )
      expect(await newest()).not.to.have.property('regrouped')
      writeFileSync(file, POLICIES.replace('[category, reporterName, requestedAt]', '[category]'))
      const { regrouped } = await newest()
      expect(regrouped).to.have.length(1)
      expect(regrouped[0]).to.match(/^exports of .*ServiceRequest$/)
    })

    it('counts anew', async () => {
      const before = await counted('limit=0')
      const body = Array.from({ length: 40 }, (_, at) => report(100 + at))
      await as('feed', '/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })
      expect(await counted('limit=0')).to.be.greaterThan(before)
    })
  })
})
