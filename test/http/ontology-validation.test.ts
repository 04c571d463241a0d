import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { airQualityTable, feedFolder, inFolder, load } from './feed-hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const UPSERT = '/ngsi-ld/v1/entityOperations/upsert'
const air = (id: string, pm25: unknown) => ({
  id: `urn:ngsi-ld:AirQualityObserved:${id}`,
  type: 'AirQualityObserved',
  pm25,
})
const weather = (id: string, temperature: unknown) => ({
  id: `urn:ngsi-ld:WeatherObserved:${id}`,
  type: 'WeatherObserved',
  temperature,
})
const property = (value: unknown, unitCode?: string) => ({
  type: 'Property',
  value,
  ...(unitCode !== undefined && { unitCode }),
})

describe('ontology.validate', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({
      'context.default': 'ontology',
      'ontology.validate': [
        { types: ['AirQualityObserved'], mode: 'enforce', convertUnits: true },
        { types: ['WeatherObserved'], mode: 'warn' },
      ],
    })
  })
  after(() => hub.stop())
  const post = (path: string, body: unknown) => hub.send(path, { method: 'POST', body })

  it('enforce: refuses what is out of range with attribute, rule and pointer, and not with the value', async () => {
    const { status, body, text } = await post(ENTITIES, air('1', property(123_456)))
    expect(status).to.equal(400)
    expect(body.type).to.match(/BadRequestData$/)
    expect(body.errors).to.deep.equal([
      {
        pointer: '/pm25/value',
        type: 'AirQualityObserved',
        attribute: 'pm25',
        rule: 'range',
        detail: 'pm25 is not from 0 to 10000',
      },
    ])
    expect(text).not.to.include('123456')
    expect((await hub.send(`${ENTITIES}/${air('1', 0).id}`)).status).to.equal(404)
  })

  it('enforce: refuses kinds, lists, units that lead nowhere, and several values', async () => {
    const cases: readonly [object, string][] = [
      [{ type: 'Relationship', object: 'urn:x:1' }, 'kind'],
      [property('much'), 'value'],
      [property(1, 'CEL'), 'unit'],
      [property([1, 2]), 'cardinality'],
    ]
    for (const [pm25, rule] of cases) {
      const { status, body } = await post(ENTITIES, air('2', pm25))
      expect([status, body.errors?.[0]?.rule], rule).to.deep.equal([400, rule])
    }
  })

  it('enforce: in a batch, the others are kept', async () => {
    const { status, body } = await post(UPSERT, [air('3', property(12)), air('4', property(-1))])
    expect(status).to.equal(207)
    expect(body.success).to.deep.equal([air('3', 0).id])
    expect(body.errors[0].entityId).to.equal(air('4', 0).id)
    expect(body.errors[0].error.errors[0].rule).to.equal('range')
  })

  it('enforce: judges what a later write brings, and nothing that was there before', async () => {
    const path = `${ENTITIES}/${air('3', 0).id}`
    const patch = (body: unknown) => hub.send(path, { method: 'PATCH', body })
    expect((await patch({ pm25: property(99_999) })).status).to.equal(400)
    expect((await patch({ note: property(1) })).status).to.equal(204)
    expect((await hub.send(path)).body.pm25.value).to.equal(12)
  })

  it('converts units where that is asked for, and in no other type', async () => {
    expect((await post(ENTITIES, air('5', property(0.0415, 'GP')))).status).to.equal(201)
    expect((await hub.send(`${ENTITIES}/${air('5', 0).id}`)).body.pm25).to.deep.equal(property(41.5, 'GQ'))
    expect((await post(ENTITIES, weather('5', property(50, 'FAH')))).status).to.equal(201)
    expect((await hub.send(`${ENTITIES}/${weather('5', 0).id}`)).body.temperature).to.deep.equal(
      property(50, 'FAH'),
    )
  })

  it('warn: keeps, counts by type, attribute and rule, and tells which entities it is', async () => {
    expect((await post(ENTITIES, weather('6', property(250)))).status).to.equal(201)
    expect((await post(ENTITIES, weather('7', property(25)))).status).to.equal(201)
    const metrics = (await hub.send('/metrics')).text
    expect(metrics).to.match(
      /hub_ontology_breaches_total\{type="WeatherObserved",attribute="temperature",rule="range",mode="warn"[^}]*\} 1/,
    )
    expect(metrics).to.match(/attribute="pm25",rule="range",mode="enforce"/)
    const { status, body } = await hub.send('/hub/v1/validation?type=WeatherObserved')
    expect(status).to.equal(200)
    expect(body.looked).to.equal(3)
    const found = body.entities.map(({ id, errors }: { id: string; errors: { rule: string }[] }) => [
      id,
      errors[0]?.rule,
    ])
    expect(found).to.deep.equal([
      [weather('5', 0).id, 'unit'],
      [weather('6', 0).id, 'range'],
    ])
  })

  it('judges single entities, and page by page', async () => {
    const one = await hub.send(`/hub/v1/validation?id=${weather('6', 0).id}`)
    expect(one.body).to.have.property('looked', 1)
    const first = await hub.send('/hub/v1/validation?type=WeatherObserved&limit=1')
    expect(first.body.looked).to.equal(1)
    const next = /<([^>]+)>/.exec(String(first.headers.link))?.[1] ?? ''
    const second = await hub.send(next)
    expect(second.body.entities.map(({ id }: { id: string }) => id)).to.deep.equal([weather('6', 0).id])
  })

  it('enforce: what a feed brings and a rule forbids is in its quarantine, with the reason', async () => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'may.csv'), airQualityTable('2025-05-01', [30, 20_000]))
      const feedFile = join(feedFolder('air-quality-csv'), 'feed.yaml')
      const { written, quarantined } = await load(hub.url, { feedFile, inputs: [folder] })
      expect([written, Object.values(quarantined)]).to.deep.equal([1, [1]])
    })
    const { text } = await hub.send('/hub/v1/quarantine')
    expect(text).to.include('breaks rule range of type AirQualityObserved: pm25 is not from 0 to 10000')
  })

  it('says at the start which type it does not know', async () => {
    const start = startTestHub({ 'ontology.validate': [{ types: ['Gadget'], mode: 'warn' }] })
    const error = await start.then(
      () => undefined,
      (reason: Error) => reason,
    )
    expect(error?.message).to.include('Setting ontology.validate names type Gadget')
  })
})

