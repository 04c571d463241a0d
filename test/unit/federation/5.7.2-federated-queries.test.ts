import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { EntityQuery, TypeNode } from '../../../broker/core/query/ast.ts'
import type { FederatedQuery, Federation } from '../../../broker/federation/federation.ts'
import { createEgress } from '../../../security/egress/create-egress.ts'
import { anyone, bus, federationOver, iri, type Source, sendJson, startSource, table } from './support.ts'

const type = (name: string): TypeNode => ({ kind: 'type', type: iri(name) })
const SPEED = { kind: 'exists', path: { attributes: [iri('speed')] } } as const

/** A request that a source got, in short. */
interface Got {
  readonly line: string
  readonly body: JsonObject | undefined
}

describe('5.7.2 Queries at sources', () => {
  const egress = createEgress({ mode: 'open' })
  const sources: Source[] = []
  const got: Got[] = []
  after(() => egress.close())
  afterEach(async () => {
    got.length = 0
    for (const source of sources.splice(0)) await source.close()
  })

  async function source(
    answer: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ endpoint: string }> {
    const started = await startSource((request, response, url) => {
      void text(request).then((body) => {
        const line = `${request.method} ${decodeURIComponent(`${url.pathname}${url.search}`).slice('/ngsi-ld/v1'.length)}`
        got.push({ line, body: body === '' ? undefined : JSON.parse(body) })
        sendJson(response, answer, headers)
      })
    })
    sources.push(started)
    return { endpoint: started.endpoint }
  }

  const read = { tenant: DEFAULT_TENANT, caller: anyone, table, via: undefined }
  const query = (hub: Federation, query: EntityQuery, more: Partial<FederatedQuery> = {}) =>
    hub.query({ ...read, query, parameters: new URLSearchParams(), limit: 10, pushable: true, ...more })
  const lines = () => got.map(({ line }) => line).sort()

  const BY_BODY = 'POST /entityOperations/query?limit=10&options=sysAttrs'
  const BY_PARAMETERS = 'GET /entities?type=Bus&limit=10&options=sysAttrs'
  const forms: readonly [readonly string[], boolean, string][] = [
    [['queryEntity', 'queryBatch'], false, BY_PARAMETERS],
    [['queryEntity', 'queryBatch'], true, BY_BODY],
    [['queryEntity'], true, BY_PARAMETERS],
    [['queryBatch'], false, BY_BODY],
  ]
  for (const [operations, byBody, expected] of forms) {
    it(`4.20 a source of ${operations} is asked so when the client asks by ${byBody ? 'body' : 'parameters'}`, async () => {
      const hub = federationOver([{ ...(await source([bus('urn:b:1', 50)])), operations: [...operations] }], {
        egress,
      })
      const { copies, warnings } = await query(hub, { types: type('Bus') }, { byBody })
      expect(lines()).to.deep.equal([expected])
      expect(copies.map(({ entity }) => entity.id)).to.deep.equal(['urn:b:1'])
      expect(warnings).to.deep.equal([])
    })
  }

  const RETRIEVE = '/entities/urn:b:1?type=Bus&options=sysAttrs'
  const retrievals: readonly [readonly string[], string, unknown][] = [
    [['retrieveEntity', 'queryEntity'], `GET ${RETRIEVE}`, bus('urn:b:1', 50)],
    [['queryEntity'], 'GET /entities?type=Bus&id=urn:b:1&limit=1&options=sysAttrs', [bus('urn:b:1', 50)]],
    [['queryBatch'], 'POST /entityOperations/query?limit=1&options=sysAttrs', [bus('urn:b:1', 50)]],
    [['queryEntity'], 'GET /entities?type=Bus&id=urn:b:1&limit=1&options=sysAttrs', bus('urn:b:1', 50)],
  ]
  for (const [operations, expected, answer] of retrievals) {
    const form = Array.isArray(answer) ? 'an array' : 'an object'
    it(`4.20 one entity is asked for by ${operations[0]} where a source offers that, and ${form} understood`, async () => {
      const hub = federationOver([{ ...(await source(answer)), operations: [...operations] }], { egress })
      const { copies, warnings } = await hub.retrieve({ ...read, id: 'urn:b:1' })
      expect(lines()).to.deep.equal([expected])
      expect(copies.map(({ entity }) => entity.id)).to.deep.equal(['urn:b:1'])
      expect(warnings).to.deep.equal([])
    })
  }

  it('5.2.23 a body says all that the client asks for and the source may know, and is sent again for the next page', async () => {
    const information = [{ entities: [{ type: iri('Bus'), idPattern: ':b:' }, { type: iri('Tram') }] }]
    const link = { Link: '</x?limit=10&offset=10>; rel="next"' }
    const hub = federationOver([{ ...(await source([], link)), operations: ['queryBatch'], information }], {
      egress,
    })
    const parameters = new URLSearchParams({
      q: 'speed>50',
      scopeQ: '/a',
      georel: 'within',
      geometry: 'Point',
      coordinates: '[1,2]',
      expandValues: 'kind',
      lang: 'vi',
    })
    const asked = {
      selectors: [{ types: type('Bus') }, { types: type('Tram'), ids: ['urn:t:1', 'urn:t:2'] }],
      attributes: [iri('speed')],
      q: SPEED,
    }
    await query(hub, asked, { parameters, byBody: true })
    expect(lines()).to.deep.equal(['POST /entityOperations/query?limit=10&offset=10', BY_BODY])
    expect(got[0]?.body).to.deep.equal(got[1]?.body)
    expect(got[0]?.body).to.deep.equal({
      type: 'Query',
      entities: [
        { type: 'Bus', idPattern: ':b:' },
        { type: 'Tram', id: ['urn:t:1', 'urn:t:2'] },
      ],
      q: 'speed>50',
      scopeQ: '/a',
      expandValues: 'kind',
      geoQ: { georel: 'within', geometry: 'Point', coordinates: [1, 2] },
      attrs: ['speed'],
    })
  })

  it('several selectors are several requests where a source knows no bodies', async () => {
    const hub = federationOver([{ ...(await source([])), operations: ['queryEntity'] }], { egress })
    const selectors = [
      { types: type('Bus'), ids: ['urn:b:1'] },
      { types: type('Bus'), ids: ['urn:b:2'] },
    ]
    await query(hub, { selectors }, { byBody: true })
    expect(lines()).to.deep.equal(
      [1, 2].map((id) => `GET /entities?type=Bus&id=urn:b:${id}&limit=10&options=sysAttrs`),
    )
  })

  const ALL = 'GET /entities?type=Bus&limit=1000&options=sysAttrs'
  const filters = { types: type('Bus'), q: SPEED, attributes: [iri('speed')] }
  const parameters = new URLSearchParams({ q: 'speed' })
  const PUSHED = 'GET /entities?type=Bus&q=speed&limit=10&attrs=speed&options=sysAttrs'
  const splits: readonly [string, boolean | undefined, boolean, string][] = [
    ['is not said and not usual', undefined, false, PUSHED],
    ['is not said and usual', undefined, true, ALL],
    ['is wanted', true, false, ALL],
    ['is not wanted though usual', false, true, PUSHED],
  ]
  for (const [title, wanted, usual, expected] of splits) {
    it(`4.3.6.7 splitEntities ${title}`, async () => {
      const hub = federationOver([await source([])], { egress, splitEntities: usual })
      await query(hub, filters, { parameters, ...(wanted !== undefined && { splitEntities: wanted }) })
      expect(lines()).to.deep.equal([expected])
    })
  }

  it('4.3.6.7 attributes that a source registered are asked for even of split entities', async () => {
    const information = [{ entities: [{ type: iri('Bus') }], propertyNames: [iri('line')] }]
    const hub = federationOver([{ ...(await source([])), information }], { egress })
    await query(hub, filters, { parameters, splitEntities: true })
    expect(lines()).to.deep.equal(['GET /entities?type=Bus&limit=1000&attrs=line&options=sysAttrs'])
  })

  it('warns where more was there than could be filtered here', async () => {
    const link = { Link: '</x?offset=1000>; rel="next"' }
    const many = Array.from({ length: 10_000 }, (_, at) => bus(`urn:b:${at}`, at))
    const hub = federationOver([await source(many, link)], { egress })
    const { warnings, complete } = await query(hub, filters, { parameters, pushable: false })
    expect(complete).to.equal(false)
    expect(warnings).to.deep.equal(['199 province "Source urn:r:1 has more entities than were looked at"'])
    const few = await query(hub, { types: type('Bus') })
    expect(few.warnings).to.deep.equal([])
  })

  describe('of entities that nobody is shown', () => {
    const together = { together: true } as const
    const tells = { 'Hub-Results-Together': '15', 'Hub-Count-Noise': 'discrete-laplace;epsilon=1;step=5' }

    it('asks for a number only where that is wanted, and says whose entities nobody else has', async () => {
      const hub = federationOver(
        [await source([], tells), await source([], { 'Hub-Results-Together': '-1' })],
        {
          egress,
          apart: new Set(['urn:r:1']),
        },
      )
      const found = await query(hub, { types: type('Bus') }, together)
      expect(lines()).to.deep.equal(
        Array(2).fill('GET /entities?type=Bus&limit=10&count=true&options=sysAttrs'),
      )
      expect(found.together).to.deep.equal({
        told: [
          { count: 15, noise: [tells['Hub-Count-Noise']], alone: true },
          { count: 0, noise: [], alone: false },
        ],
        all: true,
      })
      got.length = 0
      expect(await query(hub, { types: type('Bus') })).not.to.have.property('together')
      expect(lines()).to.deep.equal(Array(2).fill('GET /entities?type=Bus&limit=10&options=sysAttrs'))
    })

    it('asks again without, where a source refuses to count, and knows that it did not tell', async () => {
      const started = await startSource((_, response, url) => {
        got.push({ line: url.search, body: undefined })
        if (url.searchParams.has('count')) response.writeHead(403).end()
        else sendJson(response, [bus('urn:b:1', 50)])
      })
      sources.push(started)
      const found = await query(
        federationOver([{ endpoint: started.endpoint }], { egress }),
        { types: type('Bus') },
        together,
      )
      expect(got).to.have.length(2)
      expect(found.copies).to.have.length(1)
      expect([found.together, found.warnings]).to.deep.equal([{ told: [], all: false }, []])
    })

    it('does not ask where only a part of a source would be counted', async () => {
      const information = [{ entities: [{ type: iri('Bus') }], propertyNames: [iri('line')] }]
      const hub = federationOver([{ ...(await source([], tells)), information }], { egress })
      const found = await query(hub, { types: type('Bus') }, together)
      expect(lines().join()).not.to.contain('count')
      expect(found.together).to.deep.equal({ told: [], all: false })
    })
  })
})
