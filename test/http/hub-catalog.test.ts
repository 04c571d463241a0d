import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { Parser, type Quad, Store } from 'n3'
import ShaclValidator from 'rdf-validate-shacl'
import { loadFeed } from '../../adapters/kit/intake/feed.ts'
import { type RunningFeed, runFeed } from '../../adapters/kit/run/run-feed.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

const SHAPES = path.join(packageRoot, 'test/fixtures/dcat-ap-shapes.ttl')
const DCAT = 'http://www.w3.org/ns/dcat#'
const HOUR = 3_600_000
const DAY = 24 * HOUR
const MIDNIGHT = Math.floor((Date.now() + 7 * HOUR) / DAY) * DAY - 7 * HOUR

const FEED = `name: NAME
title: Trạm quan trắc
source: urn:ngsi-ld:Feed:song-cong:NAME
dataProvider: Sở Nông nghiệp và Môi trường tỉnh Thái Nguyên
transport: { kind: webhook }
format: { kind: json, lines: true }
quality: { period: PT1H }
dataset:
  description: { vi: Số liệu từng giờ, en: Hourly readings }
  contact: { name: Phòng Môi trường, email: moitruong@thainguyen.example }
  legalBasis: [Thông tư 10/2021/TT-BTNMT, 'https://vbpl.example/nghi-dinh-278-2025']
  access: open
  class: normal
  license: https://creativecommons.org/licenses/by/4.0/
  keywords: [không khí, PM2.5]
  spatial: urn:ngsi-ld:AdministrativeUnit:vn-19
mapping:
  expression: |
    { 'id': $iri(kind, key), 'type': kind,
      'pm25': { 'type': 'Property', 'value': value, 'observedAt': $time(at) } }
`

function quadsOf(text: string, format: string): Quad[] {
  return new Parser({ format }).parse(text)
}

