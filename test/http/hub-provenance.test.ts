import { expect } from 'chai'
import type { JsonObject } from '../../broker/core/model/json.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { bus, type Source, sendJson, startSource } from '../unit/federation/support.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const TYPE = 'application/vnd.urban-data-hub.provenance+json'
const WANTED = { 'Hub-Provenance': 'true' }
const PRESENT = /^20[2-9]\d-.*Z$/
const WRITTEN = '2026-01-01T00:00:00Z'

describe('Hub-Provenance: who supplied what of an answer', () => {
  let hub: TestHub
  const sources: Source[] = []
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', name: 'province' })
    const line = [
      { type: 'Property', value: 3, observedAt: WRITTEN },
      { type: 'Property', value: 4, datasetId: 'urn:d:1', modifiedAt: WRITTEN },
    ]
    await register('city', {}, [{ ...bus('urn:b:1', 60), line }, bus('urn:b:2', 20)])
    await register('helper', { mode: 'auxiliary', operations: ['retrieveOps'] }, [
      { ...bus('urn:b:1', 1), doors: 4 },
    ])
    await created(ENTITIES, { id: 'urn:b:1', type: 'Bus', colour: 'red' })
    await created(ENTITIES, { id: 'urn:b:3', type: 'Bus', colour: 'blue', doors: 2 })
  })
  after(async () => {
    for (const source of sources) await source.close()
    await hub.stop()
  })

  async function created(path: string, body: object): Promise<void> {
    const { status, text } = await hub.send(`${path}?local=true`, { method: 'POST', body })
    expect(status, text).to.equal(201)
  }

  async function register(alias: string, members: object, entities: readonly JsonObject[]): Promise<void> {
    const source = await startSource((_, response, url) => {
      const one = entities.find(({ id }) => url.pathname.endsWith(encodeURIComponent(String(id))))
      if (one) sendJson(response, one)
      else if (/\/(entities|query)$/.test(url.pathname)) sendJson(response, entities)
      else response.writeHead(404).end()
    })
    sources.push(source)
    const body = {
      type: 'ContextSourceRegistration',
      contextSourceAlias: alias,
      endpoint: source.endpoint,
      information: [{ entities: [{ type: 'Bus' }] }],
      ...members,
    }
    const { status, text } = await hub.send('/ngsi-ld/v1/csourceRegistrations', { method: 'POST', body })
    expect(status, text).to.equal(201)
  }

  const ask = (path: string, headers: Record<string, string> = WANTED) => hub.send(path, { headers })

  /** Sources by attribute, those of several instances in a row. */
  const suppliers = (told: { readonly attributes: Record<string, readonly { source: string }[]> }) =>
    Object.fromEntries(
      Object.entries(told.attributes).map(([name, from]) => [
        name,
        from.map(({ source }) => source).join(' '),
      ]),
    )

  const reads: readonly [string, string][] = [
    ['a page', `${ENTITIES}?type=Bus&limit=2`],
    ['a filtered page', `${ENTITIES}?type=Bus&q=colour&count=true`],
    ['one entity', `${ENTITIES}/urn:b:1`],
    ['an entity of this hub alone', `${ENTITIES}/urn:b:3?local=true&format=simplified`],
    ['what this hub has itself', `${ENTITIES}?type=Bus&local=true&options=sysAttrs`],
    ['what is ordered', `${ENTITIES}?type=Bus&local=true&orderBy=colour`],
    ['what is projected', `${ENTITIES}?type=Bus&pick=id,doors`],
  ]
  for (const [title, path] of reads) {
    it(`leaves the standard's answer of ${title} what it is, and tells of all that is in it`, async () => {
      const [plain, told] = [await ask(path, {}), await ask(path)]
      expect(told.status).to.equal(plain.status)
      expect(told.headers['content-type']).to.match(new RegExp(`^${TYPE.replace('+', '\\+')}(;|$)`))
      expect(told.body.answer).to.deep.equal(plain.body)
      expect(told.headers['ngsild-results-count']).to.equal(plain.headers['ngsild-results-count'])
      expect([told.headers.link].flat().join()).to.include('http://www.w3.org/ns/json-ld#context')
      const entities: readonly JsonObject[] = [plain.body].flat()
      expect(told.body.provenance.map(({ id }: JsonObject) => id)).to.have.members(
        entities.flatMap(({ id }) => id ?? []),
      )
      for (const entity of entities) {
        const own = told.body.provenance.find(({ id }: JsonObject) => id === entity.id)
        const names = Object.keys(entity).filter(
          (name) => !['id', 'type', 'createdAt', 'modifiedAt'].includes(name),
        )
        expect(Object.keys(own.attributes)).to.have.members(names)
      }
    })
  }

  it('names for each instance the source that supplied it, when, and how old it is', async () => {
    const { body } = await ask(`${ENTITIES}?type=Bus`)
    expect(body.provenance.map(suppliers)).to.deep.equal([
      { speed: 'city', line: 'city city', colour: 'province', doors: 'helper' },
      { speed: 'city' },
      { colour: 'province', doors: 'province' },
    ])
    const { line, speed } = body.provenance[0].attributes
    expect(line[0]).to.include({ observedAt: WRITTEN }).and.to.not.have.property('datasetId')
    expect(line[1]).to.include({ datasetId: 'urn:d:1', modifiedAt: WRITTEN })
    expect(speed[0]).to.include({ modifiedAt: WRITTEN })
    expect(speed[0].answeredAt).to.match(PRESENT)
    expect((await ask(`${ENTITIES}/urn:b:1`)).body.provenance).to.have.length(1)
    const filtered = await ask(`${ENTITIES}/urn:b:1?datasetId=urn:d:1`)
    expect(filtered.body.provenance.map(suppliers)).to.deep.equal([{ line: 'city' }])
  })

  it('is asked for by a body too', async () => {
    const body = { type: 'Query', entities: [{ type: 'Bus', id: 'urn:b:2' }] }
    const answer = await hub.send('/ngsi-ld/v1/entityOperations/query', {
      method: 'POST',
      body,
      headers: WANTED,
    })
    expect(answer.body.provenance.map(suppliers)).to.deep.equal([{ speed: 'city' }])
  })

  it('is told of a page of an EntityMap too', async () => {
    const map = await ask(`${ENTITIES}?type=Bus&entityMap=true`)
    expect(map.status).to.equal(201)
    const { headers, body } = map
    const again = await ask(`${ENTITIES}?type=Bus`, {
      ...WANTED,
      'NGSILD-EntityMap': String(headers['ngsild-entitymap']),
    })
    expect(again.body.provenance.map(suppliers)).to.deep.equal(body.provenance.map(suppliers))
    expect(body.provenance.map(suppliers)[1]).to.deep.equal({ speed: 'city' })
  })

  it('is not told unasked, also where a page or an entity was told before', async () => {
    for (const path of [`${ENTITIES}?type=Bus&local=true`, `${ENTITIES}/urn:b:3?local=true`]) {
      await ask(path)
      const { headers, text } = await ask(path, { 'Hub-Provenance': 'false' })
      expect(headers['content-type']).to.match(/^application\/json/)
      expect(text).to.not.include('provenance')
      expect((await ask(path, {})).text).to.equal(text)
    }
  })

  const wrong: readonly [string, Record<string, string>][] = [
    ['a word that is none', { 'Hub-Provenance': 'yes' }],
    ['GeoJSON', { ...WANTED, Accept: 'application/geo+json' }],
    ['a graph', { ...WANTED, Accept: 'text/turtle' }],
  ]
  for (const [title, headers] of wrong) {
    it(`refuses ${title}`, async () => {
      const { status, body } = await ask(`${ENTITIES}?type=Bus`, headers)
      expect(status).to.equal(400)
      expect(body.detail).to.include('Hub-Provenance')
    })
  }

  it('an entity that is not there stays so', async () => {
    expect((await ask(`${ENTITIES}/urn:b:9`)).status).to.equal(404)
  })
})
