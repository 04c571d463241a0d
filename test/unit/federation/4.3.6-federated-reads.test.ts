import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type {
  FederatedQuery,
  Federation,
  FederationDependencies,
} from '../../../broker/federation/federation.ts'
import { createEgress } from '../../../security/egress/create-egress.ts'
import { anyone, bus, federationOver, iri, type Source, sendJson, startSource, table } from './support.ts'

const TYPES = { kind: 'type', type: iri('Bus') } as const
const MIB = 1024 * 1024
/** For answers that come: long enough also on a machine that does much else. */
const PATIENT_MS = 15_000
/** For answers that do not come: long enough to ask for them. */
const HASTY = { defaultTimeoutMs: 1500 }

describe('4.3.6 Distributed reads', () => {
  const egress = createEgress({ mode: 'open' })
  const sources: Source[] = []
  after(() => egress.close())
  afterEach(async () => {
    for (const source of sources.splice(0)) await source.close()
  })

  async function source(...answer: Parameters<typeof startSource>): Promise<Source> {
    const started = await startSource(...answer)
    sources.push(started)
    return started
  }

  /** A federation over registrations r1, r2, …; each source has time enough unless its registration says otherwise. */
  function federation(...members: readonly JsonObject[]): Federation {
    return federationWith({}, ...members)
  }

  function federationWith(
    changes: Partial<FederationDependencies>,
    ...members: readonly JsonObject[]
  ): Federation {
    return federationOver(members, { egress, ...changes })
  }

  const read = { tenant: DEFAULT_TENANT, caller: anyone, table, via: undefined }
  const retrieve = (hub: Federation, via?: string) => hub.retrieve({ ...read, via, id: 'urn:b:1' })
  const query = (hub: Federation, more: Partial<FederatedQuery> = {}) =>
    hub.query({
      ...read,
      query: { types: TYPES },
      parameters: new URLSearchParams(),
      limit: 10,
      pushable: true,
      ...more,
    })

  it('asks a source with exactly these headers and parameters', async () => {
    const { endpoint, asked } = await source((_, response) => sendJson(response, bus('urn:b:1', 50)))
    const { copies, warnings } = await retrieve(federation({ endpoint, tenant: 'there' }), '1.1 client')
    expect(copies[0]?.entity.attributes[iri('speed')]?.[0]?.value).to.equal(50)
    expect(warnings).to.deep.equal([])
    expect(asked[0]?.url.pathname).to.equal('/ngsi-ld/v1/entities/urn%3Ab%3A1')
    expect(asked[0]?.url.search).to.equal('?type=Bus&options=sysAttrs')
    expect(asked[0]?.headers).to.deep.include({
      via: '1.1 client, 1.1 province',
      'ngsild-tenant': 'there',
      accept: 'application/json',
      'hub-on-behalf-of': 'end-user-token',
      link: `<${table.url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`,
    })
    expect(asked[0]?.names).to.include.members(['Via', 'Link', 'Accept', 'NGSILD-Tenant'])
  })

  type Play = Parameters<typeof startSource>[0]
  const failures: readonly [string, Play, RegExp | undefined][] = [
    ['404 is normal', (_, response) => response.writeHead(404).end(), undefined],
    ['500 is 299', (_, response) => response.writeHead(500).end(), /^299 province "Source .* status 500"$/],
    ['403 is 299', (_, response) => response.writeHead(403).end(), /^299 province /],
    [
      'a redirect is 299 and not followed',
      (_, response) => response.writeHead(302, { Location: '/elsewhere' }).end(),
      /^299 .*302/,
    ],
    ['no JSON is 111', (_, response) => response.writeHead(200).end('<html>'), /^111 province /],
    ['no NGSI-LD is 111', (_, response) => sendJson(response, { hello: 'world' }), /^111 province /],
    [
      'another entity than was asked for is 111',
      (_, response) => sendJson(response, bus('urn:b:2', 1)),
      /^111 /,
    ],
    ['an empty body is 111', (_, response) => response.writeHead(200).end(), /^111 /],
    [
      'over 16 MiB is 111',
      (_, response) => response.writeHead(200).end(Buffer.alloc(17 * MIB, 32)),
      /^111 .*more than/,
    ],
    ['no answer in time is 199', () => undefined, /^199 province "Source .* in time"$/],
    ['a body that stops half way is 199', (_, response) => void response.writeHead(200).write('{'), /^199 /],
  ]
  for (const [title, play, expected] of failures) {
    it(`6.3.17: ${title}`, async () => {
      const { endpoint, asked } = await source(play)
      const late = expected?.source.startsWith('^199') === true
      const hub = federationWith(late ? HASTY : {}, { endpoint })
      const { copies, warnings } = await retrieve(hub)
      expect(copies).to.deep.equal([])
      expect(asked).to.have.length(1)
      if (expected)
        expect(warnings)
          .to.have.length(1)
          .and.to.satisfy(([first]: string[]) => expected.test(first ?? ''))
      else expect(warnings).to.deep.equal([])
      expect(hub.sources(DEFAULT_TENANT)[0]).to.include({
        timesSent: 1,
        timesFailed: expected ? 1 : 0,
        status: expected ? 'failed' : 'ok',
      })
    })
  }

  it('6.3.17: a connection that is cut is 199, after one more try', async () => {
    const { endpoint, asked } = await source((request) => request.socket.destroy())
    const hub = federation({ endpoint })
    const { warnings } = await retrieve(hub)
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.match(/^199 .*reached/)
    expect(asked).to.have.length(2)
    expect(hub.sources(DEFAULT_TENANT)[0]).to.include({ timesSent: 1, timesFailed: 1 })
  })

  it('is answered when only the first connection was cut, but not asked again once the answer began', async () => {
    const { endpoint, asked } = await source((request, response) => {
      if (asked.length === 1) request.socket.destroy()
      else sendJson(response, bus('urn:b:1', 50))
    })
    expect((await retrieve(federation({ endpoint }))).copies).to.have.length(1)
    const begun = await source((request, response) => {
      response.writeHead(200).write('{')
      setTimeout(() => request.socket.destroy(), 20)
    })
    expect((await retrieve(federation({ endpoint: begun.endpoint }))).warnings[0]).to.match(/^199 /)
    expect(begun.asked).to.have.length(1)
  })

  it('6.3.17: a port where nobody listens is 199', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo // a TCP server has such an address
    await new Promise((resolve) => server.close(resolve))
    const { warnings } = await retrieve(federation({ endpoint: `http://127.0.0.1:${port}` }))
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.match(/^199 province "Source .* could not be reached"$/)
  })

  it('asks all sources at once: none waits for the answer of another', async () => {
    const waiting: (() => void)[] = []
    const together: Play = (_, response) => {
      waiting.push(() => sendJson(response, bus('urn:b:1', 50)))
      if (waiting.length === 20) for (const answer of waiting) answer()
    }
    const sources = await Promise.all(Array.from({ length: 20 }, () => source(together)))
    const patient = sources.map(({ endpoint }) => ({ endpoint, management: { timeout: PATIENT_MS } }))
    const { copies, warnings } = await retrieve(federation(...patient))
    expect(copies).to.have.length(20)
    expect(warnings).to.deep.equal([])
  })

  it('has the answers of others when a source lets its deadline pass', async () => {
    const fast = await source((_, response) => sendJson(response, bus('urn:b:1', 50)))
    const silent = await source(() => undefined)
    const { copies, warnings } = await retrieve(
      federationWith(
        HASTY,
        { endpoint: fast.endpoint, management: { timeout: PATIENT_MS } },
        { endpoint: silent.endpoint },
      ),
    )
    expect(copies).to.have.length(1)
    expect(warnings).to.have.length(1)
  })

  it('5.2.34: the registration sets its own deadline', async () => {
    const { endpoint } = await source(() => undefined)
    const started = Date.now()
    const { warnings } = await retrieve(federation({ endpoint, management: { timeout: 60 } }))
    expect(Date.now() - started).to.be.within(50, PATIENT_MS)
    expect(warnings[0]).to.match(/^199 /)
  })

  const preparations: readonly [string, Partial<FederationDependencies>][] = [
    ['never come', { outbound: () => new Promise(() => undefined) }],
    ['cannot be had', { outbound: () => Promise.reject(new Error('issuer is down')) }],
  ]
  for (const [title, changes] of preparations) {
    it(`credentials that ${title} cost the deadline at most, and the source is not asked without them`, async () => {
      const { endpoint, asked } = await source((_, response) => sendJson(response, bus('urn:b:1', 50)))
      const started = Date.now()
      const { copies, warnings } = await retrieve(federationWith({ ...HASTY, ...changes }, { endpoint }))
      expect(Date.now() - started).to.be.below(PATIENT_MS)
      expect(copies).to.deep.equal([])
      expect(asked).to.deep.equal([])
      expect(warnings[0]).to.match(/^199 province "Source .* could not be asked"$/)
    })
  }

  it('one deadline holds for all pages of a source together', async () => {
    let page = 0
    const { endpoint, asked } = await source((_, response) => {
      const answer = () =>
        sendJson(response, [bus(`urn:b:${page}`, 1)], { Link: `</x?page=${++page}>; rel="next"` })
      setTimeout(answer, 400)
    })
    const started = Date.now()
    const {
      copies: entities,
      warnings,
      complete,
    } = await query(federationWith(HASTY, { endpoint }), { limit: 1000 })
    expect(Date.now() - started).to.be.within(200, PATIENT_MS)
    expect(entities.length).to.be.within(1, 4)
    expect(asked.length).to.be.below(6)
    expect(warnings[0]).to.match(/^199 /)
    expect(complete).to.equal(false)
  })

  it('5.2.34: a source that fails is left alone for its cooldown, then asked again', async () => {
    let healthy = false
    const { endpoint, asked } = await source((_, response) =>
      healthy ? sendJson(response, bus('urn:b:1', 50)) : response.writeHead(503).end(),
    )
    const hub = federation({ endpoint, management: { cooldown: 1000 } })
    await retrieve(hub)
    healthy = true
    const resting = await retrieve(hub)
    expect(asked).to.have.length(1)
    expect(resting.warnings[0]).to.match(/^199 .*left alone/)
    expect(hub.sources(DEFAULT_TENANT)[0]).to.include({ timesSent: 1 }).and.to.have.property('coolingUntil')
    await new Promise((resolve) => setTimeout(resolve, 1050))
    expect((await retrieve(hub)).copies).to.have.length(1)
    expect(hub.sources(DEFAULT_TENANT)[0])
      .to.include({ timesSent: 2, status: 'ok' })
      .and.to.not.have.property('coolingUntil')
  })

  it('without a cooldown a source rests after three failures in a row, but not because one caller was refused', async () => {
    const down = await source((_, response) => response.writeHead(500).end())
    const strict = await source((_, response) => response.writeHead(403).end())
    const hub = federation({ endpoint: down.endpoint }, { endpoint: strict.endpoint })
    for (let time = 0; time < 5; time++) await retrieve(hub)
    expect(down.asked).to.have.length(3)
    expect(strict.asked).to.have.length(5)
  })

  it('refusals do not count towards that rest', async () => {
    const statuses = [403, 403, 500, 403, 403, 403]
    const { endpoint, asked } = await source((_, response) =>
      response.writeHead(statuses.shift() ?? 404).end(),
    )
    const hub = federation({ endpoint })
    for (let time = 0; time < 6; time++) await retrieve(hub)
    expect(asked).to.have.length(6)
  })

  it('4.3.6.4: a request that came through this hub asks nobody, and says so', async () => {
    const { endpoint, asked } = await source((_, response) => sendJson(response, bus('urn:b:1', 50)))
    const { copies, warnings } = await retrieve(federation({ endpoint }), '1.1 a, 1.1 province')
    expect(asked).to.deep.equal([])
    expect(copies).to.deep.equal([])
    expect(warnings).to.deep.equal(['199 province "Request came through this hub already"'])
  })

  it('4.3.6.4: a source that the request came through is not asked, silently', async () => {
    const { endpoint, asked } = await source((_, response) => sendJson(response, bus('urn:b:1', 50)))
    const { warnings } = await retrieve(federation({ endpoint, contextSourceAlias: 'city' }), '1.1 city')
    expect(asked).to.deep.equal([])
    expect(warnings).to.deep.equal([])
  })

  it('two hubs that registered each other answer once instead of for ever', async () => {
    const other: { hub?: Federation } = {}
    const { endpoint, asked } = await source((request, response) => {
      void other.hub
        ?.query({
          ...read,
          via: request.headers.via,
          query: { types: TYPES },
          parameters: new URLSearchParams(),
          limit: 10,
          pushable: true,
        })
        .then(({ warnings }) => sendJson(response, [], { 'NGSILD-Warning': warnings.join(', ') }))
    })
    const hub = federation({ endpoint })
    other.hub = hub
    const { warnings } = await query(hub)
    expect(asked).to.have.length(1)
    expect(warnings).to.deep.equal(['199 province "Request came through this hub already"'])
  })

  it('hands the filters on only when they may be pushed', async () => {
    const { endpoint, asked } = await source((_, response) => sendJson(response, []))
    const hub = federation({ endpoint })
    const parameters = new URLSearchParams({ q: 'speed>50', type: 'Bus,Tram' })
    const q = { kind: 'exists', path: { attributes: [iri('speed')] } } as const
    const filtered = { query: { types: TYPES, q }, parameters }
    await query(hub, filtered)
    await query(hub, { ...filtered, pushable: false })
    expect(asked.map(({ url }) => url.search)).to.deep.equal([
      '?type=Bus&q=speed%3E50&limit=10&options=sysAttrs',
      '?type=Bus&limit=1000&options=sysAttrs',
    ])
  })

  it('does not hand a filter to a source that did not register what it looks at', async () => {
    const { endpoint, asked } = await source((_, response) => sendJson(response, []))
    const hub = federation({
      endpoint,
      information: [{ entities: [{ type: iri('Bus') }], propertyNames: [iri('line')] }],
    })
    const q = { kind: 'exists', path: { attributes: [iri('speed')] } } as const
    await query(hub, { query: { types: TYPES, q }, parameters: new URLSearchParams({ q: 'speed' }) })
    expect(asked[0]?.url.searchParams.has('q')).to.equal(false)
    expect(asked[0]?.url.searchParams.get('attrs')).to.equal('line')
  })

  it('keeps of an answer only what the source registered', async () => {
    const tram = { ...bus('urn:t:1', 1), type: 'Tram' }
    const answer = [{ ...bus('urn:b:1', 50), colour: 'red' }, tram]
    const { endpoint } = await source((_, response) => sendJson(response, answer))
    const { copies: entities } = await query(
      federation({
        endpoint,
        information: [{ entities: [{ type: iri('Bus') }], propertyNames: [iri('speed')] }],
      }),
    )
    expect(entities.map(({ entity }) => entity.id)).to.deep.equal(['urn:b:1'])
    expect(Object.keys(entities[0]?.entity.attributes ?? {})).to.deep.equal([iri('speed')])
  })

  it('drops what has expired at the source', async () => {
    const { endpoint } = await source((_, response) =>
      sendJson(response, [{ ...bus('urn:b:1', 50), expiresAt: '2020-01-01T00:00:00Z' }]),
    )
    expect((await query(federation({ endpoint }))).copies).to.deep.equal([])
  })

  it('one entity that is no NGSI-LD makes the page unbelievable', async () => {
    const { endpoint } = await source((_, response) =>
      sendJson(response, [bus('urn:b:1', 50), { id: 'urn:b:2' }]),
    )
    const { copies: entities, warnings } = await query(federation({ endpoint }))
    expect(entities).to.deep.equal([])
    expect(warnings[0]).to.match(/^111 /)
  })

  it('follows next links at the registered endpoint only, up to the limit', async () => {
    const elsewhere = await source((_, response) => sendJson(response, []))
    const { endpoint, asked } = await source((_, response, url) => {
      const from = Number(url.searchParams.get('offset') ?? 0)
      const link = `<${elsewhere.endpoint}/steal?offset=${from + 2}&limit=2>; rel="next"; type="application/json"`
      sendJson(
        response,
        [bus(`urn:b:${from}`, 1), bus(`urn:b:${from + 1}`, 1)],
        from < 6 ? { Link: link } : {},
      )
    })
    const some = await query(federation({ endpoint }), { limit: 3 })
    expect(some.copies.map(({ entity }) => entity.id)).to.deep.equal([
      'urn:b:0',
      'urn:b:1',
      'urn:b:2',
      'urn:b:3',
    ])
    expect(some.complete).to.equal(false)
    expect(elsewhere.asked).to.deep.equal([])
    expect(asked).to.have.length(2)
    const all = await query(federation({ endpoint }), { limit: 100 })
    expect(all.copies).to.have.length(8)
    expect(all.complete).to.equal(true)
  })

  it('asks for no further page when it has as many as it wants', async () => {
    const { endpoint, asked } = await source((_, response) =>
      sendJson(response, [bus('urn:b:0', 1), bus('urn:b:1', 1)], { Link: '</x?offset=2>; rel="next"' }),
    )
    expect((await query(federation({ endpoint }), { limit: 2 })).complete).to.equal(false)
    expect(asked).to.have.length(1)
  })

  it('holds all pages of a source together to 16 MiB', async () => {
    let page = 0
    const { endpoint } = await source((_, response) => {
      const text = { type: 'Property', value: 'x'.repeat(9 * MIB) }
      sendJson(response, [{ id: `urn:b:${++page}`, type: 'Bus', text }], {
        Link: `</x?page=${page}>; rel="next"`,
      })
    })
    const hub = federation({ endpoint })
    const { copies: entities, warnings } = await query(hub, { limit: 1000 })
    expect(entities).to.have.length(1)
    expect(warnings[0]).to.match(/^111 .*more than/)
  })

  it('hands on what the registration names of the request, and says so only to that source', async () => {
    const answer: Parameters<typeof startSource>[0] = (_, response) => sendJson(response, [])
    const [trusted, other] = [await source(answer), await source(answer)]
    const contextSourceInfo = [{ key: 'X-Session', value: 'urn:ngsi-ld:request' }]
    const hub = federation({ endpoint: trusted.endpoint, contextSourceInfo }, { endpoint: other.endpoint })
    await query(hub, { headers: { 'x-session': 'abc', authorization: 'Bearer client' } })
    expect(trusted.asked[0]?.headers).to.have.property('x-session', 'abc')
    expect(trusted.asked[0]?.headers).to.not.have.property('authorization')
    expect(other.asked[0]?.headers).to.not.have.any.keys('x-session', 'authorization')
  })

  it('passes on the warnings from behind a source', async () => {
    const { endpoint } = await source((_, response) =>
      sendJson(response, [], { 'NGSILD-Warning': '199 city "Source x did not answer"' }),
    )
    expect((await query(federation({ endpoint }))).warnings).to.deep.equal([
      '199 city "Source x did not answer"',
    ])
  })

  describe('of entities that name an @context each', () => {
    const naming = (count: number) =>
      Array.from({ length: count }, (_, at) => ({
        '@context': `http://contexts.example/${at}`,
        ...bus(`urn:b:${at}`, 50),
      }))
    const asked = async (
      count: number,
      tableOf: FederationDependencies['tableOf'],
      changes: Partial<FederationDependencies> = {},
    ) => {
      const { endpoint } = await source((_, response) => sendJson(response, naming(count)))
      const contexts: unknown[] = []
      const counting: FederationDependencies['tableOf'] = (context) => {
        contexts.push(context)
        return tableOf(context)
      }
      const answer = await query(federationWith({ tableOf: counting, ...changes }, { endpoint }), {
        limit: 50,
      })
      return { ...answer, contexts }
    }

    it('resolves each once, up to ten', async () => {
      const { copies, warnings, contexts } = await asked(10, async () => table)
      expect([copies.length, contexts.length]).to.deep.equal([10, 10])
      expect(warnings).to.deep.equal([])
    })

    it('believes nothing of an answer that names more, and fetches no more', async () => {
      const { copies, warnings, contexts } = await asked(11, async () => table)
      expect([copies.length, contexts.length]).to.deep.equal([0, 10])
      expect(warnings).to.have.length(1)
    })

    it('waits for them no longer than for the source', async () => {
      const { copies, warnings, contexts } = await asked(5, () => new Promise(() => undefined), HASTY)
      expect([copies.length, contexts.length]).to.deep.equal([0, 1])
      expect(warnings).to.have.length(1)
    })
  })

  it('asks in the @context of the registration where it names one, without the filters of the client', async () => {
    const { endpoint, asked } = await source((_, response) => sendJson(response, []))
    const contextSourceInfo = [{ key: 'jsonldContext', value: 'https://example.org/own.jsonld' }]
    await query(federation({ endpoint, contextSourceInfo }), {
      parameters: new URLSearchParams({ q: 'speed>50' }),
    })
    expect(asked[0]?.url.searchParams.has('q')).to.equal(false)
    expect(asked[0]?.names).to.not.include('jsonldContext')
  })

  it('answers each selector of a query by body with its own forward', async () => {
    const { endpoint, asked } = await source((_, response) => sendJson(response, []))
    const selectors = [
      { types: TYPES, ids: ['urn:b:1'] },
      { types: { kind: 'type', type: iri('Tram') } as const },
    ]
    await query(federation({ endpoint }), { query: { selectors } })
    expect(asked.map(({ url }) => url.searchParams.get('id'))).to.deep.equal(['urn:b:1'])
  })
})
