import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const QUERY = '/ngsi-ld/v1/entityOperations/query'

const many = (count: number, text: (at: number) => string, symbol: string) =>
  Array.from({ length: count }, (_, at) => text(at)).join(symbol)
const nested = (depth: number) => `${'('.repeat(depth)}a${')'.repeat(depth)}`
const ids = (count: number) => Array.from({ length: count }, (_, at) => `u:${at}`)
/** A ring of so many positions. */
const ring = (count: number) => {
  const open = Array.from({ length: count - 1 }, (_, at) => [at / 1000, at % 2])
  return [[...open, open[0]]]
}

/** Parameters at a limit, the same beyond it, and what the refusal says. */
const PARAMETERS: readonly (readonly [
  string,
  Readonly<Record<string, string>>,
  Readonly<Record<string, string>>,
  string,
  string,
])[] = [
  [
    'characters of q',
    { q: `a=="${'x'.repeat(8187)}"` },
    { q: `a=="${'x'.repeat(8188)}"` },
    'length',
    'q has more than 8192 characters',
  ],
  ['levels of q', { q: nested(32) }, { q: nested(33) }, 'depth', 'q has more than 32 levels'],
  [
    'terms of q',
    { q: many(128, () => 'a', ';') },
    { q: many(129, () => 'a', '|') },
    'terms',
    'q has more than 128 terms',
  ],
  [
    'values of a list in q',
    { q: `a==${many(256, String, ',')}` },
    { q: `a==${many(257, String, ',')}` },
    'listItems',
    'q has more than 256 items in a list',
  ],
  [
    'terms of scopeQ',
    { scopeQ: many(128, () => '/a', ',') },
    { scopeQ: many(129, () => '/a', ',') },
    'terms',
    'scopeQ has more than 128 terms',
  ],
  [
    'terms of type',
    { type: many(128, () => 'T', '|') },
    { type: many(129, () => 'T', '|') },
    'terms',
    'type has more than 128 terms',
  ],
  [
    'terms of pick',
    { pick: many(128, (at) => `a${at}`, ',') },
    { pick: many(129, (at) => `a${at}`, ',') },
    'terms',
    'pick has more than 128 terms',
  ],
  [
    'terms of omit',
    { omit: many(128, (at) => `a${at}`, ',') },
    { omit: many(129, (at) => `a${at}`, ',') },
    'terms',
    'omit has more than 128 terms',
  ],
  ['ids', { id: ids(1000).join(',') }, { id: ids(1001).join(',') }, 'ids', 'id has more than 1000 ids'],
  [
    'ids that are known',
    { containedBy: ids(1000).join(',') },
    { containedBy: ids(1001).join(',') },
    'ids',
    'containedBy has more than 1000 ids',
  ],
  [
    'datasets',
    { datasetId: ids(256).join(',') },
    { datasetId: ids(257).join(',') },
    'listItems',
    'datasetId has more than 256 items',
  ],
  [
    'expanded values',
    { q: 'a', expandValues: many(256, () => 'a', ',') },
    { q: 'a', expandValues: many(257, () => 'a', ',') },
    'listItems',
    'expandValues has more than 256 items',
  ],
  [
    'keys of JSON',
    { q: 'a', jsonKeys: many(256, () => 'a', ',') },
    { q: 'a', jsonKeys: many(257, () => 'a', ',') },
    'listItems',
    'jsonKeys has more than 256 items',
  ],
  [
    'characters of a pattern',
    { idPattern: 'a'.repeat(1024) },
    { idPattern: 'a'.repeat(1025) },
    'pattern',
    'idPattern is longer than 1024 characters',
  ],
  [
    'size of a pattern',
    { idPattern: many(10, (at) => `${at}{900}`, '|') },
    { idPattern: many(12, (at) => `${at}{900}`, '|') },
    'pattern',
    'idPattern is too large',
  ],
]

