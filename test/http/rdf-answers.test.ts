import { expect } from 'chai'
import jsonld from 'jsonld'
import { Parser, type Quad } from 'n3'
import { CORE_CONTEXT } from '../../broker/contexts/core-context.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const QUERY = '/ngsi-ld/v1/entityOperations/query'
const TURTLE = 'text/turtle'
const QUADS = 'application/n-quads'
const EXPANDED = 'application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"'

const NGSI_LD = 'https://uri.etsi.org/ngsi-ld/'
const NAMES = `${NGSI_LD}default-context/`
const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
const XSD = 'http://www.w3.org/2001/XMLSchema#'

const STATION = {
  id: 'urn:ngsi-ld:Station:1',
  type: ['Station', 'Sensor'],
  scope: ['/ThaiNguyen', '/north'],
  whole: { type: 'Property', value: 7, unitCode: 'CEL', observedAt: '2026-01-01T00:00:00.500Z' },
  half: { type: 'Property', value: 7.5, quality: { type: 'Property', value: true } },
  several: [
    { type: 'Property', value: 'một' },
    { type: 'Property', value: 'hai', datasetId: 'urn:d:2' },
  ],
  tags: { type: 'Property', value: ['a', 'b'] },
  address: { type: 'Property', value: { type: 5, street: 'Bắc Nam', '@id': 7 } },
  built: { type: 'Property', value: { '@type': 'Date', '@value': '2020-02-03' } },
  name: { type: 'LanguageProperty', languageMap: { vi: 'trạm', en: ['station', 'post'], '@none': 'X' } },
  quality: { type: 'VocabProperty', vocab: 'good' },
  raw: { type: 'JsonProperty', json: { b: [null, 1], a: 'x' } },
  steps: { type: 'ListProperty', valueList: [2, 1, 2, { deep: true }] },
  near: {
    type: 'Relationship',
    object: ['urn:ngsi-ld:Station:2', 'urn:ngsi-ld:Station:3'],
    objectType: 'Station',
  },
  route: { type: 'ListRelationship', objectList: [{ object: 'urn:t:b' }, { object: 'urn:t:a' }] },
  location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.84, 21.59] } },
}

/** One fact about the station, as a path from it. */
type Fact = readonly [path: readonly string[], objects: readonly string[]]

const FACTS: readonly Fact[] = [
  [[`${RDF}type`], [`<${NAMES}Station>`, `<${NAMES}Sensor>`]],
  [[`${NGSI_LD}scope`], ['"/ThaiNguyen"', '"/north"']],
  [[`${NAMES}whole`, `${RDF}type`], [`<${NGSI_LD}Property>`]],
  [[`${NAMES}whole`, `${NGSI_LD}hasValue`], [`"7"^^${XSD}integer`]],
  [[`${NAMES}whole`, `${NGSI_LD}unitCode`], ['"CEL"']],
  [[`${NAMES}whole`, `${NGSI_LD}observedAt`], [`"2026-01-01T00:00:00.500Z"^^${XSD}dateTime`]],
  [[`${NAMES}half`, `${NGSI_LD}hasValue`], [`"7.5E0"^^${XSD}double`]],
  [[`${NAMES}half`, `${NAMES}quality`, `${NGSI_LD}hasValue`], [`"true"^^${XSD}boolean`]],
  [
    [`${NAMES}several`, `${NGSI_LD}hasValue`],
    ['"một"', '"hai"'],
  ],
  [[`${NAMES}several`, `${NGSI_LD}datasetId`], ['<urn:d:2>']],
  [
    [`${NAMES}tags`, `${NGSI_LD}hasValue`],
    ['"a"', '"b"'],
  ],
  [[`${NAMES}address`, `${NGSI_LD}hasValue`], [`"{"@id":7,"street":"Bắc Nam","type":5}"^^${RDF}JSON`]],
  [[`${NAMES}built`, `${NGSI_LD}hasValue`], [`"2020-02-03"^^${XSD}date`]],
  [
    [`${NAMES}name`, `${NGSI_LD}hasLanguageMap`],
    ['"trạm"@vi', '"station"@en', '"post"@en', '"X"'],
  ],
  [[`${NAMES}quality`, `${NGSI_LD}hasVocab`], [`<${NAMES}good>`]],
  [[`${NAMES}raw`, `${NGSI_LD}hasJSON`], [`"{"a":"x","b":[null,1]}"^^${RDF}JSON`]],
  [
    [`${NAMES}steps`, `${NGSI_LD}hasValueList`, 'list'],
    [`"2"^^${XSD}integer`, `"1"^^${XSD}integer`, `"2"^^${XSD}integer`, `"{"deep":true}"^^${RDF}JSON`],
  ],
  [
    [`${NAMES}near`, `${NGSI_LD}hasObject`],
    ['<urn:ngsi-ld:Station:2>', '<urn:ngsi-ld:Station:3>'],
  ],
  [[`${NAMES}near`, `${NGSI_LD}hasObjectType`], [`<${NAMES}Station>`]],
  [
    [`${NAMES}route`, `${NGSI_LD}hasObjectList`, 'list', `${NGSI_LD}hasObject`],
    ['<urn:t:b>', '<urn:t:a>'],
  ],
  [
    [`${NGSI_LD}location`, `${NGSI_LD}hasValue`],
    ['"POINT (105.84 21.59)"^^http://www.opengis.net/ont/geosparql#wktLiteral'],
  ],
]

