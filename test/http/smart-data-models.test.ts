import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { ENTITIES } from '../support/api.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'

const DATA = process.env.HUB_TEST_DATA
const FOLDER = join(DATA ?? '', 'data', 'smart-data-models')
const title = DATA === undefined ? ' (SKIPPED: HUB_TEST_DATA is not set)' : ''

// biome-ignore lint/suspicious/noExplicitAny: documents of others
type Document = any

/** Types whose documents break the standard, and what of them the hub names; all others are taken. */
const REFUSED: Readonly<Record<'normalized' | 'keyValues', Readonly<Record<string, RegExp>>>> = {
  normalized: {
    AirQualityMonitoring: /location is a Property, but can only be a GeoProperty/,
    DeviceMeasurement: /location is a Property, but can only be a GeoProperty/,
    Device: /Attribute value has a name that the core @context reserves/,
    FloodMonitoring: /floodLevelStatus has a type that is none of the eight/,
    Vehicle: /battery has an observedAt that is not a DateTime/,
    WaterQualityObserved: /N-TOT has a name/,
    WeatherForecast: /id that is not a URI/,
    ...issues(/@context .* is not valid JSON-LD: invalid IRI mapping/),
  },
  keyValues: {
    AnprFlowObserved: /latitude outside -90 to 90/,
    Device: /Attribute value has a name that the core @context reserves/,
    EVChargingStation: /iudx:EVChargingStation is not an http or https URL/,
    PointOfInterest: /not valid JSON/,
    RoadAccident: /latitude outside -90 to 90/,
    WaterQualityObserved: /N-TOT has a name/,
    WeatherAlert: /id that is not a URI/,
    WeatherForecast: /id that is not a URI/,
    ...issues(/@context .* is not valid JSON-LD: invalid IRI mapping/),
  },
}

function issues(text: RegExp): Readonly<Record<string, RegExp>> {
  return { IssueReporting: text, service_requests: text, services: text }
}

describe(`Smart Data Models: the 110 examples of 55 types${title}`, () => {
  if (DATA === undefined) {
    it('are taken, or refused with their defect')
    return
  }
  let hub: TestHub
  /** Where the hub serves the @context of a subject; the one that it cannot serve is sent with the entity. */
  const contexts = new Map<string, Document>()

  before(async () => {
    hub = await startTestHub({ 'store.kind': 'memory' })
    for (const subject of folders(FOLDER)) {
      const file = join(FOLDER, subject, 'context.jsonld')
      if (!existsSync(file)) continue
      const body = JSON.parse(readFileSync(file, 'utf8')) as Document
      const path = '/ngsi-ld/v1/jsonldContexts'
      const headers = { 'content-type': 'application/ld+json' }
      const { status, headers: answered } = await hub.send(path, { method: 'POST', headers, body })
      contexts.set(subject, status === 201 ? `${hub.url}${String(answered.location)}` : body['@context'])
    }
  })
  after(() => hub.stop())

  it('are taken normalized, each as it was, or refused with their defect', async () => {
    const { documents, texts } = read('example-normalized.jsonld')
    expect(documents.size + texts.size).to.equal(55)
    const batched = [...documents].filter(([type]) => REFUSED.normalized[type] === undefined)
    const all = batched.map(([, document]) => document)
    expect((await post('/ngsi-ld/v1/entityOperations/create', all)).status).to.equal(201)
    for (const [type, document] of documents) {
      const defect = REFUSED.normalized[type]
      if (defect) refused(type, await post(ENTITIES, document), defect)
      else same(type, document, await stored(document, ''))
    }
  })

  it('are taken as key-values, each as it was, or refused with their defect', async () => {
    const { documents, texts } = read('example.jsonld')
    expect(documents.size + texts.size).to.equal(55)
    for (const [type, text] of texts) refused(type, await post(ENTITIES, text), REFUSED.keyValues[type])
    for (const [type, document] of documents) {
      const { id, '@context': context } = document
      await hub.send(`${ENTITIES}/${encodeURIComponent(String(id))}`, { method: 'DELETE' })
      const created = await post(ENTITIES, { id, type: document.type, '@context': context })
      const path = `${ENTITIES}/${encodeURIComponent(String(id))}?options=keyValues`
      const answer = created.status === 201 ? await post(path, document, 'PATCH') : created
      const defect = REFUSED.keyValues[type]
      if (defect) {
        refused(type, answer, defect)
        continue
      }
      expect(answer.status, `${type}: ${answer.text}`).to.equal(204)
      const { '@context': _, modifiedAt: __, ...sent } = document
      expect(await stored(document, '?options=keyValues'), type).to.deep.equal(sent)
    }
  })

  function post(path: string, body: unknown, method: 'POST' | 'PATCH' = 'POST'): Promise<TestAnswer> {
    return hub.send(path, { method, headers: { 'content-type': 'application/ld+json' }, body })
  }

  /** What the hub has of an entity, under the names of its @context. */
  async function stored({ id, type, '@context': context }: Document, query: string): Promise<Document> {
    const body = { type: 'Query', entities: [{ id, type }], '@context': context }
    const { body: found, text } = await post(`/ngsi-ld/v1/entityOperations/query${query}`, body)
    expect(found, text).to.have.length(1)
    const { '@context': _, ...members } = found[0]
    return members
  }

  /** Reads the examples by type, with @contexts that this hub has; those that are no JSON as texts. */
  function read(name: string): { documents: Map<string, Document>; texts: Map<string, string> } {
    const documents = new Map<string, Document>()
    const texts = new Map<string, string>()
    for (const subject of folders(FOLDER)) {
      for (const type of folders(join(FOLDER, subject))) {
        const file = join(FOLDER, subject, type, name)
        if (!existsSync(file)) continue
        const text = readFileSync(file, 'utf8')
        const document = parsed(text)
        if (document === undefined) texts.set(type, text)
        else documents.set(type, { ...document, '@context': [document['@context']].flat().flatMap(hosted) })
      }
    }
    return { documents, texts }
  }

  function hosted(context: Document): Document[] {
    const text = String(context)
    const subject =
      /dataModel\.(\w+)/.exec(text)?.[1] ?? (text.includes('/data-models/') ? 'data-models' : '')
    return text.includes('uri.etsi.org') ? [] : [contexts.get(subject) ?? context]
  }
})

function folders(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  )
}

function parsed(text: string): Document {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refused(type: string, { status, body }: TestAnswer, defect: RegExp | undefined): void {
  expect(status, type).to.equal(400)
  expect(String(body.detail), type).to.match(defect ?? /^never$/)
}

/** Every attribute says what it said; times may be written otherwise. */
function same(type: string, sent: Document, kept: Document): void {
  for (const [name, attribute] of Object.entries<Document>(sent)) {
    if (['@context', 'createdAt', 'modifiedAt'].includes(name)) continue
    if (typeof attribute !== 'object') expect(kept[name], `${type}.${name}`).to.deep.equal(attribute)
    else
      for (const member of ['type', 'value', 'object', 'unitCode', 'observedAt'])
        expect(kept[name]?.[member], `${type}.${name}.${member}`).to.deep.equal(attribute[member])
  }
}
