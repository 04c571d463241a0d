import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { logLines } from '../support/hub.ts'
import { until } from '../support/until.ts'
import { HERS, NOTICE, OTHER, type Provinces, startProvince, traceOf } from './province-of-three.ts'

const run = promisify(execFile)
const ENTITIES = '/ngsi-ld/v1/entities'

describe('e2e: one person with data in three cities', () => {
  let province: Provinces
  const out = mkdtempSync(join(tmpdir(), 'hub-person-'))
  const identifiers = HERS.identifiers.flatMap((each) => ['--identifier', each])
  const report = join(out, 'report.json')
  let logged = 0

  before(async () => {
    logged = logLines.length
    province = await startProvince(join(out, 'reports'))
    await province.seed()
  })
  after(async () => {
    await province.stop()
    rmSync(out, { recursive: true, force: true })
  })

  /** The command itself, as the data-protection officer. */
  const hub = async (...words: readonly string[]) => {
    const environment = { ...process.env, HUB_TOKEN: province.token('dpo') }
    return run('node', [join(packageRoot, 'broker/cli/hub.js'), 'privacy', ...words], { env: environment })
  }
  const asked = ['--hub', () => province.province.url] as const
  const command = (word: string, ...more: readonly string[]) =>
    hub(word, asked[0], asked[1](), ...identifiers, ...more)

  const find = () =>
    province.send(province.province, 'dpo', '/hub/v1/privacy/find', {
      method: 'POST',
      body: { identifiers: HERS.identifiers },
    })

  it('is found by one command, hub by hub and place by place', async () => {
    const { stdout } = await command('find')
    const rows = stdout.split('\n').map((line) => line.split('\t'))
    for (const city of province.cities.keys()) {
      const places = new Map(
        rows.filter(([name]) => name === city).map(([, , place, count]) => [place, Number(count)]),
      )
      expect(places.get('entities'), `${city}\n${stdout}`).to.equal(2)
      expect(places.get('quarantine'), city).to.equal(1)
      expect(places.get('histories'), city).to.be.greaterThan(0)
    }
    const [first] = province.cities.keys()
    const places = new Set(rows.filter(([name]) => name === first).map(([, , place]) => place))
    expect([...places]).to.include.members(['subscription', 'snapshot', 'snapshot.entities', 'log'])
    for (const text of HERS.telling) expect(stdout).not.to.contain(text)
  })

  it('is nobody’s to look for without a right to it', async () => {
    for (const account of ['analyst', 'operator.thai-nguyen', 'public'] as const) {
      for (const word of ['find', 'export', 'erase']) {
        const answer = await province.send(province.province, account, `/hub/v1/privacy/${word}`, {
          method: 'POST',
          body: { identifiers: HERS.identifiers },
        })
        expect(answer.status, `${account} ${word} ${answer.text}`).to.equal(403)
        expect(traceOf(answer.text)).to.deep.equal([])
      }
    }
  })

  it('gets all that is hers, and nothing of others', async () => {
    const file = join(out, 'export.ndjson')
    await command('export', '--output', file)
    expect(statSync(file).mode & 0o077).to.equal(0)
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    for (const city of province.cities.keys()) {
      const own = lines.filter((each) => each.hub === city)
      expect(own.map(({ place }) => place)).to.include.members(['entity', 'history', 'quarantine'])
      const [reported] = own.filter(({ place, id }) => place === 'entity' && id.includes('hers'))
      expect(reported.data.reporterName.value).to.equal(HERS.name)
    }
    const text = readFileSync(file, 'utf8')
    for (const other of OTHER.telling) expect(text).not.to.contain(other)
  })

  const ask = (word: string, more: object = {}) =>
    province.send(province.province, 'dpo', `/hub/v1/privacy/${word}`, {
      method: 'POST',
      body: { identifiers: HERS.identifiers, ...more },
    })
  const seen = async (account: 'operator.thai-nguyen' | 'analyst' | 'dpo', name: string, search = '') => {
    const [city] = province.cities.values()
    if (!city) throw new Error('There is no city')
    const at = account === 'analyst' ? province.province : city
    const id = `urn:ngsi-ld:ServiceRequest:thai-nguyen:${name}`
    const { body } = await province.send(at, account, `${ENTITIES}?type=ServiceRequest&id=${id}${search}`)
    return (body as readonly object[])
      .flatMap((each) => Object.keys(each))
      .filter((key) => /^reporter|^description/.test(key))
  }

  it('is hidden from all but the data-protection officer, in every city, until it is lifted', async () => {
    for (const account of ['operator.thai-nguyen', 'analyst'] as const)
      expect(await seen(account, 'hers'), account).to.include('reporterPhone')
    const { status, body, text } = await ask('restrict')
    expect(status, text).to.equal(200)
    for (const { state, count } of body.hubs.slice(1)) expect([state, count]).to.deep.equal(['answered', 3])
    for (const account of ['operator.thai-nguyen', 'analyst'] as const) {
      expect(await seen(account, 'hers'), account).to.deep.equal([])
      expect(await seen(account, 'hers', '&q=reporterPhone'), account).to.deep.equal([])
      expect(await seen(account, 'other'), account).to.include('reporterPhone')
    }
    expect(await seen('dpo', 'hers')).to.include('reporterPhone')
    // what is written of her later too, within moments
    const [city] = province.cities.values()
    if (!city) throw new Error('There is no city')
    const later = {
      id: 'urn:ngsi-ld:ServiceRequest:thai-nguyen:later',
      type: 'ServiceRequest',
      reporterPhone: { type: 'Property', value: HERS.phone },
    }
    const written = await province.send(city, 'feeds', ENTITIES, { method: 'POST', body: later })
    expect(written.status, written.text).to.equal(201)
    await until('what is written later', async () => (await seen('analyst', 'later')).length === 0)
    expect(await seen('dpo', 'later')).to.include('reporterPhone')
    expect((await ask('lift')).body.hubs.slice(1)).to.have.length(3)
    for (const account of ['operator.thai-nguyen', 'analyst'] as const)
      expect(await seen(account, 'hers'), account).to.include('reporterPhone')
  })

  it('is hidden for a purpose at once when she withdraws her consent to it', async () => {
    const consent = {
      purpose: 'research',
      classes: ['basic'],
      givenAt: '2026-01-01T00:00:00Z',
      method: 'written',
      evidence: 'ab'.repeat(32),
    }
    const given = await ask('consents', consent)
    expect(given.status, given.text).to.equal(201)
    const path = `/hub/v1/privacy/consents/${given.body.id}`
    const withdrawing = { withdrawnAt: new Date().toISOString(), method: 'message' }
    const change = (identifiers: readonly string[]) =>
      province.send(province.province, 'dpo', path, {
        method: 'PATCH',
        body: { ...withdrawing, identifiers },
      })
    expect((await change([`phone:${OTHER.phone}`])).status).to.equal(400)
    const { status, body, text } = await change(HERS.identifiers)
    expect(status, text).to.equal(200)
    expect(body.restricted.map(({ state }: { state: string }) => state)).to.deep.equal(
      Array(4).fill('answered'),
    )
    // callers of the demonstration state no purpose: it may be that one
    expect(await seen('analyst', 'hers')).to.deep.equal([])
    expect((await ask('lift', { purpose: 'other' })).body.hubs[1].count).to.equal(0)
    expect((await ask('lift', { purpose: 'research' })).body.hubs[1].count).to.equal(1)
  })

  it('is erased by one command, which answers a signed report', async () => {
    await command('erase', '--output', report)
    const text = readFileSync(report, 'utf8')
    expect(traceOf(text)).to.deep.equal([])
    const { hubs, finished } = JSON.parse(text)
    expect(finished).to.equal(true)
    for (const each of hubs) {
      expect(each.state, JSON.stringify(each)).to.equal('answered')
      expect(each.report.left, JSON.stringify(each.report)).to.deep.equal([])
      expect(each.report.finished).to.equal(true)
      expect(each.report.erased[0].counts).to.include.all.keys('attributes', 'instances', 'quarantine')
    }
    expect(hubs.map((each: { hub: string }) => each.hub).sort()).to.deep.equal(
      [...province.cities.keys()].sort(),
    )
  })

  it('leaves not a byte of hers under any data folder, in whatever writing', async () => {
    const found: string[] = []
    for (const folder of province.folders()) {
      for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const path = join(folder, file)
        if (statSync(path).isFile())
          for (const what of traceOf(readFileSync(path))) found.push(`${file}: ${what}`)
      }
    }
    expect(found).to.deep.equal([])
  })

  it('leaves reports without their reporter, and other persons as they were', async () => {
    for (const [city, hubOfCity] of province.cities) {
      const mine = await province.send(
        hubOfCity,
        'dpo',
        `${ENTITIES}/urn:ngsi-ld:ServiceRequest:${city}:hers`,
      )
      expect(mine.status).to.equal(200)
      expect(mine.body).to.include.keys('status', 'requestCode')
      expect(mine.body).not.to.have.any.keys('reporterName', 'reporterPhone', 'description', 'note')
      const about = await province.send(
        hubOfCity,
        'dpo',
        `${ENTITIES}/urn:ngsi-ld:ServiceRequest:${city}:about-her`,
      )
      expect(about.body.reporterPhone.value).to.equal(OTHER.phone)
      expect(about.body).not.to.have.property('description')
      const other = await province.send(
        hubOfCity,
        'dpo',
        `${ENTITIES}/urn:ngsi-ld:ServiceRequest:${city}:other`,
      )
      expect(other.body.reporterName.value).to.equal(OTHER.name)
      expect(other.body.description.value).to.contain(OTHER.phone)
    }
  })

  it('leaves what other hubs told of others', async () => {
    const [city] = province.cities.values()
    const told = await city?.running.store.document(DEFAULT_TENANT, 'sourceNotice', NOTICE)
    expect(JSON.stringify(told?.document)).to.contain(OTHER.phone)
    const log = (await city?.running.store.log(DEFAULT_TENANT, 0, 10_000)) ?? []
    const notices = log.filter(({ collection }) => collection === 'sourceNotice')
    expect(notices.map(({ after }) => after !== undefined)).to.deep.equal([false, true])
  })

  it('has a report that its hubs vouch for, and that nobody can change', async () => {
    const { stdout } = await hub('verify', report, '--hub', province.province.url)
    for (const name of ['province', ...province.cities.keys()]) expect(stdout).to.contain(`signed by ${name}`)
    const changed = join(out, 'changed.json')
    writeFileSync(changed, readFileSync(report, 'utf8').replace('"finished": true', '"finished": false'))
    const refused = await hub('verify', changed).then(
      () => '',
      (error: Error & { stderr: string }) => error.stderr,
    )
    expect(refused).to.contain('not as it was signed')
    const kept = readdirSync(join(out, 'reports'), { recursive: true, encoding: 'utf8' })
    expect(kept.filter((name) => name.endsWith('.json'))).to.have.length(1 + province.cities.size)
  })

  it('is found nowhere any more, and was in no line of any log', async () => {
    const { body } = await find()
    for (const { places } of body.hubs) expect(places).to.deep.equal([])
    expect(logLines.slice(logged).filter((line) => traceOf(line).length > 0)).to.deep.equal([])
  })

  it('is erased at a hub that was away as soon as it is back, without being asked for again', async () => {
    const last = [...province.cities.keys()].at(-1) ?? ''
    await province.stopCity(last)
    const { body: found } = await find()
    expect(found.hubs.filter(({ state }: { state: string }) => state === 'open')).to.deep.equal([
      { hub: last, state: 'open', reason: 'Hub does not answer' },
    ])
    const { body: withdrawn } = await ask('restrict', { purpose: 'research' })
    const { body: erased } = await ask('erase')
    const orders = async (search = '') =>
      (await province.send(province.province, 'dpo', `/hub/v1/privacy/orders${search}`)).body.orders
    const [order, ...others] = await orders('?state=open')
    // what hides goes with what is erased
    expect([order.id, order.what, others]).to.deep.equal([erased.order, 'erase', []])
    expect(withdrawn.order).not.to.equal(erased.order)
    expect(order).to.deep.include({ state: 'open', attempts: 1, report: erased.report.id })
    expect(
      order.hubs.map(({ hub: name, state }: { hub: string; state: string }) => [name, state]),
    ).to.deep.equal([...province.cities.keys()].map((name) => [name, name === last ? 'open' : 'answered']))
    expect(traceOf(JSON.stringify(order))).to.deep.equal([])
    const metrics = async () => (await province.province.send('/metrics')).text
    expect(await metrics()).to.match(
      new RegExp(`^hub_privacy_open_orders\\{hub="${last}",state="open"[^}]*\\} 1$`, 'm'),
    )
    const refused = await province.send(province.province, 'analyst', `/hub/v1/privacy/orders/${order.id}`)
    expect(refused.status).to.equal(403)

    await province.restartCity(last)
    const { stdout } = await hub('orders', order.id, '--retry', '--hub', province.province.url)
    const done = JSON.parse(stdout)
    expect(done.hubs.at(-1), stdout).to.include({ hub: last, state: 'answered' })
    expect(done).to.deep.include({ state: 'done', attempts: 2 })
    expect(done.completion).to.deep.include({
      of: erased.report.id,
      before: [...province.cities.keys()].slice(0, -1),
    })
    const completion = join(out, 'completion.json')
    writeFileSync(completion, JSON.stringify(done.completion))
    const { stdout: verified } = await hub('verify', completion, '--hub', province.province.url)
    expect(verified).to.contain('signed by province').and.contain(`signed by ${last}`)
    expect(readdirSync(join(out, 'reports', 'province')).join()).to.contain('erasure-completion-')
    expect(await orders('?state=open')).to.deep.equal([])
    expect(await metrics()).not.to.contain(`hub_privacy_open_orders{hub="${last}"`)
  })
})
