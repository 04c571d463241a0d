import { expect } from 'chai'
import type { JsonObject, JsonValue } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { createFederation, type Federation } from '../../../broker/federation/federation.ts'
import { conformBody } from '../../../broker/federation/forward/conform-body.ts'
import { decodeOddAnswer } from '../../../broker/federation/forward/decode-odd-answer.ts'
import { withSource } from '../../../broker/federation/forward/source-connection.ts'
import { conformTypes } from '../../../broker/federation/forward/source-version.ts'
import { createRegistry } from '../../../broker/federation/registry/registry.ts'
import { createSourceStates } from '../../../broker/federation/states/source-states.ts'
import { createEgress } from '../../../security/egress/create-egress.ts'
import { anyone, bus, iri, registration, type Source, sendJson, startSource, table } from './support.ts'

const TYPES = { kind: 'type', type: iri('Bus') } as const
const FAST = { kind: 'exists', path: { attributes: [iri('speed')] } } as const
const OTHER = 'https://example.org/other.jsonld'

describe('4.3.6 Brokers of other makes', () => {
  const egress = createEgress({ mode: 'open' })
  const sources: Source[] = []
  after(() => egress.close())
  afterEach(async () => {
    for (const source of sources.splice(0)) await source.close()
  })

  const dependencies = {
    egress,
    states: createSourceStates(),
    outbound: async () => ({}),
    tableOf: async (context: JsonValue) => {
      if (context !== OTHER) throw new Error('Nothing there')
      return { ...table, url: OTHER, expand: (name: string) => iri(name.replace('tocDo', 'speed')) }
    },
    alias: 'province',
    clock: () => Date.now() * 1000,
    defaultTimeoutMs: 5000,
  }

  async function source(play: Parameters<typeof startSource>[0]): Promise<Source> {
    const started = await startSource(play)
    sources.push(started)
    return started
  }

  function federation(endpoint: string, ...info: readonly (readonly [string, string])[]): Federation {
    const registry = createRegistry()
    const contextSourceInfo = info.map(([key, value]) => ({ key, value }))
    const made = registration({ id: 'urn:r:1', endpoint, contextSourceInfo })
    registry.apply(DEFAULT_TENANT, { id: made.id, version: 1, registration: made })
    return createFederation({ ...dependencies, states: createSourceStates(), registry })
  }

  const read = { tenant: DEFAULT_TENANT, caller: anyone, table, via: undefined }
  async function ask(hub: Federation, single: boolean, parameters = new URLSearchParams()) {
    const { copies, warnings } = single
      ? await hub.retrieve({ ...read, id: 'urn:b:1' })
      : await hub.query({
          ...read,
          query: { types: TYPES, ...(parameters.has('q') && { q: FAST }) },
          parameters,
          limit: 500,
          pushable: true,
        })
    const speeds = copies.map(({ entity }) => entity.attributes[iri('speed')]?.[0]?.value)
    return { speeds, warnings }
  }

  const one = { id: 'urn:b:1', type: 'Bus', speed: { type: 'Property', value: 5 } }
  type Answer = {
    readonly status?: number
    readonly body?: unknown
    readonly headers?: Record<string, string>
  }
  const relation = 'rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
  const shapes: readonly [string, Answer, 'retrieve' | 'query', readonly unknown[]][] = [
    ['404', { status: 404, body: { title: 'none' } }, 'query', []],
    ['404 without a body', { status: 404 }, 'retrieve', []],
    ['404 with a page of HTML', { status: 404, body: '<html>' }, 'retrieve', []],
    ['204', { status: 204 }, 'query', []],
    ['204', { status: 204 }, 'retrieve', []],
    ['an empty array', { body: [] }, 'retrieve', []],
    ['an array of one', { body: [one] }, 'retrieve', [5]],
    ['one entity by itself', { body: one }, 'query', [5]],
    ['simplified entities', { body: [{ id: 'urn:b:1', type: 'Bus', speed: 5 }] }, 'query', [5]],
    [
      'simplified entities, one value with a type of its own',
      { body: [{ id: 'urn:b:1', type: 'Bus', speed: 5, address: { type: 'PostalAddress', street: 'a' } }] },
      'query',
      [5],
    ],
    [
      'no @context in JSON-LD',
      { body: one, headers: { 'Content-Type': 'application/ld+json' } },
      'retrieve',
      [5],
    ],
    [
      'a link to another @context',
      { body: { ...one, speed: undefined, tocDo: 7 }, headers: { Link: `<${OTHER}>; ${relation}` } },
      'retrieve',
      [7],
    ],
    [
      'a link to an @context that nobody can fetch',
      { body: one, headers: { Link: `<http://127.0.0.1:1/context>; ${relation}` } },
      'retrieve',
      [5],
    ],
    ['a link that cannot be read', { body: one, headers: { Link: `<<>; ${relation}` } }, 'retrieve', [5]],
    ['another media type', { body: one, headers: { 'Content-Type': 'text/plain' } }, 'retrieve', [5]],
    [
      'times as Properties',
      { body: { ...one, modifiedAt: { type: 'Property', value: 'x' } } },
      'retrieve',
      [5],
    ],
  ]
  for (const [title, { status = 200, body, headers = {} }, operation, speeds] of shapes) {
    it(`may answer ${title} to a ${operation}`, async () => {
      const { endpoint } = await source((_, response) => {
        if (status === 200) return sendJson(response, body, headers)
        return response.writeHead(status, headers).end(body === undefined ? undefined : JSON.stringify(body))
      })
      const answer = await ask(federation(endpoint), operation === 'retrieve')
      expect(answer).to.deep.equal({ speeds, warnings: [] })
    })
  }

  const refused: readonly [string, unknown][] = [
    ['an error of old', { error: 'NotFound', description: 'none' }],
    ['an entity without type', { id: 'urn:b:1', speed: 5 }],
    ['a faulty attribute among good ones', { ...one, line: { type: 'Property' } }],
    ['an attribute of an unknown kind among normalized ones', { ...one, line: { type: 'Number', value: 1 } }],
  ]
  for (const [title, body] of refused) {
    it(`may not answer ${title} with 200`, async () => {
      const { endpoint } = await source((_, response) => sendJson(response, body))
      const { speeds, warnings } = await ask(federation(endpoint), true)
      expect(speeds).to.deep.equal([])
      expect(warnings[0]).to.match(/^111 .*no NGSI-LD"$/)
    })
  }

  it('are asked for a hundred at a time where they refuse more', async () => {
    const type = 'https://uri.etsi.org/ngsi-ld/errors/TooManyResults'
    const { endpoint, asked } = await source((_, response, url) => {
      const limit = Number(url.searchParams.get('limit'))
      if (limit > 100) return response.writeHead(403).end(JSON.stringify({ type, title: 'Too many' }))
      return sendJson(response, [one])
    })
    expect(await ask(federation(endpoint), false)).to.deep.equal({ speeds: [5], warnings: [] })
    expect(asked.map(({ url }) => url.searchParams.get('limit'))).to.deep.equal(['500', '100'])
  })

  it('that always refuse are not asked again and again', async () => {
    const type = 'https://uri.etsi.org/ngsi-ld/errors/TooManyResults'
    const { endpoint, asked } = await source((_, response) =>
      response.writeHead(403).end(JSON.stringify({ type })),
    )
    expect((await ask(federation(endpoint), false)).warnings[0]).to.match(/^299 /)
    expect(asked).to.have.length(2)
  })

  const filters: readonly [string, Record<string, string>, boolean][] = [
    ['1.3', { q: 'speed>1' }, true],
    ['1.3', { q: 'speed>1', scopeQ: '/a' }, false],
    ['1.6', { q: 'speed>1', scopeQ: '/a' }, true],
    ['1.6', { q: 'speed>1', expandValues: 'speed' }, false],
    ['1.9', { q: 'speed>1', expandValues: 'speed' }, true],
    ['2.0', { q: 'speed>1', jsonKeys: 'speed' }, true],
  ]
  for (const [version, parameters, pushed] of filters) {
    it(`of version ${version} ${pushed ? 'apply' : 'are spared'} ${Object.keys(parameters)}`, async () => {
      const { endpoint, asked } = await source((_, response) => sendJson(response, [bus('urn:b:1', 5)]))
      const hub = federation(endpoint, ['ngsildConformance', version])
      await ask(hub, false, new URLSearchParams(parameters))
      expect(asked[0]?.url.searchParams.has('q')).to.equal(pushed)
      // who is not judged there is fetched to be judged here
      expect(Number(asked[0]?.url.searchParams.get('limit')) > 500).to.equal(!pushed)
      const prefer = version === '2.0' ? '1.9' : version
      expect(asked[0]?.headers).to.have.property('prefer', `ngsi-ld=${prefer}`)
      expect(asked[0]?.names.map((name) => name.toLowerCase())).to.not.include('ngsildconformance')
    })
  }

  it('of a version without type selections are asked by one type of several', () => {
    const types = { kind: 'and', nodes: [TYPES, { kind: 'type', type: iri('Tram') }] } as const
    expect(conformTypes(types, 3)).to.deep.equal(TYPES)
    expect(conformTypes(types, 5)).to.equal(types)
    expect(conformTypes(types, undefined)).to.equal(types)
  })

  it('are sent what their version knows, and get no Prefer with it', async () => {
    const bodies: string[] = []
    const { endpoint, asked } = await source((request, response) => {
      request.on('data', (piece) => bodies.push(String(piece)))
      request.on('end', () => response.writeHead(201).end())
    })
    const contextSourceInfo = [{ key: 'ngsildConformance', value: '1.3' }]
    const made = registration({ endpoint, contextSourceInfo, management: { localOnly: true } })
    await withSource(dependencies, read, {
      registration: made,
      work: async (connection) => {
        const name = { type: 'LanguageProperty', languageMap: { vi: 'a' } }
        const parameters = new URLSearchParams({ local: 'true', options: 'noOverwrite' })
        await connection.send({ method: 'POST', path: '/entities', parameters, body: { ...one, name } })
        return {}
      },
    })
    expect(JSON.parse(bodies.join(''))).to.deep.equal({
      ...one,
      name: { type: 'Property', value: { vi: 'a' } },
    })
    expect(asked[0]?.url.search).to.equal('?options=noOverwrite')
    expect(asked[0]?.headers).to.not.have.property('prefer')
  })
})

describe('4.3.6.8 Bodies for earlier versions', () => {
  const whole: JsonObject = {
    id: 'urn:b:1',
    type: ['Bus', 'Tram'],
    scope: '/a',
    expiresAt: '2030-01-01T00:00:00Z',
    speed: [
      { type: 'Property', value: 1, datasetId: 'urn:d:1', unitCode: 'KMH' },
      { type: 'Property', value: 2, observedAt: '2026-01-01T00:00:00Z', valueType: 'x' },
    ],
    name: { type: 'LanguageProperty', languageMap: { vi: 'a' } },
    kind: { type: 'VocabProperty', vocab: 'fast' },
    raw: { type: 'JsonProperty', json: { type: 'Property', datasetId: 'kept' } },
    stops: { type: 'ListProperty', valueList: [1, 2] },
    lines: { type: 'ListRelationship', objectList: [{ object: 'urn:l:1' }, { object: 'urn:l:2' }] },
    operator: {
      type: 'Relationship',
      object: 'urn:o:1',
      objectType: 'Firm',
      since: { type: 'LanguageProperty', languageMap: { en: 'b' } },
    },
    bare: { observedAt: 'of its own', datasetIdOfSomething: 1 },
  }
  const body = (version: number) => conformBody('/entities', whole, version) as JsonObject // of an object

  it('1.8 has no expiresAt and no valueType, and all else', () => {
    const { expiresAt: _, ...rest } = whole
    const [first, second] = whole.speed as readonly JsonObject[]
    const { valueType: __, ...without } = second ?? {}
    expect(body(8)).to.deep.equal({ ...rest, speed: [first, without] })
  })

  it('1.6 has Properties and Relationships for the kinds of 1.8', () => {
    expect(body(6)).to.deep.include({
      name: whole.name,
      kind: { type: 'Property', value: 'fast' },
      raw: { type: 'Property', value: { type: 'Property', datasetId: 'kept' } },
      stops: { type: 'Property', value: [1, 2] },
      lines: { type: 'Relationship', object: ['urn:l:1', 'urn:l:2'] },
      bare: whole.bare,
    })
    expect(body(6).operator).to.not.have.property('objectType')
  })

  it('1.3 has no language maps, at any depth, and no scope', () => {
    expect(body(3)).to.deep.include({ name: { type: 'Property', value: { vi: 'a' } }, type: ['Bus', 'Tram'] })
    expect(body(3)).to.not.have.property('scope')
    expect(body(3).operator).to.have.deep.property('since', { type: 'Property', value: { en: 'b' } })
    expect(body(3).speed).to.have.length(2)
  })

  it('1.0 has one type, and the default instance without its details', () => {
    expect(body(0)).to.deep.include({ type: 'Bus', speed: { type: 'Property', value: 2 } })
  })

  const others: readonly [string, string, JsonValue, JsonValue][] = [
    [
      'an attribute',
      '/entities/urn:b:1/attrs/name',
      { languageMap: { vi: 'a' }, observedAt: 'x' },
      { languageMap: { vi: 'a' } },
    ],
    [
      'each entity of a batch',
      '/entityOperations/upsert',
      [{ id: 'urn:b:1', scope: '/a' }],
      [{ id: 'urn:b:1' }],
    ],
    [
      'a deletion',
      '/entities/urn:b:1/attrs/',
      { name: { type: 'LanguageProperty', languageMap: { '@none': 'urn:ngsi-ld:null' } } },
      { name: { type: 'Property', value: 'urn:ngsi-ld:null' } },
    ],
  ]
  for (const [title, path, sent, expected] of others) {
    it(`is written for ${title}`, () => {
      expect(conformBody(path, sent, 2)).to.deep.equal(expected)
    })
  }

  for (const path of [
    '/entityOperations/query',
    '/entityOperations/delete',
    '/subscriptions',
    '/entityMaps/urn:m:1',
  ]) {
    it(`stays as it is for ${path}`, () => {
      const sent = { id: 'urn:s:1', type: 'Query', expiresAt: '2030-01-01T00:00:00Z' }
      expect(conformBody(path, sent, 0)).to.equal(sent)
    })
  }

  it('simplified answers are read with the kinds that they show', () => {
    const { attributes } = decodeOddAnswer(
      {
        id: 'urn:b:1',
        type: 'Bus',
        name: { languageMap: { vi: 'a' } },
        location: { type: 'Point', coordinates: [105, 21] },
        address: { type: 'PostalAddress', street: 'a' },
      },
      table,
    )
    const kinds = Object.values(attributes).map(([instance]) => instance?.kind)
    expect(kinds).to.deep.equal(['LanguageProperty', 'GeoProperty', 'Property'])
  })
})
