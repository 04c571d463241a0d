import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Browser, chromium } from 'playwright-core'
import { WebSocket } from 'ws'
import { packageRoot } from '../../ontology/package-root.ts'
import {
  type Change,
  type Client,
  clientCredentials,
  createClient,
  etagOf,
  type Followed,
  HubProblem,
  LoginFault,
  type Notification,
  receiver,
  valueIn,
} from '../../openapi/client/client.ts'
import { freePort } from '../support/free-port.ts'
import { hashOfTest } from '../support/hash-of-test.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

const CHROMIUM = '/usr/bin/chromium'
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const PASSWORD = 'three words for tests'
const SECRET = 'secret: of a client+'
const SIGNING = `whsec_${Buffer.alloc(32, 5).toString('base64')}`
const POLICIES = `
description: Who works with the client, and who may look
rules:
  - { id: all, effect: permit, subject: { role: all }, action: [read, create, update, delete] }
  - { id: all.subscribes, effect: permit, subject: { role: all }, action: [read, create, update, delete], resource: { kind: subscription } }
  - { id: all.finds, effect: permit, subject: { role: all }, action: read, resource: { kind: unit } }
  - { id: looks, effect: permit, subject: { role: looks }, action: read, resource: { type: AirQualityObserved } }
`
const idOf = (at: number | string) => `urn:ngsi-ld:AirQualityObserved:thai-nguyen:${at}`
const minute = (at: number) => `2026-01-01T00:${String(at).padStart(2, '0')}:00Z`