describe('catalogue of datasets', () => {
  let folder: string
  let hub: TestHub

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'catalog-'))
    hub = await startTestHub({ 'context.default': 'ontology' })
    for (const name of ['stations', 'second']) {
      const file = path.join(folder, `${name}.yaml`)
      await writeFile(file, FEED.replaceAll('NAME', name))
      const connection = { baseUrl: hub.url, tenant: '', token: () => Promise.resolve(undefined) }
      const feed: RunningFeed = runFeed(await loadFeed(file), { connection })
      const lines = Array.from({ length: 12 }, (_, hour) => {
        const at = new Date(MIDNIGHT - hour * HOUR).toISOString()
        return JSON.stringify({ kind: 'AirQualityObserved', key: name, value: 20 + (hour % 3), at })
      })
      const odd = JSON.stringify({
        kind: 'SomethingElse',
        key: name,
        value: 1,
        at: new Date(MIDNIGHT).toISOString(),
      })
      await feed.receive({ body: Buffer.from([...lines, odd].join('\n')), headers: {} })
      await feed.stop()
    }
  })
  after(async () => {
    await hub.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const turtle = async (where = '/hub/v1/catalog'): Promise<Quad[]> => {
    const { status, text } = await hub.send(where, { headers: { accept: 'text/turtle' } })
    expect(status).to.equal(200)
    return quadsOf(text, 'Turtle')
  }
  const dataset = async (name: string) => (await hub.send(`/hub/v1/catalog/${name}`)).body

  it('is what DCAT-AP 3 demands, as Turtle and as JSON-LD', async () => {
    const validator = new ShaclValidator(new Store(quadsOf(readFileSync(SHAPES, 'utf8'), 'Turtle')))
    const data = await turtle()
    const report = await validator.validate(new Store(data))
    expect(
      report.results.map(({ focusNode, path: where }) => `${focusNode?.value} ${where?.value}`),
    ).to.deep.equal([])
    expect(data.filter(({ object }) => object.value === `${DCAT}Dataset`)).to.have.length(2)
    const broken = data.filter(({ predicate }) => !predicate.value.endsWith('accessURL'))
    expect((await validator.validate(new Store(broken))).conforms, 'the shapes refuse something').to.equal(
      false,
    )
    const { body } = await hub.send('/hub/v1/catalog', { headers: { accept: 'application/ld+json' } })
    expect(body['dcat:dataset']).to.have.length(2)
  })

  it('says owner, legal basis, class, licence, frequency, place, time and quality of a dataset', async () => {
    const found = await dataset('stations.AirQualityObserved')
    expect(found).to.deep.include({
      '@type': 'dcat:Dataset',
      'dct:identifier': 'stations.AirQualityObserved',
      'dct:publisher': {
        '@type': 'foaf:Agent',
        'foaf:name': 'Sở Nông nghiệp và Môi trường tỉnh Thái Nguyên',
      },
      'dct:accessRights': {
        '@id': 'http://publications.europa.eu/resource/authority/access-right/PUBLIC',
        '@type': 'dct:RightsStatement',
      },
      'dct:accrualPeriodicity': {
        '@id': 'http://publications.europa.eu/resource/authority/frequency/HOURLY',
        '@type': 'dct:Frequency',
      },
      'dcat:temporalResolution': { '@value': 'PT1H', '@type': 'xsd:duration' },
      'dcat:keyword': ['không khí', 'PM2.5'],
      'dcatap:applicableLegislation': [
        {
          '@type': 'eli:LegalResource',
          'dct:title': { '@value': 'Thông tư 10/2021/TT-BTNMT', '@language': 'vi' },
        },
        { '@id': 'https://vbpl.example/nghi-dinh-278-2025', '@type': 'eli:LegalResource' },
      ],
    })
    expect(found['dct:temporal']['dcat:endDate']['@value']).to.equal(
      new Date(MIDNIGHT).toISOString().replace('.000', ''),
    )
    const quality = found['dqv:hasQualityMeasurement'].map((one: Record<string, Record<string, string>>) => [
      one['dqv:isMeasurementOf']?.['@id']?.split('/').at(-1),
      one['dqv:value']?.['@value'],
    ])
    expect(quality).to.deep.include(['completeness', '1'])
    expect(quality).to.deep.include(['correctness', '1'])
  })

  it('leads to the data: each address answers what it says', async () => {
    const found = await dataset('stations.AirQualityObserved')
    for (const one of found['dcat:distribution']) {
      const address = new URL(one['dcat:accessURL']['@id'])
      const accept = one['dcat:mediaType']['@id'].split('media-types/')[1]
      const { status, headers, text } = await hub.send(`${address.pathname}${address.search}`, {
        headers: { accept },
      })
      expect([status, String(headers['content-type']).split(';')[0]], one['@id']).to.deep.equal([200, accept])
      if (!accept.includes('parquet'))
        expect(text).to.include('AirQualityObserved:stations').and.not.include(':second')
    }
  })

  it('goes by pages, of which each names the next', async () => {
    const first = await hub.send('/hub/v1/catalog?limit=1')
    expect(
      first.body['dcat:dataset'].map((one: Record<string, string>) => one['dct:identifier']),
    ).to.deep.equal(['second.AirQualityObserved'])
    const [, next = ''] = /<([^>]+)>; rel="next"/.exec(String(first.headers.link)) ?? []
    expect(first.body['hydra:view']['hydra:next']['@id']).to.equal(`${hub.url}${next}`)
    const last = await hub.send(next)
    expect(
      last.body['dcat:dataset'].map((one: Record<string, string>) => one['dct:identifier']),
    ).to.deep.equal(['stations.AirQualityObserved'])
    expect(last.headers.link).to.equal(undefined)
  })

  it('tells harvesters whether something changed', async () => {
    const { headers } = await hub.send('/hub/v1/catalog', { headers: { accept: 'text/turtle' } })
    expect(Date.parse(String(headers['last-modified']))).to.be.closeTo(Date.now(), 60_000)
    const again = { accept: 'text/turtle', 'if-none-match': String(headers.etag) }
    expect((await hub.send('/hub/v1/catalog', { headers: again })).status).to.equal(304)
  })

  it('has no dataset of what the ontology does not know, of no entity, or of another tenant', async () => {
    expect((await hub.send('/hub/v1/catalog/stations.SomethingElse')).status).to.equal(404)
    await hub.send('/hub/v1/feeds/hollow', {
      method: 'PUT',
      body: {
        definition: { title: 'Hollow', source: 'urn:x:hollow', dataProvider: 'Nobody' },
        brought: { AirQualityObserved: {} },
      },
    })
    expect((await hub.send('/hub/v1/catalog/hollow.AirQualityObserved')).status).to.equal(404)
  })

  it('what an adapter says cannot break the graph or the query', async () => {
    await hub.send('/hub/v1/feeds/odd', {
      method: 'PUT',
      body: {
        definition: {
          title: 'Odd " \\ > title',
          source: 'urn:x:"> <urn:y',
          dataProvider: 7,
          dataset: {
            license: 'not an IRI',
            legalBasis: [7, 'https://x.example/<>'],
            contact: [],
            description: 5,
          },
        },
        brought: { AirQualityObserved: { from: 3 }, __proto__: {} },
      },
    })
    expect((await turtle()).length).to.be.greaterThan(20)
  })
})