/** Bodies at a limit, the same beyond it, and what the refusal says. */
const BODIES: readonly (readonly [string, object, object, string, string])[] = [
  [
    'selectors',
    { entities: Array(100).fill({ type: 'T' }) },
    { entities: Array(101).fill({ type: 'T' }) },
    'selectors',
    'entities has more than 100 selectors',
  ],
  [
    'ids of a selector',
    { entities: [{ type: 'T', id: ids(1000) }] },
    { entities: [{ type: 'T', id: ids(1001) }] },
    'ids',
    'entities has more than 1000 ids',
  ],
  [
    'positions of a geometry',
    { geoQ: { georel: 'within', geometry: 'Polygon', coordinates: ring(5000) } },
    { geoQ: { georel: 'within', geometry: 'Polygon', coordinates: ring(5001) } },
    'positions',
    'coordinates has more than 5000 positions',
  ],
]

describe('Query limits, each with its own refusal', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({
      'context.default': 'core',
      'limits.rows': 100,
      'limits.maxPage': 50,
      'limits.pageBytes': 65_536,
    })
    const body = Array.from({ length: 120 }, (_, at) => ({
      id: `urn:l:${at}`,
      type: at < 100 ? 'Few' : 'More',
      a: at,
      text: 'ộ'.repeat(700),
    }))
    expect((await hub.send('/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })).status).to.equal(
      201,
    )
  })
  after(() => hub.stop())

  const get = (parameters: Readonly<Record<string, string>>) =>
    hub.send(`${ENTITIES}?${new URLSearchParams({ type: 'T', ...parameters })}`)
  const post = (members: object) =>
    hub.send(QUERY, { method: 'POST', body: { type: 'Query', entities: [{ type: 'T' }], ...members } })

  for (const [what, at, beyond, limit, says] of PARAMETERS) {
    it(`bounds the ${what}`, async () => {
      const most = await get(at)
      expect(most.status, most.text).to.equal(200)
      const refused = await get(beyond)
      expect(refused.status).to.equal(403)
      expect(refused.body.type).to.equal('https://uri.etsi.org/ngsi-ld/errors/TooComplexQuery')
      expect(refused.body.detail).to.include(says)
      expect(refused.body.limit).to.equal(limit)
    })
  }

  for (const [what, at, beyond, limit, says] of BODIES) {
    it(`bounds the ${what}`, async () => {
      const most = await post(at)
      expect(most.status, most.text).to.equal(200)
      const refused = await post(beyond)
      expect(refused.status).to.equal(403)
      expect(refused.body.type).to.equal('https://uri.etsi.org/ngsi-ld/errors/TooComplexQuery')
      expect(refused.body.detail).to.include(says)
      expect(refused.body).to.include({ limit, maximum: Number(/\d+/.exec(says)?.[0]) })
    })
  }

  it('bounds the entities of a page', async () => {
    expect((await get({ type: 'Few', limit: '50', pick: 'id' })).body).to.have.length(50)
    const refused = await get({ type: 'Few', limit: '51' })
    expect([refused.status, refused.body.type]).to.deep.equal([
      403,
      'https://uri.etsi.org/ngsi-ld/errors/TooManyResults',
    ])
    expect(refused.body.detail).to.include('51').and.to.include('50')
  })

  for (const more of [{}, { orderBy: 'a', local: 'true' }] as const) {
    it(`bounds the bytes of a page, as they are sent ${JSON.stringify(more)}`, async () => {
      const small = await get({ type: 'Few', limit: '28', ...more })
      expect(small.status, small.text).to.equal(200)
      const refused = await get({ type: 'Few', limit: '50', ...more })
      expect([refused.status, refused.body.type]).to.deep.equal([
        403,
        'https://uri.etsi.org/ngsi-ld/errors/TooManyResults',
      ])
      expect(refused.body.detail).to.include('65536 bytes').and.to.include('limit').and.to.include('pick')
      expect(refused.body).to.include({ limit: 'pageBytes', maximum: 65_536 })
      expect((await get({ type: 'Few', limit: '50', pick: 'id,a', ...more })).body).to.have.length(50)
    })
  }

  it('bounds the entities that a query looks at', async () => {
    expect(
      (await get({ type: 'Few', q: 'a!=1', count: 'true', limit: '0' })).headers['ngsild-results-count'],
    ).to.equal('99')
    const refused = await get({ type: 'Few,More', q: 'a!=1', count: 'true', limit: '0' })
    expect([refused.status, refused.body.type]).to.deep.equal([
      403,
      'https://uri.etsi.org/ngsi-ld/errors/TooComplexQuery',
    ])
    expect(refused.body.detail).to.include('more than 100 entities')
  })
})
