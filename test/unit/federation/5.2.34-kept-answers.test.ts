import { expect } from 'chai'
import type { Caller } from '../../../broker/core/model/caller.ts'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT, parseTenant, type Tenant } from '../../../broker/core/model/tenant.ts'
import { createFederation, type Federation } from '../../../broker/federation/federation.ts'
import { failed } from '../../../broker/federation/forward/exchange.ts'
import { createKeptAnswers, lastingClaims } from '../../../broker/federation/forward/kept-answers.ts'
import { type SourceDependencies, withSource } from '../../../broker/federation/forward/source-connection.ts'
import type { Registration } from '../../../broker/federation/registry/registration.ts'
import { createRegistry, type Registry } from '../../../broker/federation/registry/registry.ts'
import { createSourceStates } from '../../../broker/federation/states/source-states.ts'
import { createEgress } from '../../../security/egress/create-egress.ts'
import { anyone, bus, iri, registration, type Source, sendJson, startSource, table } from './support.ts'

const CACHED: JsonObject = { cacheDuration: 'PT10S' }

describe('5.2.34 cacheDuration: answers that are kept', () => {
  const egress = createEgress({ mode: 'open' })
  let source: Source
  let speed: number
  /** What the source does instead of answering. */
  let plays: Parameters<typeof startSource>[0] | undefined
  let shiftMs: number
  let registry: Registry
  let federation: Federation
  let dependencies: SourceDependencies

  before(async () => {
    source = await startSource((request, response, url) => {
      if (plays) return plays(request, response, url)
      if (request.method !== 'GET') return response.writeHead(204).end()
      const one = bus('urn:b:1', speed)
      return sendJson(response, url.pathname.endsWith('/entities') ? [one] : one)
    })
  })
  after(async () => {
    await source.close()
    await egress.close()
  })
  beforeEach(() => start())

  function start(bytes = 1_000_000): void {
    plays = undefined
    speed = 1
    shiftMs = 0
    registry = createRegistry()
    const states = createSourceStates()
    const common = {
      states,
      egress,
      outbound: async () => ({}),
      tableOf: async () => table,
      alias: 'province',
      clock: () => (Date.now() + shiftMs) * 1000,
      defaultTimeoutMs: 2000,
      kept: createKeptAnswers(bytes),
      keepForMs: 60_000,
    }
    dependencies = common
    federation = createFederation({ ...common, registry })
    register({ management: CACHED })
  }

  let version = 0
  function register(members: JsonObject, tenant: Tenant = DEFAULT_TENANT): Registration {
    const made = registration({
      id: 'urn:r:1',
      contextSourceAlias: 'city',
      endpoint: source.endpoint,
      ...members,
    })
    registry.apply(tenant, { id: made.id, version: ++version, registration: made })
    return made
  }

  interface Read {
    readonly caller?: Caller
    readonly tenant?: Tenant
    readonly via?: string
    readonly id?: string
    readonly headers?: Readonly<Record<string, string>>
  }
  /** Retrieves the bus; answers its speed, how often the source was asked, and the warnings. */
  async function retrieve({ id = 'urn:b:1', ...read }: Read = {}) {
    const before = source.asked.length
    const { copies, warnings } = await federation.retrieve({
      ...{ tenant: DEFAULT_TENANT, caller: anyone, table, via: undefined },
      ...read,
      id,
    })
    const value = copies[0]?.entity.attributes[iri('speed')]?.[0]?.value
    return { value, asked: source.asked.length - before, warnings }
  }

  const later = (seconds: number): void => {
    shiftMs += seconds * 1000
  }
  const fails = (): void => {
    plays = (_, response) => response.writeHead(500).end()
  }

  it('saves the call while it is fresh, and says so with its age', async () => {
    expect(await retrieve()).to.deep.equal({ value: 1, asked: 1, warnings: [] })
    speed = 2
    later(4)
    expect(await retrieve()).to.deep.equal({
      value: 1,
      asked: 0,
      warnings: ['110 province "Source city is represented by its answer of 4 s ago"'],
    })
    later(7)
    expect(await retrieve()).to.deep.equal({ value: 2, asked: 1, warnings: [] })
    expect(federation.sources(DEFAULT_TENANT)[0]).to.include({ timesSent: 2, timesKept: 1, timesFailed: 0 })
  })

  const failures: readonly [string, Parameters<typeof startSource>[0], RegExp][] = [
    [
      'is in trouble',
      (_, response) => response.writeHead(503).end(),
      /^299 province "Source city answered with/,
    ],
    ['answers no NGSI-LD', (_, response) => sendJson(response, { hello: 'world' }), /^111 /],
    ['cuts the connection', (request) => request.socket.destroy(), /^199 .*reached/],
  ]
  for (const [title, play, warned] of failures) {
    it(`stands in for a source that ${title}, beside the warning of that`, async () => {
      await retrieve()
      later(30)
      plays = play
      const { value, warnings } = await retrieve()
      expect(value).to.equal(1)
      expect(warnings).to.have.length(2)
      expect(warnings.filter((text) => text.startsWith('110 '))).to.deep.equal([
        '110 province "Source city is represented by its answer of 30 s ago"',
      ])
      expect(warnings.some((text) => warned.test(text))).to.equal(true)
      plays = undefined
      speed = 3
      later(1)
      expect(await retrieve()).to.deep.include({ value: 3, warnings: [] })
    })
  }

  it('stands in for a source that is left alone, without asking it', async () => {
    register({ management: { ...CACHED, cooldown: 100_000 } })
    await retrieve()
    later(20)
    fails()
    expect((await retrieve()).asked).to.equal(1)
    const { value, asked, warnings } = await retrieve()
    expect([value, asked]).to.deep.equal([1, 0])
    expect(warnings.map((text) => text.slice(0, 3))).to.have.members(['110', '199'])
  })

  it('does not stand in for ever', async () => {
    await retrieve()
    fails()
    later(61)
    const { value, warnings } = await retrieve()
    expect(value).to.equal(undefined)
    expect(warnings.map((text) => text.slice(0, 3))).to.deep.equal(['299'])
  })

  it('is not given where the registration has no cacheDuration', async () => {
    register({})
    await retrieve()
    expect((await retrieve()).asked).to.equal(1)
    fails()
    expect((await retrieve()).value).to.equal(undefined)
  })

  it('is dropped when the registration changes', async () => {
    await retrieve()
    register({
      management: CACHED,
      information: [{ entities: [{ type: iri('Bus') }, { type: iri('Tram') }] }],
    })
    expect((await retrieve()).asked).to.equal(1)
    fails()
    register({ management: CACHED })
    expect((await retrieve()).value).to.equal(undefined)
  })

  it('is dropped when something is written at the source through this hub', async () => {
    const written = register({ management: CACHED })
    await retrieve()
    const onBehalf = { tenant: DEFAULT_TENANT, caller: anyone, table, via: undefined }
    await withSource(dependencies, onBehalf, {
      registration: { ...written, id: 'urn:r:writes' },
      work: async (connection) => {
        await connection.send({ method: 'PATCH', path: '/entities/urn:b:1/attrs', body: {} })
        return {}
      },
    })
    expect((await retrieve()).asked).to.equal(1)
  })

  const jwt = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`
  const other = (changes: Partial<Caller>): Read => ({ caller: { ...anyone, ...changes } })
  const view = { ...anyone.view(DEFAULT_TENANT), id: 'masked' }
  const strangers: readonly [string, Read][] = [
    ['another caller', other({ key: 'other' })],
    ['the same caller with other roles', other({ roles: ['clerk'] })],
    ['the same caller with another view', other({ view: () => view })],
    [
      'the same caller with other claims, whatever they mean',
      other({ token: jwt({ sub: 'a', purpose: 'b' }) }),
    ],
    ['the same caller with a token that cannot be read', other({ token: 'opaque-2' })],
    ['a request that came by another way', { via: '1.1 elsewhere' }],
    ['a request for another entity', { id: 'urn:b:2' }],
  ]
  for (const [title, read] of strangers) {
    it(`is not given to ${title}, and not when the source fails either`, async () => {
      await retrieve({ caller: { ...anyone, token: jwt({ sub: 'a', purpose: 'a' }) } })
      fails()
      const { value, asked, warnings } = await retrieve(read)
      expect([value, asked]).to.deep.equal([undefined, 1])
      expect(warnings.join()).to.not.include('110 ')
    })
  }

  it('is given to the same caller with its next token', async () => {
    const token = (exp: number) => ({ caller: { ...anyone, token: jwt({ sub: 'a', exp, jti: `${exp}` }) } })
    await retrieve(token(1))
    expect((await retrieve(token(2))).asked).to.equal(0)
  })

  it('is not given to who writes the claims of another into a token that the source alone would judge', async () => {
    const contextSourceInfo = [{ key: 'Authorization', value: 'urn:ngsi-ld:request' }]
    register({ management: CACHED, contextSourceInfo })
    const { token: _, ...open } = anyone // access control is off at this hub
    const claims = jwt({ sub: 'a' })
    await retrieve({ caller: open, headers: { authorization: `Bearer ${claims}ignature` } })
    const forged = { authorization: `Bearer ${claims}orged` }
    expect((await retrieve({ caller: open, headers: forged })).asked).to.equal(1)
  })

  it('is given to the same caller with its next token where that is handed on', async () => {
    const contextSourceInfo = [{ key: 'Authorization', value: 'urn:ngsi-ld:request' }]
    register({ management: CACHED, contextSourceInfo })
    const read = (exp: number): Read => {
      const token = jwt({ sub: 'a', exp })
      return { caller: { ...anyone, token }, headers: { authorization: `Bearer ${token}` } }
    }
    await retrieve(read(1))
    expect((await retrieve(read(2))).asked).to.equal(0)
  })

  it('is not given to who hands on another header', async () => {
    const contextSourceInfo = [{ key: 'X-Session', value: 'urn:ngsi-ld:request' }]
    register({ management: CACHED, contextSourceInfo })
    await retrieve({ headers: { 'x-session': 'a', 'x-other': '1' } })
    expect((await retrieve({ headers: { 'x-session': 'b' } })).asked).to.equal(1)
    expect((await retrieve({ headers: { 'x-session': 'a', 'x-other': '2' } })).asked).to.equal(0)
  })

  it('is not given to another tenant with the same registration', async () => {
    await retrieve()
    const tenant = parseTenant('elsewhere')
    register({ management: CACHED }, tenant)
    expect((await retrieve({ tenant })).asked).to.equal(1)
  })

  it('is kept in bounded memory, and never where it alone would fill it', async () => {
    start(5000)
    plays = (_, response) => sendJson(response, { ...bus('urn:b:1', 1), text: 'x'.repeat(2000) })
    await retrieve()
    expect((await retrieve()).asked).to.equal(1)
    start(30_000)
    plays = (_, response, url) =>
      sendJson(response, {
        ...bus(decodeURIComponent(url.pathname.split('/').at(-1) ?? ''), 1),
        text: 'x'.repeat(1000),
      })
    for (let at = 0; at < 10; at++) await retrieve({ id: `urn:b:${at}` })
    const asked = await Promise.all([0, 9].map(async (at) => (await retrieve({ id: `urn:b:${at}` })).asked))
    expect(asked.reduce((sum, each) => sum + each, 0)).to.be.within(1, 2)
  })

  it('has all pages of one time, or none', async () => {
    let failing = false
    plays = (_, response, url) => {
      const page = Number(url.searchParams.get('page') ?? 0)
      if (failing && page === 1) return response.writeHead(500).end()
      const more = page < 2 ? { Link: `</x?page=${page + 1}>; rel="next"` } : {}
      return sendJson(response, [bus(`urn:b:${page}`, failing ? 2 : 1)], more)
    }
    const query = () =>
      federation.query({
        ...{ tenant: DEFAULT_TENANT, caller: anyone, table, via: undefined },
        ...{ query: { types: { kind: 'type', type: iri('Bus') } }, parameters: new URLSearchParams() },
        ...{ limit: 1000, pushable: true },
      })
    await query()
    failing = true
    later(20)
    const { copies, complete, warnings } = await query()
    expect(copies.map(({ entity }) => entity.attributes[iri('speed')]?.[0]?.value)).to.deep.equal([1, 1, 1])
    expect(complete).to.equal(true)
    expect(warnings.map((text) => text.slice(0, 3)).sort()).to.deep.equal(['110', '299'])
  })

  it('is not given to who asks by an EntityMap of the source', async () => {
    const registered = register({ management: CACHED })
    const onBehalf = { tenant: DEFAULT_TENANT, caller: anyone, table, via: undefined }
    const ask = (more: object) =>
      withSource<object>(dependencies, onBehalf, {
        registration: registered,
        reads: true,
        work: async (connection) => {
          const answer = await connection.send({ method: 'GET', path: '/entities', ...more })
          return failed(answer) ? { failure: answer } : {}
        },
      })
    await ask({})
    const before = source.asked.length
    await ask({ entityMap: 'urn:m:1' })
    expect(source.asked.length - before).to.equal(1)
  })

  it('reads of a token what lasts longer than it', () => {
    expect(lastingClaims(jwt({ sub: 'a', exp: 1 }))).to.deep.equal(
      lastingClaims(jwt({ sub: 'a', exp: 2, iat: 1 })),
    )
    expect(lastingClaims(jwt({ sub: 'a' }))).to.not.deep.equal(lastingClaims(jwt({ sub: 'b' })))
    expect(lastingClaims('a.b')).to.equal('a.b')
    expect(lastingClaims('a.!!.c')).to.equal('a.!!.c')
    expect(lastingClaims(undefined)).to.equal(undefined)
  })
})
