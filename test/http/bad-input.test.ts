import { request as rawRequest } from 'node:http'
import { expect } from 'chai'
import { startTestHub, type TestHub, type TestRequest } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const JSON_LD = { 'content-type': 'application/ld+json' }

/** What is sent, what it is answered with, and what the answer has to say. */
type Row = readonly [
  title: string,
  path: string,
  request: TestRequest,
  status: number,
  type: string,
  says: RegExp,
]

const post = (body: unknown, headers: Record<string, string> = {}): TestRequest => ({
  method: 'POST',
  body,
  headers,
})
const entity = (members: object): object => ({ id: 'urn:bad:1', type: 'T', ...members })
const deep = (levels: number): string =>
  `{"id":"urn:bad:1","type":"T","a":{"type":"Property","value":${'['.repeat(levels)}${']'.repeat(levels)}}}`

const ROWS: readonly Row[] = [
  [
    'broken JSON',
    ENTITIES,
    post('{"id": "urn:bad:1",'),
    400,
    'InvalidRequest',
    /not valid JSON at character \d+/,
  ],
  ['an empty body', ENTITIES, post(''), 400, 'InvalidRequest', /empty/],
  [
    'bytes that are no UTF-8',
    ENTITIES,
    post(Buffer.from([0x22, 0xff, 0x22])),
    400,
    'InvalidRequest',
    /UTF-8/,
  ],
  ['JSON-LD without @context', ENTITIES, post(entity({}), JSON_LD), 400, 'BadRequestData', /no @context/],
  [
    'plain JSON with @context',
    ENTITIES,
    post(entity({ '@context': 'https://example.org/x' })),
    400,
    'BadRequestData',
    /@context/,
  ],
  [
    'an unreachable @context',
    ENTITIES,
    post(entity({ '@context': 'http://127.0.0.1:9/none.jsonld' }), JSON_LD),
    504,
    'LdContextNotAvailable',
    /127\.0\.0\.1:9/,
  ],
  ['300 levels', ENTITIES, post(deep(300)), 400, 'BadRequestData', /levels/],
  [
    'a body over the limit',
    ENTITIES,
    post(entity({ a: 'x'.repeat(1_100_000) })),
    413,
    'RequestEntityTooLarge',
    /bytes/,
  ],
  ['an id with spaces', ENTITIES, post({ id: 'urn:a b', type: 'T' }), 400, 'BadRequestData', /id/],
  ['an id that is no URI', ENTITIES, post({ id: 'bad', type: 'T' }), 400, 'BadRequestData', /id/],
  ['no type', ENTITIES, post({ id: 'urn:bad:1' }), 400, 'BadRequestData', /type/],
  [
    'a raw null',
    ENTITIES,
    post(entity({ a: { type: 'Property', value: null } })),
    400,
    'BadRequestData',
    /null/,
  ],
  [
    'a null deep inside',
    ENTITIES,
    post(entity({ a: { type: 'Property', value: { b: [null] } } })),
    400,
    'BadRequestData',
    /null/,
  ],
  [
    '__proto__ as a name',
    ENTITIES,
    post('{"id":"urn:bad:1","type":"T","__proto__":{"type":"Property","value":1}}'),
    400,
    'BadRequestData',
    /__proto__/,
  ],
  [
    'a lone surrogate',
    ENTITIES,
    post('{"id":"urn:bad:1","type":"T","a":{"type":"Property","value":"\\ud800"}}'),
    400,
    'BadRequestData',
    /surrogate/,
  ],
  [
    'an invalid geometry',
    ENTITIES,
    post(entity({ a: { type: 'GeoProperty', value: { type: 'Point', coordinates: [200, 100] } } })),
    400,
    'BadRequestData',
    /a/,
  ],
  [
    'an open ring',
    ENTITIES,
    post(
      entity({
        a: {
          type: 'GeoProperty',
          value: {
            type: 'Polygon',
            coordinates: [
              [
                [0, 0],
                [1, 0],
                [1, 1],
                [0, 1],
              ],
            ],
          },
        },
      }),
    ),
    400,
    'BadRequestData',
    /ring/i,
  ],
  ['bad q', `${ENTITIES}?type=T&q=a==`, {}, 400, 'BadRequestData', /character 3/],
  ['an invalid pattern', `${ENTITIES}?type=T&q=a~=%22(%22`, {}, 400, 'BadRequestData', /pattern|expression/i],
  ['an invalid idPattern', `${ENTITIES}?type=T&idPattern=(`, {}, 400, 'BadRequestData', /idPattern/],
  ['q on linked entities', `${ENTITIES}?type=T&q=r%7Ba%7D==1`, {}, 400, 'BadRequestData', /join/],
  ['pick of linked entities', `${ENTITIES}?type=T&pick=r%7Ba%7D`, {}, 400, 'BadRequestData', /join/],
  [
    'a number that would be rounded',
    ENTITIES,
    post('{"id":"urn:bad:1","type":"T","a":{"type":"Property","value":12345678901234567890}}'),
    400,
    'BadRequestData',
    /digits/,
  ],
  ['an unknown parameter', `${ENTITIES}?type=T&page=2`, {}, 400, 'InvalidRequest', /page/],
  ['a negative limit', `${ENTITIES}?type=T&limit=-1`, {}, 400, 'BadRequestData', /limit/],
  ['a limit above the most', `${ENTITIES}?type=T&limit=5000`, {}, 403, 'TooManyResults', /1000/],
  ['a query of everything', ENTITIES, {}, 400, 'BadRequestData', /too much/],
  [
    'a georel without geometry',
    `${ENTITIES}?type=T&georel=within`,
    {},
    400,
    'BadRequestData',
    /geometry|coordinates/,
  ],
  [
    'near without a distance',
    `${ENTITIES}?type=T&georel=near&geometry=Point&coordinates=[0,0]`,
    {},
    400,
    'BadRequestData',
    /[dD]istance/,
  ],
  [
    'an unacceptable Accept',
    `${ENTITIES}?type=T`,
    { headers: { accept: 'text/html' } },
    406,
    'NotAcceptable',
    /application\/json/,
  ],
  ['a wrong verb', ENTITIES, { method: 'PUT', body: {} }, 405, 'MethodNotAllowed', /GET/],
  [
    'a bad tenant name',
    ENTITIES,
    post(entity({}), { 'NGSILD-Tenant': '../x' }),
    400,
    'BadRequestData',
    /[tT]enant/,
  ],
  ['an empty batch', '/ngsi-ld/v1/entityOperations/create', post([]), 400, 'BadRequestData', /empty/],
  [
    'a batch that is no array',
    '/ngsi-ld/v1/entityOperations/create',
    post({}),
    400,
    'BadRequestData',
    /array/,
  ],
  [
    '20,000 entities in a batch',
    '/ngsi-ld/v1/entityOperations/delete',
    post(Array.from({ length: 20_000 }, (_, at) => `urn:x:${at}`)),
    413,
    'RequestEntityTooLarge',
    /20000.*10000/,
  ],
]

