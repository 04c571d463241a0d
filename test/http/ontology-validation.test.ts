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

  describe('of the past', () => {
    const EVOLUTIONS = '/ngsi-ld/v1/temporal/entities'
    const at = (hour: number, value: unknown, unitCode?: string) => ({
      ...property(value, unitCode),
      observedAt: `2025-05-01T0${hour}:00:00Z`,
    })
    const ofPast = async (id: string) => (await hub.send(`${EVOLUTIONS}/${id}`)).body
    const valuesOf = async (id: string) =>
      [(await ofPast(id)).pm25].flat().map(({ value, unitCode }) => [value, unitCode])
    const { id } = air('past', 0)

    it('enforce: refuses an instance with attribute, rule and pointer, and keeps nothing with it', async () => {
      const { status, body, text } = await post(EVOLUTIONS, air('past', [at(1, 5), at(2, 123_456)]))
      expect(status, text).to.equal(400)
      expect(body.errors.map(({ pointer, rule }: Record<string, string>) => [pointer, rule])).to.deep.equal([
        ['/pm25/value', 'range'],
      ])
      expect(text).not.to.include('123456')
      expect((await hub.send(`${EVOLUTIONS}/${id}`)).status).to.equal(404)
    })

    it('enforce: asks nothing of it that whole entities have to have, and converts units', async () => {
      expect((await post(EVOLUTIONS, air('past', [at(1, 5), at(2, 0.0415, 'GP')]))).status).to.equal(201)
      expect(await valuesOf(id)).to.have.deep.members([
        [5, undefined],
        [41.5, 'GQ'],
      ])
    })

    it('enforce: judges what is added and changed later by the types that are there', async () => {
      const more = await post(`${EVOLUTIONS}/${id}/attrs`, { pm25: [at(3, -1)] })
      expect([more.status, more.body.errors?.[0]?.rule], more.text).to.deep.equal([400, 'range'])
      const [{ instanceId }] = (await ofPast(id)).pm25
      const path = `${EVOLUTIONS}/${id}/attrs/pm25/${instanceId}`
      const change = (value: unknown) => hub.send(path, { method: 'PATCH', body: { pm25: [at(1, value)] } })
      expect((await change('much')).status).to.equal(400)
      expect((await change(7)).status).to.equal(204)
      expect((await valuesOf(id)).map(([value]) => value))
        .to.include(7)
        .and.not.include('much')
    })

    it('enforce: of an import the line alone is refused, and units are converted', async () => {
      const line = (hour: number, value: string, unit = '') =>
        `${air('lines', 0).id},AirQualityObserved,pm25,2025-05-01T0${hour}:00:00Z,${value},${unit}`
      const answer = await hub.send('/hub/v1/history', {
        method: 'POST',
        body: [
          'id,type,attribute,observedAt,value,unitCode',
          line(1, '5'),
          line(2, '-5'),
          line(3, '0.0415', 'GP'),
        ].join('\n'),
        headers: { 'Content-Type': 'text/csv' },
      })
      expect(answer.status, answer.text).to.equal(207)
      expect(answer.body).to.deep.include({ lines: 3, instances: 2 })
      expect(answer.body.rejected.count).to.equal(1)
      expect(answer.text).to.include('breaks rule range of type AirQualityObserved').and.not.include('-5')
      expect(await valuesOf(air('lines', 0).id)).to.have.deep.members([
        [5, undefined],
        [41.5, 'GQ'],
      ])
    })

    it('warn: keeps and counts it', async () => {
      const { status } = await post(EVOLUTIONS, weather('past', [at(1, 250), at(2, 25)]))
      expect(status).to.equal(201)
      expect((await hub.send('/metrics')).text).to.match(
        /hub_ontology_breaches_total\{type="WeatherObserved",attribute="temperature",rule="range",mode="warn"[^}]*\} 2/,
      )
    })
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