describe('RDF: entities as Turtle, N-Quads and expanded JSON-LD', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
    for (const body of [
      STATION,
      { id: 'urn:t:other', type: 'Station', whole: { type: 'Property', value: 1 } },
    ])
      expect((await hub.send(ENTITIES, { method: 'POST', body })).status).to.equal(201)
  })
  after(() => hub.stop())

  const ask = (path: string, accept: string, headers: Record<string, string> = {}): Promise<TestAnswer> =>
    hub.send(`${ENTITIES}${path}`, { headers: { Accept: accept, ...headers } })
  const graph = ({ status, text, headers }: TestAnswer): readonly Quad[] => {
    expect(status, text).to.equal(200)
    return new Parser({ format: String(headers['content-type']) }).parse(text)
  }

  for (const type of [TURTLE, QUADS]) {
    describe(type, () => {
      for (const [path, objects] of FACTS) {
        it(`says ${path.map((step) => step.slice(step.search(/[^/#]*$/))).join(' / ')}`, async () => {
          const answer = await ask(`/${STATION.id}`, type)
          expect(answer.headers['content-type']).to.equal(type)
          expect(follow(graph(answer), STATION.id, path)).to.have.members(objects)
        })
      }

      it('keeps lists in their order', async () => {
        const quads = graph(await ask(`/${STATION.id}?pick=id,route`, type))
        const path = [`${NAMES}route`, `${NGSI_LD}hasObjectList`, 'list', `${NGSI_LD}hasObject`]
        expect(follow(quads, STATION.id, path)).to.deep.equal(['<urn:t:b>', '<urn:t:a>'])
      })
    })
  }

  it('is the same graph whatever the @context of the request', async () => {
    const context = {
      '@context': {
        quality: 'https://example.org/q',
        street: 'https://example.org/s',
        urn: 'https://evil.example/',
      },
    }
    const added = await hub.send('/ngsi-ld/v1/jsonldContexts', { method: 'POST', body: context })
    const url = new URL(String(added.headers.location), hub.url).href
    const Link = `<${url}>; rel="http://www.w3.org/ns/json-ld#context"`
    const plain = await ask(`/${STATION.id}`, QUADS)
    expect((await ask(`/${STATION.id}`, QUADS, { Link })).text).to.equal(plain.text)
    expect(plain.headers.link).to.equal(undefined)
  })

  it('expands to what compacts to the normalized entity again', async () => {
    const { status, headers, text } = await ask(`/${STATION.id}?omit=address,built,steps`, EXPANDED)
    expect(status).to.equal(200)
    expect(headers['content-type']).to.equal(EXPANDED)
    const { '@context': _, ...entity } = await jsonld.compact(
      JSON.parse(text),
      CORE_CONTEXT as jsonld.ContextDefinition,
    )
    const { address, built, steps, several, location, ...plain } = STATION
    expect(entity).to.deep.include({ ...plain, raw: { type: 'JsonProperty', json: plain.raw.json } })
    expect(entity.several).to.have.deep.members(several)
    expect(entity.location).to.deep.equal(location)
    const [node] = JSON.parse(text)
    expect(node['@id']).to.equal(STATION.id)
    expect(node[`${NAMES}whole`][0][`${NGSI_LD}observedAt`]).to.deep.equal([
      { '@type': `${NGSI_LD}DateTime`, '@value': '2026-01-01T00:00:00.500Z' },
    ])
  })

  it('makes one graph of a page, with links to the next', async () => {
    const { headers, ...answer } = await ask('?type=Station&limit=1&pick=id,whole', TURTLE)
    expect(
      graph({ headers, ...answer }).filter(({ subject }) => subject.value === STATION.id),
    ).to.have.length(1)
    expect(headers.link).to.match(/rel="next"; type="text\/turtle"/)
    const body = { type: 'Query', entities: [{ type: 'Station' }], q: 'whole==1' }
    const posted = await hub.send(QUERY, { method: 'POST', body, headers: { Accept: QUADS } })
    expect(follow(graph(posted), 'urn:t:other', [`${NAMES}whole`, `${NGSI_LD}hasValue`])).to.have.length(1)
    const expanded = await ask('?type=Station&limit=1', EXPANDED)
    expect(expanded.headers.link).to.match(/rel="next"; type="application\/ld\+json"/)
    expect((await ask('?type=Station&q=whole==99', TURTLE)).text).not.to.contain('urn:')
  })

  it('obeys projection, language, datasets, system attributes, version and join', async () => {
    const value = [`${NAMES}name`, `${NGSI_LD}hasValue`]
    const of = async (query: string, path: readonly string[], headers = {}) =>
      follow(graph(await ask(`/${STATION.id}?${query}`, QUADS, headers)), STATION.id, path)
    expect(await of('lang=en', value)).to.have.members(['"station"', '"post"'])
    expect(await of('pick=id,whole', value)).to.deep.equal([])
    expect(await of('datasetId=urn:d:2', [`${NAMES}several`, `${NGSI_LD}hasValue`])).to.deep.equal(['"hai"'])
    expect((await of('options=sysAttrs', [`${NGSI_LD}createdAt`]))[0]).to.match(/\^\^.*#dateTime$/)
    expect(await of('', [`${NGSI_LD}createdAt`])).to.deep.equal([])
    const earlier = await ask(`/${STATION.id}`, QUADS, { Prefer: 'ngsi-ld=1.3' })
    expect([earlier.status, earlier.headers['preference-applied']]).to.deep.equal([203, 'ngsi-ld=1.3'])
    const link = { id: 'urn:t:linked', type: 'Link', to: { type: 'Relationship', object: 'urn:t:other' } }
    await hub.send(ENTITIES, { method: 'POST', body: link })
    for (const [join, path] of [
      ['inline', [`${NAMES}to`, `${NGSI_LD}entity`, `${NAMES}whole`, `${NGSI_LD}hasValue`]],
      ['flat', [`${NAMES}to`, `${NGSI_LD}hasObject`, `${NAMES}whole`, `${NGSI_LD}hasValue`]],
    ] as const)
      expect(follow(graph(await ask(`/${link.id}?join=${join}`, QUADS)), link.id, path), join).to.deep.equal([
        `"1"^^${XSD}integer`,
      ])
    expect(earlier.text).not.to.contain('hasVocab').and.not.to.contain('scope')
  })

  it('numbers blank nodes of many entities apart', async () => {
    const body = Array.from({ length: 120 }, (_, at) => ({
      id: `urn:m:${at}`,
      type: 'Many',
      level: { type: 'Property', value: at },
    }))
    await hub.send('/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })
    const quads = graph(await ask('?type=Many&limit=1000', TURTLE))
    for (const at of [0, 49, 50, 119])
      expect(follow(quads, `urn:m:${at}`, [`${NAMES}level`, `${NGSI_LD}hasValue`])).to.deep.equal([
        `"${at}"^^${XSD}integer`,
      ])
  })

  it('has no statements but its own, whatever a vocabulary has for values', async () => {
    const id = 'urn:ngsi-ld:Station:forged'
    const forged = '<urn:ngsi-ld:Station:1><urn:p><urn:o'
    const vocab = [`a>.${forged}`, `urn:x:a>.${forged}`, `_:a.${forged}>.`]
    const body = { id, type: 'Station', quality: { type: 'VocabProperty', vocab } }
    expect((await hub.send(ENTITIES, { method: 'POST', body })).status).to.equal(201)
    for (const accept of [TURTLE, QUADS]) {
      const { text } = await hub.send(`${ENTITIES}/${id}`, { headers: { accept } })
      const quads = new Parser().parse(text)
      expect(quads.map(({ predicate }) => predicate.value)).to.not.include('urn:p')
      const said = quads.filter(({ predicate }) => predicate.value === `${NGSI_LD}hasVocab`)
      expect(said, text).to.have.length(3)
    }
    await hub.send(`${ENTITIES}/${id}`, { method: 'DELETE' })
  })

  it('is chosen by its name alone', async () => {
    const table: readonly (readonly [string, string])[] = [
      ['*/*', 'application/json'],
      ['text/*, */*;q=0.1', 'application/json'],
      ['application/*', 'application/json'],
      ['text/turtle, application/json', 'application/json'],
      ['text/turtle, */*;q=0.9', TURTLE],
      ['text/turtle;q=0.5, application/n-quads', QUADS],
      ['application/ld+json', 'application/ld+json'],
      ['application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', 'application/ld+json'],
      [EXPANDED, EXPANDED],
      [`${EXPANDED};q=0.3, application/ld+json;q=0.2`, EXPANDED],
      ['application/ld+json; profile=http://www.w3.org/ns/json-ld#expanded', EXPANDED],
    ]
    for (const [accept, type] of table)
      expect((await ask(`/${STATION.id}`, accept)).headers['content-type'], accept).to.equal(type)
    const refused = await ask(`/${STATION.id}`, 'application/rdf+xml, text/*')
    expect(refused.status).to.equal(406)
    expect(refused.body.available).to.include.members([TURTLE, QUADS, EXPANDED])
    const types = await hub.send('/ngsi-ld/v1/types', { headers: { Accept: TURTLE } })
    expect(types.status).to.equal(406)
    expect(types.body.available).to.deep.equal(['application/json', 'application/ld+json'])
    expect((await hub.send('/ngsi-ld/v1/types', { headers: { Accept: EXPANDED } })).status).to.equal(200)
  })

  it('has a tag of its own in each form', async () => {
    const types = ['application/json', TURTLE, QUADS, EXPANDED]
    const tags = await Promise.all(
      types.map(async (type) => (await ask(`/${STATION.id}`, type)).headers.etag),
    )
    expect(new Set(tags).size).to.equal(types.length)
    for (const [at, type] of types.entries()) {
      const same = await ask(`/${STATION.id}`, type, { 'If-None-Match': String(tags[at]) })
      expect([same.status, same.text], type).to.deep.equal([304, ''])
    }
    expect((await ask(`/${STATION.id}`, TURTLE, { 'If-None-Match': String(tags[2]) })).status).to.equal(200)
  })

  it('refuses what no graph can be made of, and answers problems as such', async () => {
    for (const query of ['format=simplified', 'options=keyValues', 'geometryProperty=location'])
      expect((await ask(`/${STATION.id}?${query}`, TURTLE)).status, query).to.equal(400)
    const missing = await ask('/urn:t:none', TURTLE)
    expect([missing.status, missing.headers['content-type']]).to.deep.equal([404, 'application/json'])
    const head = await hub.send(`${ENTITIES}/${STATION.id}`, { method: 'HEAD', headers: { Accept: TURTLE } })
    expect([head.status, head.headers['content-type'], head.text]).to.deep.equal([200, TURTLE, ''])
  })
})