describe('ontology: documents', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.stop())

  const forms: readonly [accept: string, location: string][] = [
    ['text/html', '/ontology/v1/types/Device.html'],
    ['*/*', '/ontology/v1/types/Device.html'],
    ['text/turtle', '/ontology/v1/ontology.ttl'],
    ['application/ld+json', '/ontology/v1/ontology.jsonld'],
    ['application/schema+json', '/ontology/v1/schemas/Device.json'],
  ]
  for (const [accept, location] of forms) {
    it(`leads from the path of a type to ${location} for ${accept}`, async () => {
      const answer = await hub.send('/ontology/urban/Device', { headers: { Accept: accept } })
      expect([answer.status, answer.headers.location]).to.deep.equal([303, location])
      expect(answer.headers.vary).to.match(/Accept/)
      const document = await hub.send(location)
      expect(document.status).to.equal(200)
      if (accept !== '*/*') expect(document.headers['content-type']).to.include(accept)
    })
  }

  it('leads to the whole, and refuses other forms and other names', async () => {
    const at = (path: string, accept: string) => hub.send(path, { headers: { Accept: accept } })
    expect((await at('/ontology/', 'text/turtle')).headers.location).to.equal('/ontology/v1/ontology.ttl')
    expect((await at('/ontology/urban/pm25', 'text/html')).headers.location).to.equal(
      '/ontology/v1/index.html#pm25',
    )
    expect((await at('/ontology/urban/Device', 'image/png')).status).to.equal(406)
    for (const path of ['/ontology/urban/gadget', '/ontology/v1/no.json', '/ontology/v1/../../package.json'])
      expect((await at(path, '*/*')).status, path).to.equal(404)
  })
})