describe('HTTP: bad input', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  for (const [title, path, request, status, type, says] of ROWS) {
    it(`refuses ${title}`, async () => {
      const answer = await hub.send(path, request)
      expect(answer.status, answer.text).to.equal(status)
      expect(answer.headers['content-type']).to.equal('application/json')
      expect(answer.body.type).to.match(new RegExp(`errors[/:]${type}$`))
      expect(answer.body.detail).to.match(says)
      expect(answer.text).not.to.match(/node_modules|\bat .*\.js:/)
      expect((await hub.send(`${ENTITIES}/urn:bad:1`)).status).to.equal(404)
    })
  }

  it('answers a bare 415 to another media type', async () => {
    const answer = await hub.send(ENTITIES, post('<a/>', { 'content-type': 'text/xml' }))
    expect([answer.status, answer.text]).to.deep.equal([415, ''])
  })

  it('answers a bare 411 without Content-Length', async () => {
    const { port } = new URL(hub.url)
    const status = await new Promise((resolve, reject) => {
      const request = rawRequest({
        port,
        method: 'POST',
        path: ENTITIES,
        headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
      })
      request.on('response', (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      request.on('error', reject)
      request.end('{}')
    })
    expect(status).to.equal(411)
  })

  it('matches a catastrophic pattern in linear time', async () => {
    const value = `${'a'.repeat(50_000)}!`
    await hub.send(ENTITIES, post({ id: 'urn:re:1', type: 'Re', a: value }))
    const answer = await hub.send(`${ENTITIES}?type=Re&q=a~=${encodeURIComponent('"^(a+)+$"')}`)
    expect(answer.body).to.deep.equal([])
  })

  it('keeps __proto__ as a key inside a value', async () => {
    const text = '{"id":"urn:proto:1","type":"T","a":{"type":"Property","value":{"__proto__":{"x":1},"y":2}}}'
    expect((await hub.send(ENTITIES, post(text))).status).to.equal(201)
    expect((await hub.send(`${ENTITIES}/urn:proto:1?pick=a`)).text).to.equal(
      '{"a":{"type":"Property","value":{"__proto__":{"x":1},"y":2}}}',
    )
    expect(({} as { x?: number }).x).to.equal(undefined)
  })

  it('keeps a self-intersecting polygon as given and matches it sensibly', async () => {
    const bowTie = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [2, 2],
          [2, 0],
          [0, 2],
          [0, 0],
        ],
      ],
    }
    await hub.send(
      ENTITIES,
      post({ id: 'urn:bow:1', type: 'Bow', location: { type: 'GeoProperty', value: bowTie } }),
    )
    expect(
      (await hub.send(`${ENTITIES}/urn:bow:1?pick=location&format=simplified`)).body.location,
    ).to.deep.equal(bowTie)
    const at = async (point: string) =>
      (await hub.send(`${ENTITIES}?type=Bow&georel=contains&geometry=Point&coordinates=${point}`)).body.length
    expect(await at('[0.2,1]')).to.equal(1)
    expect(await at('[1,0.1]')).to.equal(0)
  })

  it('survives a parameter that is not percent-encoded UTF-8', async () => {
    expect((await hub.send(`${ENTITIES}/%ff`)).status).to.equal(400)
  })
})