/** Answers what a path leads to from a node; the step `list` goes to the items of an RDF list, in order. */
function follow(quads: readonly Quad[], from: string, path: readonly string[]): readonly string[] {
  let nodes = [from]
  let terms: readonly Quad['object'][] = []
  for (const step of path) {
    terms = step === 'list' ? terms.flatMap((term) => itemsOf(quads, term.value)) : objects(nodes, step)
    nodes = terms.map(({ value }) => value)
  }
  return terms.map((term) => {
    if (term.termType !== 'Literal') return `<${term.value}>`
    if (term.language !== '') return `"${term.value}"@${term.language}`
    const { value: datatype } = term.datatype
    return `"${term.value}"${datatype === `${XSD}string` ? '' : `^^${datatype}`}`
  })

  function objects(subjects: readonly string[], predicate: string): readonly Quad['object'][] {
    return subjects.flatMap((subject) =>
      quads
        .filter((quad) => quad.subject.value === subject && quad.predicate.value === predicate)
        .map(({ object }) => object),
    )
  }
}

function itemsOf(quads: readonly Quad[], head: string): readonly Quad['object'][] {
  if (head === `${RDF}nil`) return []
  const of = (name: string) =>
    quads.find(({ subject, predicate }) => subject.value === head && predicate.value === RDF + name)
  const first = of('first')?.object
  return first ? [first, ...itemsOf(quads, of('rest')?.object.value ?? `${RDF}nil`)] : []
}
