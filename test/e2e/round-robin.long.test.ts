import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Client } from 'undici'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { Browser, logIn, passwordHash, pkce, REDIRECT, redeem } from '../http/identity-server.ts'
import { type CapableMongo, missingCapableMongo, startCapableMongo } from '../support/capable-mongo.ts'
import { freePort } from '../support/free-port.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { dropDatabase } from '../support/mongodb-server.ts'
import { type RoundRobin, startRoundRobin } from '../support/round-robin.ts'
import { until } from '../support/until.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const MAPS = '/ngsi-ld/v1/entityMaps'
const ACCOUNT = 'operator.song-cong'
const rules = (types: string) => `rules:
  - { id: all.types, effect: permit, subject: { role: operator }, action: [read, create, update, delete], resource: { type: [${types}] } }
  - { id: all.clear, effect: permit, subject: { role: operator }, action: read, resource: { class: [none, basic, sensitive, unclassified] } }
  - { id: all.resources, effect: permit, subject: { role: operator }, action: [read, create, update, delete], resource: { kind: [subscription, policy, snapshot, registration, context, privacy] } }
`

interface Asked {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly body: any
}

describe('two hub processes behind a load balancer without sticky sessions', function () {
  this.timeout(120_000)
  const missing = missingCapableMongo()
  if (missing !== undefined) {
    it.skip(`SKIPPED: requests that go to either of two processes (${missing})`)
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'hub-round-robin-'))
  const policies = join(folder, 'rules.yaml')
  const database = `hub-test-round-robin-${process.pid}`
  let mongo: CapableMongo
  let hubs: readonly TestHub[] = []
  let ports: readonly number[] = []
  let balancer: RoundRobin
  let browser: Browser
  let client: Client
  let receiver: Server | undefined
  let access = ''

  before(async () => {
    mongo = await startCapableMongo()
    writeFileSync(policies, rules('OffStreetParking, Vehicle, ServiceRequest'))
    const port = await freePort()
    ports = [await freePort(), await freePort()]
    const publicUrl = `http://127.0.0.1:${port}`
    balancer = await startRoundRobin(port, ports)
    for (const own of ports)
      hubs = [
        ...hubs,
        await startTestHub({
          publicUrl,
          'listen.port': own,
          'store.kind': 'mongodb',
          'store.mongodb.url': mongo.url,
          'store.mongodb.database': database,
          'auth.mode': 'required',
          'auth.policies': [policies],
          'context.default': 'ontology',
          'egress.mode': 'open',
          'subscriptions.plainHttp': true,
          'audit.folder': join(folder, `audit-${own}`),
          'privacy.erase': [{ types: ['ServiceRequest'], erase: 'entity' }],
          'identity.enabled': true,
          'identity.accounts': [{ name: ACCOUNT, password: await passwordHash(), roles: ['operator'] }],
          'identity.clients': [{ id: 'console', redirectUris: [REDIRECT] }],
        }),
      ]
    browser = new Browser(publicUrl)
    client = new Client(publicUrl)
  })
  after(async () => {
    receiver?.close()
    await browser.close()
    await client.close()
    for (const hub of hubs) await hub.stop()
    balancer.close()
    await dropDatabase(mongo.url, database)
    await mongo.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const send = async (
    path: string,
    { method = 'GET', body, headers = {} }: Asked = {},
  ): Promise<Answered> => {
    const answer = await client.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${access}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
  }
  const parking = (at: number) => ({
    id: `urn:ngsi-ld:OffStreetParking:${at}`,
    type: 'OffStreetParking',
    name: `P${at}`,
  })
  const create = (at: number, headers: Readonly<Record<string, string>> = {}) =>
    send(ENTITIES, { method: 'POST', body: parking(at), headers })

  it('logs somebody in, step by step at either, and takes at both what one gave', async () => {
    const { verifier, challenge } = pkce()
    const code = await logIn(browser, challenge)
    const given = await redeem(browser, code, verifier)
    expect(given.status, given.text).to.equal(200)
    access = String(given.json.access_token)
    for (let times = 0; times < 4; times++)
      expect((await send(`${ENTITIES}?type=OffStreetParking`)).status).to.equal(200)
    expect(Math.abs((balancer.counts[0] ?? 0) - (balancer.counts[1] ?? 0))).to.be.at.most(1)
  })

  it('goes on with pages and an entity map at either', async () => {
    for (let at = 1; at <= 5; at++) expect((await create(at)).status).to.equal(201)
    const made = await send(`${MAPS}?type=OffStreetParking`)
    expect(made.status, JSON.stringify(made.body)).to.equal(201)
    const map = String(made.headers['ngsild-entitymap'])
    const ids: string[] = []
    for (let offset = 0; offset < 5; offset += 2) {
      const page = await send(`${ENTITIES}?type=OffStreetParking&limit=2&offset=${offset}`, {
        headers: { 'NGSILD-EntityMap': map },
      })
      ids.push(...page.body.map(({ id }: { id: string }) => id))
    }
    expect(ids).to.deep.equal([1, 2, 3, 4, 5].map((at) => parking(at).id))
    const walked: string[] = []
    let next: string | undefined = `${ENTITIES}?type=OffStreetParking&limit=2`
    while (next !== undefined) {
      const page: Answered = await send(next)
      walked.push(...page.body.map(({ id }: { id: string }) => id))
      const link = /<([^>]*)>;[^,]*rel="next"/.exec(String(page.headers.link ?? ''))?.[1]
      next =
        link === undefined
          ? undefined
          : new URL(link, 'http://127.0.0.1').pathname + new URL(link, 'http://127.0.0.1').search
    }
    expect(walked).to.deep.equal(ids)
  })

  it('does once what comes again under one key at the other', async () => {
    const key = { 'Idempotency-Key': '"one-and-the-same"' }
    const answers = [await create(6, key), await create(6, key), await create(6, key)]
    expect(answers.map(({ status }) => status)).to.deep.equal([201, 201, 201])
    expect(answers.map(({ headers }) => headers['hub-idempotent-replay'])).to.deep.equal([
      undefined,
      'true',
      'true',
    ])
  })

  const told: string[] = []

  it('notifies of what is written at either, whichever took the subscription', async () => {
    receiver = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => {
        body += chunk
      })
      request.on('end', () => {
        told.push(...JSON.parse(body).data.map(({ id }: { id: string }) => id))
        response.end()
      })
    })
    receiver.listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const uri = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}` // it listens on a port
    for (const id of ['urn:s:1', 'urn:s:2']) {
      const body = {
        ...{ id, type: 'Subscription', entities: [{ type: 'OffStreetParking' }] },
        notification: { endpoint: { uri } },
      }
      const { status, body: answer } = await send('/ngsi-ld/v1/subscriptions', { method: 'POST', body })
      expect(status, JSON.stringify(answer)).to.equal(201)
    }
    await create(7)
    await create(8)
    await until('four notifications', () => told.length === 4, 20_000)
    expect(told.sort()).to.deep.equal([7, 7, 8, 8].map((at) => parking(at).id))
    receiver.closeAllConnections()
  })

  it('erases whom the audit logs of both know, and neither leads to her after that, whatever it has still to record', async () => {
    const identifiers = ['phone:0912345678']
    const ids = [1, 2, 3].map((at) => `urn:ngsi-ld:ServiceRequest:${at}`)
    for (const id of ids) {
      const body = { id, type: 'ServiceRequest', requestCode: id, reporterPhone: '0912345678' }
      expect((await send(ENTITIES, { method: 'POST', body })).status).to.equal(201)
    }
    const audits = hubs.flatMap(({ running: { audit } }) => (audit ? [audit] : []))
    const found = async () => {
      const all = ids.flatMap((id) => audits.map((audit) => audit.subject(DEFAULT_TENANT, id)))
      return (await Promise.all(all)).map((subject) => subject ?? '')
    }
    const recorded = async () => {
      for (const audit of audits) await audit.seal()
      const files = ports.map((own) =>
        readFileSync(join(folder, `audit-${own}`, '000000000001.ndjson'), 'utf8'),
      )
      return files.map((text) => text.split('\n').filter((line) => line.includes('"kind":"write"')))
    }
    for (const id of ids)
      for (let times = 0; times < 2; times++) expect((await send(`${ENTITIES}/${id}`)).status).to.equal(200)
    const before = await found()
    expect(new Set(before).size).to.equal(3)
    expect(before).not.to.include('')
    await until('both to have recorded who wrote of her', async () =>
      (await recorded()).every(({ length }) => length > 0),
    )
    const erased = await send('/hub/v1/privacy/erase', { method: 'POST', body: { identifiers } })
    expect(erased.status, JSON.stringify(erased.body)).to.equal(200)
    expect(erased.body.report.auditKeys).to.equal(3)
    expect(await found()).to.deep.equal(before.map(() => ''))
    // what was under way, at either
    const late = { operation: 'late', outcome: 'done', tenant: DEFAULT_TENANT, entities: ids } as const
    for (const audit of audits) await audit.record(late)
    const lines = await recorded()
    expect(await found()).to.deep.equal(before.map(() => ''))
    expect(lines.flat().join('')).not.to.include('ServiceRequest:')
  })

  it('has the rules that one of them was told to read in force at both, and takes back what is revoked at both', async () => {
    writeFileSync(policies, rules('Vehicle'))
    expect((await send('/hub/v1/policies/reload', { method: 'POST' })).status).to.equal(200)
    await until(
      'the new rules at both',
      async () => {
        const both = [await create(9), await create(9)]
        return both.every(({ status }) => status === 403)
      },
      10_000,
    )
    const { status } = await browser.send('/oidc/token/revocation', {
      form: { token: access, client_id: 'console' },
      headers: { accept: 'application/json' },
    })
    expect(status).to.equal(200)
    await until(
      'no token that is good',
      async () => {
        const both = [await send(`${ENTITIES}?type=Vehicle`), await send(`${ENTITIES}?type=Vehicle`)]
        return both.every((one) => one.status === 401)
      },
      10_000,
    )
  })
})