describe('e2e: client in Node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-client-'))
  let hub: TestHub
  let client: Client
  /** Paths that the client asked, with what was answered. */
  let asked: string[] = []
  const fetchTold = async (request: Request): Promise<Response> => {
    const response = await fetch(request)
    asked.push(`${response.status} ${request.method} ${new URL(request.url).pathname}`)
    return response
  }
  const credentials = (clientSecret = SECRET) => ({
    issuer: `${hub.url}/oidc`,
    clientId: 'application',
    clientSecret,
    fetch: fetchTold,
  })

  before(async () => {
    const policies = join(folder, 'policies.yaml')
    writeFileSync(policies, POLICIES)
    const port = await freePort()
    hub = await startTestHub({
      'listen.port': port,
      'context.default': 'ontology',
      'auth.mode': 'required',
      'auth.policies': [policies],
      'egress.mode': 'open',
      'changes.heartbeat': 200,
      'limits.instances': 5,
      'identity.enabled': true,
      'identity.demoPassword': PASSWORD,
      'identity.secondFactor': [],
      'identity.accounts': [{ name: 'viewer', roles: ['looks'] }],
      'identity.clients': [
        { id: 'application', secret: hashOfTest(SECRET), roles: ['all'] },
        { id: 'dashboard', secret: hashOfTest('SECRET'), roles: ['all'] },
        { id: 'page', redirectUris: [`http://127.0.0.1:${port}/app`] },
      ],
    })
    client = createClient({ url: hub.url, token: clientCredentials(credentials()), fetch: fetchTold })
    const { errors } = await client.entities.upsert(
      Array.from({ length: 25 }, (_, at) => ({
        id: idOf(at),
        type: 'AirQualityObserved' as const,
        scope: at < 5 ? '/ThaiNguyen/Centre' : '/ThaiNguyen',
        name: `Trạm "${at}" \\ (Phổ Yên)`,
        pm25: { value: at, unitCode: 'GQ' as const, observedAt: minute(at) },
        location: { type: 'Point', coordinates: [105.8 + at / 100, 21.6] },
      })),
    )
    expect(errors).to.deep.equal([])
  })
  after(async () => {
    await hub?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(() => {
    asked = []
  })

  it('gets one token for all who ask at the same time, and another when the hub takes it no more', async () => {
    const fresh = clientCredentials(credentials())
    const other = createClient({ url: hub.url, token: fresh, fetch: fetchTold })
    await Promise.all([1, 2, 3].map((at) => other.entities.retrieve('AirQualityObserved', idOf(at))))
    expect(asked.filter((path) => path.endsWith('POST /oidc/token'))).to.have.length(1)
    const authorization = `Basic ${btoa(['application', SECRET].map(encodeURIComponent).join(':'))}`
    const body = new URLSearchParams({ token: await fresh({}), token_type_hint: 'access_token' })
    expect(
      (await fetch(`${hub.url}/oidc/token/revocation`, { method: 'POST', headers: { authorization }, body }))
        .status,
    ).to.equal(200)
    asked = []
    await other.entities.retrieve('AirQualityObserved', idOf(9))
    expect(asked.map((path) => path.slice(0, 8))).to.deep.equal(['401 GET ', '200 POST', '200 GET '])
  })

  it('says why an issuer gives no token', async () => {
    const wrong = createClient({ url: hub.url, token: clientCredentials(credentials('guessed')) })
    const fault = await wrong.entities
      .query('*')
      .first()
      .catch((caught: unknown) => caught)
    expect(fault).to.be.instanceOf(LoginFault).and.include({ error: 'invalid_client' })
  })

  it('finds what a query was built to find, page by page', async () => {
    const query = client.entities.query('AirQualityObserved', {
      format: 'simplified',
      pick: ['id', 'pm25'],
      limit: 4,
      count: true,
      q: (attribute) =>
        attribute('pm25')
          .greaterOrEqual(10)
          .and(
            attribute('name').contains('" \\ (Ph'),
            attribute('pm25')
              .member('observedAt')
              .less(new Date(minute(21))),
          ),
    })
    const values: (number | undefined)[] = []
    for await (const { pm25 } of query) values.push(pm25)
    expect(values).to.have.members([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]).and.have.length(11)
    expect(asked).to.have.length(3)
    const { count, items, warnings } = await query.first()
    expect([count, items.length, warnings]).to.deep.equal([11, 4, []])
    const pages: number[] = []
    for await (const page of query.pages()) pages.push(page.items.length)
    expect(pages).to.deep.equal([4, 4, 3])
  })

  it('finds by place and by scope, exports what there is, and knows one value by its unit', async () => {
    const near = client.entities.query('AirQualityObserved', {
      geo: { relation: 'near', maxDistance: 3000, geometry: { type: 'Point', coordinates: [105.8, 21.6] } },
    })
    expect((await near.all()).map(({ id }) => id)).to.have.members([0, 1, 2].map(idOf))
    const centre = await client.entities
      .query('AirQualityObserved', { scope: [['/+/Centre', '/ThaiNguyen/#']] })
      .all()
    expect(centre).to.have.length(5)
    const [first] = centre
    const pm25 = first?.pm25
    const unit = pm25 && 'unitCode' in pm25 ? pm25.unitCode : undefined
    expect([unit, valueIn(pm25)]).to.deep.equal(['GQ', 0])
    const ids: string[] = []
    for await (const { id } of client.entities.export('AirQualityObserved', {
      format: 'concise',
      pick: ['id'],
    }))
      ids.push(id)
    expect(ids).to.have.length(25)
  })

  it('reads an entity anew only when it changed, and writes on the state that it saw', async () => {
    const retrieve = () => client.entities.retrieve('AirQualityObserved', idOf(20))
    const first = await retrieve()
    expect(await retrieve()).to.equal(first)
    await client.entities.merge(
      'AirQualityObserved',
      idOf(20),
      { pm25: { value: 21, unitCode: 'GQ' } },
      { ifMatch: etagOf(first) },
    )
    const second = await retrieve()
    expect([valueIn(first.pm25), valueIn(second.pm25)]).to.deep.equal([20, 21])
    expect(asked.filter((path) => path.includes('GET')).map((path) => path.slice(0, 3))).to.deep.equal([
      '200',
      '304',
      '200',
    ])
    const late = await client.entities
      .delete(idOf(20), { ifMatch: etagOf(first) })
      .catch((caught: unknown) => caught)
    expect(HubProblem.is(late, 'PreconditionFailed')).to.equal(true)
  })

  it('loses no change of several writers', async () => {
    await client.entities.create({ id: idOf('counted'), type: 'AirQualityObserved', pm10: 0 })
    const add = () =>
      client.entities.change('AirQualityObserved', idOf('counted'), ({ pm10 }) => ({
        pm10: Number(valueIn(pm10)) + 1,
      }))
    await Promise.all([add(), add(), add(), add()])
    const { pm10 } = await client.entities.retrieve('AirQualityObserved', idOf('counted'), {
      format: 'keyValues',
    })
    expect(pm10).to.equal(4)
    await client.entities.merge('AirQualityObserved', idOf('counted'), { pm10: null })
    expect(await client.entities.retrieve('AirQualityObserved', idOf('counted'))).to.not.have.property('pm10')
    expect(await client.entities.deleteAll([idOf('counted')])).to.deep.equal({
      success: [idOf('counted')],
      errors: [],
    })
  })

  it('throws what the hub refuses, by its kind', async () => {
    const twice = await client.entities
      .create({ id: idOf(1), type: 'AirQualityObserved' })
      .catch((caught: unknown) => caught)
    expect(HubProblem.is(twice, 'AlreadyExists')).to.equal(true)
    const wrong = await client.entities
      .query('*', { q: 'a==' })
      .first()
      .catch((caught: unknown) => caught)
    if (!HubProblem.is(wrong, 'BadRequestData')) throw wrong
    expect(wrong.members.position).to.equal(3)
    const none = await client.api
      .GET('/ngsi-ld/v1/subscriptions/{id}', { params: { path: { id: 'urn:none' } } })
      .catch((caught: unknown) => caught)
    expect(HubProblem.is(none, 'ResourceNotFound')).to.equal(true)
  })

  it('works with types and vocabularies that it does not know', async () => {
    const context = { Spaceship: 'https://example.org/Spaceship', crew: 'https://example.org/crew' }
    await client.entities.create({ '@context': context, id: 'urn:x:ship', type: 'Spaceship', crew: 3 })
    const [ship] = await client.entities
      .query('https://example.org/Spaceship', {
        format: 'simplified',
        q: (attribute) => attribute('https://example.org/crew').equal(3),
      })
      .all()
    expect(ship).to.deep.equal({
      id: 'urn:x:ship',
      type: 'https://example.org/Spaceship',
      'https://example.org/crew': 3,
    })
  })

  it('reads all of a history that the hub tells in parts, each value once', async () => {
    const past = Array.from({ length: 12 }, (_, at) => ({
      type: 'Property',
      value: at,
      observedAt: minute(at),
    }))
    for (const [id, instances] of [
      ['past', past],
      ['short', past.slice(0, 2)],
    ] as const)
      await client.api.POST('/ngsi-ld/v1/temporal/entities', {
        body: { id: idOf(id), type: 'AirQualityObserved', no2: instances },
      })
    const values: unknown[] = []
    const parts = client.temporal.retrieve('AirQualityObserved', idOf('past'), {
      format: 'temporalValues',
      from: minute(0),
    })
    for await (const { no2 } of parts) values.push(...(no2?.values.map(([value]) => value) ?? []))
    expect(values).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(asked.slice(2).map((path) => path.slice(0, 3))).to.deep.equal(['206', '206', '200'])

    const many = new Map<string, number[]>()
    const query = client.temporal.query('AirQualityObserved', {
      from: new Date(minute(0)),
      to: minute(11),
      limit: 1,
      q: (attribute) => attribute('no2').equal(1),
    })
    for await (const { id, no2 = [] } of query)
      many.set(id, [...(many.get(id) ?? []), ...no2.map(({ value }) => value)])
    expect(Object.fromEntries(many)).to.deep.equal({
      [idOf('past')]: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      [idOf('short')]: [0, 1],
    })
    const lines: number[] = []
    for await (const { no2 = [] } of client.temporal.export('AirQualityObserved', {
      from: minute(0),
      pick: ['no2'],
    }))
      lines.push(...no2.map(({ value }) => value))
    expect(lines).to.have.length(14)
  })

  const openSocket = (url: string, protocols: string[]) => new WebSocket(url, protocols)
  for (const by of ['events', 'socket', 'feed'] as const)
    it(`follows changes by ${by}, and goes on where the connection broke`, async () => {
      const type = `Followed${by}`
      const created = (at: number) => client.entities.create({ id: `urn:x:${by}:${at}`, type, level: at })
      const stop = new AbortController()
      const from = await client.changes.now()
      let broken = 0
      const count = () => void broken++
      const breaking = createClient({
        url: hub.url,
        token: clientCredentials(credentials()),
        fetch: async (request) => brokenOff(await fetch(request), count),
      })
      const follow = (after: string): Followed<Change<{ readonly id: string; readonly level?: unknown }>> =>
        breaking.changes.follow(type, {
          by,
          after,
          format: 'keyValues',
          signal: stop.signal,
          openSocket: brokenSocket(openSocket, count),
        })
      await created(0)
      const levels: unknown[] = []
      let after = from
      for await (const change of follow(from)) {
        levels.push(change.entity?.level)
        after = change.after
        if (levels.length < 4) await created(levels.length)
        else break
      }
      expect(levels).to.deep.equal([0, 1, 2, 3])
      expect(broken).to.be.at.least(3)
      await created(4)
      const ended = (async () => {
        for await (const change of follow(after)) {
          expect(change).to.include({ action: 'created', id: `urn:x:${by}:4` })
          stop.abort(new Error('seen enough'))
        }
      })()
      expect(await ended.catch((fault: unknown) => fault)).to.have.property('message', 'seen enough')
      const read = client.changes.read(type, { after: from })
      const all: string[] = []
      for await (const { id } of read) all.push(id)
      expect(all).to.have.length(5)
      expect(read.after).to.not.equal(from)
    })

  it('follows nothing that it may not see, nor from where the hub knows nothing', async () => {
    for (const by of ['events', 'socket', 'feed'] as const) {
      const follow = client.changes.follow('AirQualityObserved', { by, after: 'made-up', openSocket })
      const fault = await follow[Symbol.asyncIterator]()
        .next()
        .catch((caught: unknown) => caught)
      expect(fault, by).to.be.instanceOf(HubProblem).and.include({ status: 400 })
    }
  })

  it('receives notifications that the hub signs, and follows the same as a stream', async () => {
    const taken: Notification[] = []
    const hook = receiver({ secret: SIGNING, receive: (notification) => void taken.push(notification) })
    const server: Server = createServer((request, response) => void hook.node(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/` // it listens on a port
    const id = 'urn:ngsi-ld:Subscription:dust'
    const path = { id }
    await client.api.POST('/ngsi-ld/v1/subscriptions', {
      body: {
        id,
        type: 'Subscription',
        entities: [{ type: 'Notified' }],
        notification: { format: 'keyValues', endpoint: { uri } },
      },
    })
    await client.api.PUT('/hub/v1/subscriptions/{id}/delivery', {
      params: { path },
      body: { signingSecret: SIGNING },
    })
    const stop = new AbortController()
    const stream = client.changes.notifications(id, {
      after: await client.changes.now(),
      signal: stop.signal,
    })
    await client.entities.create({ id: 'urn:x:notified', type: 'Notified', level: 5 })
    const { value: told } = await stream.next()
    expect(told).to.deep.include({ type: 'Notification', subscriptionId: id })
    expect(told?.data).to.deep.equal([{ id: 'urn:x:notified', type: 'Notified', level: 5 }])
    stop.abort()
    const { data } = await client.api.POST('/hub/v1/subscriptions/{id}/test', { params: { path } })
    expect(data).to.include({ delivered: true, status: 204 })
    expect(taken.length).to.be.greaterThan(0)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  for (const page of ['docs/guide/use-the-client.md', 'openapi/client/README.md'])
    it(`does what ${page} says, in a project of somebody's own`, async () => {
      const project = join(folder, page.replaceAll(/\W/g, '-'))
      mkdirSync(join(project, 'node_modules', '@urban-data-hub'), { recursive: true })
      symlinkSync(join(packageRoot, 'openapi/client'), join(project, 'node_modules/@urban-data-hub/client'))
      symlinkSync(join(packageRoot, 'node_modules/@types'), join(project, 'node_modules/@types'))
      writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
      const blocks = readFileSync(join(packageRoot, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)
      const program = [...blocks].map(([, text = '']) => text).join('\n')
      writeFileSync(join(project, 'program.ts'), program.replaceAll(/http:\/\/127\.0\.0\.1:102\d/g, hub.url))
      const node = async (...parameters: readonly string[]) => {
        const child = spawn(process.execPath, parameters, {
          cwd: project,
          env: { ...process.env, FORCE_COLOR: '0' },
        })
        let output = ''
        for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += piece))
        const [code] = await once(child, 'close')
        expect(code, output).to.equal(0)
        return output
      }
      const compiler = join(packageRoot, 'node_modules/typescript-native/bin/tsc')
      const options = ['--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--types', 'node']
      await node(compiler, ...options, 'program.ts')
      const output = await node('program.js', await clientCredentials(credentials())({}))
      expect(output).to.match(page.startsWith('docs') ? /^400 .* 5$/m : new RegExp(`^${idOf(24)} 24$`, 'm'))
    })

  describe(
    existsSync(CHROMIUM) ? 'and in Chromium' : 'SKIPPED: client in Chromium (no /usr/bin/chromium)',
    () => {
      let browser: Browser
      before(async function () {
        if (!existsSync(CHROMIUM)) this.skip()
        browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET })
      })
      after(() => browser?.close())

      it('logs somebody in, asks, follows by each way, refreshes, and logs out', async () => {
        const page = await browser.newPage()
        page.setDefaultTimeout(25_000)
        const strangers: string[] = []
        page.on('request', (request) => {
          if (new URL(request.url()).origin !== hub.url) strangers.push(request.url())
        })
        await page.route(`${hub.url}/app*`, (route) =>
          route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>App</title>' }),
        )
        const begin = `(async () => {
        const { CodeLogin } = await import('/client.js')
        const login = new CodeLogin({ issuer: location.origin + '/oidc', clientId: 'page', redirectUri: location.origin + '/app' })
        location.assign(await login.begin('#dust', { ui_locales: 'vi' }))
      })()`
        await page.goto(`${hub.url}/app`)
        await page.evaluate(begin)
        await page.getByLabel('Tài khoản').fill('viewer')
        await page.getByLabel('Mật khẩu').fill(PASSWORD)
        await page.getByRole('button', { name: 'Đăng nhập' }).click()
        await page.waitForURL(/\/app\?.*code=/)
        const told: string = await page.evaluate(`(async () => {
        const { CodeLogin, createClient, HubProblem } = await import('/client.js')
        const login = new CodeLogin({ issuer: location.origin + '/oidc', clientId: 'page', redirectUri: location.origin + '/app' })
        const state = await login.complete(location.href)
        const first = await login.token({})
        const hub = createClient({ token: login.token })
        const values = []
        for await (const { pm25 } of hub.entities.query('AirQualityObserved', { format: 'simplified', limit: 10, q: (attribute) => attribute('pm25').less(12) }))
          values.push(pm25)
        const followed = []
        for (const by of ['events', 'socket', 'feed'])
          for await (const change of hub.changes.follow('AirQualityObserved', { by, after: 'earliest' })) {
            followed.push(change.action)
            break
          }
        const refused = await hub.entities.delete('${idOf(1)}').catch((fault) => HubProblem.is(fault, 'Forbidden'))
        const second = await login.token({ refused: first })
        const end = await login.end()
        return JSON.stringify({ state, values, followed, refused, other: first !== second, end: new URL(end).pathname, gone: !login.isLoggedIn })
      })()`)
        const { values, ...others } = JSON.parse(told)
        expect(others).to.deep.equal({
          state: '#dust',
          followed: ['created', 'created', 'created'],
          refused: true,
          other: true,
          end: '/oidc/session/end',
          gone: true,
        })
        expect(values.sort((left: number, right: number) => left - right)).to.deep.equal([
          0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
        ])
        expect(strangers).to.deep.equal([])
      })
    },
  )
})

/** Breaks a stream of changes off behind its first change, as a network does. */
function brokenOff(response: Response, told: () => void): Response {
  const isStream = /event-stream|ndjson/.test(response.headers.get('content-type') ?? '')
  if (!isStream || !response.body) return response
  let text = ''
  const breaking = new TransformStream<Uint8Array, Uint8Array>({
    transform: (piece, controller) => {
      text += new TextDecoder().decode(piece)
      controller.enqueue(piece)
      if (!text.includes('"action"')) return
      told()
      controller.error(new TypeError('network is down'))
    },
  })
  return new Response(response.body.pipeThrough(breaking), response)
}

/** A socket that closes behind its first change. */
function brokenSocket(open: (url: string, protocols: string[]) => WebSocket, told: () => void) {
  return (url: string, protocols: string[]) => {
    const socket = open(url, protocols)
    socket.addEventListener('message', ({ data }) => {
      if (!String(data).includes('"action"')) return
      told()
      socket.terminate()
    })
    return socket
  }
}
