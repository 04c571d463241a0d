import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'
import { type Source, sendJson, startSource } from '../unit/federation/support.ts'

const UNIT = 'urn:ngsi-ld:AdministrativeUnit:vn-19-'
const CONTEXT =
  '<https://thainguyen.gov.vn/ontology/urban/v1/context.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'
const ENTITIES = '/ngsi-ld/v1/entities'
/** Inside the outline that the test gives to Phường Sông Công; the second one in that of the former city alone. */
const WARD = [105.849, 21.458] as const
const CITY_ONLY = [105.79, 21.5] as const
const ELSEWHERE = [105.7, 21.55] as const
/** WARD in EPSG:9213. */
const WARD_VN2000 = [432326.7, 2373801.8]

const box = (west: number, south: number, east: number, north: number) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ],
})
const outlines = (features: readonly (readonly [string, object])[]): string =>
  JSON.stringify({
    type: 'FeatureCollection',
    features: features.map(([code, geometry]) => ({ type: 'Feature', properties: { code }, geometry })),
  })

/** Car parks by the unit that they name and where they are. */
const LOTS: readonly (readonly [
  name: string,
  unit: string | undefined,
  place: readonly [number, number] | undefined,
])[] = [
  ['old-ward', '05515-until-20250630', WARD],
  ['new-ward', '05518-20250701', WARD],
  ['city', '165-20150515', undefined],
  ['straddling-inside', '05503-20250701', CITY_ONLY],
  ['straddling-outside', '05503-20250701', ELSEWHERE],
  ['straddling-somewhere', '05503-20250701', undefined],
  ['reused-code', '05443-20250701', undefined],
  ['unnamed', undefined, WARD],
]
const lot = ([name, unit, place]: (typeof LOTS)[number]) => ({
  id: `urn:ngsi-ld:OffStreetParking:${name}`,
  type: 'OffStreetParking',
  ...(unit !== undefined && { refAdministrativeUnit: { type: 'Relationship', object: UNIT + unit } }),
  ...(place && { location: { type: 'GeoProperty', value: { type: 'Point', coordinates: place } } }),
})

describe('Administrative units over time', () => {
  let hub: TestHub
  let folder: string
  const codes = ({ body }: TestAnswer): string[] =>
    body.map((unit: { id: string }) => unit.id.replace(UNIT, ''))
  const search = async (query: string): Promise<string[]> => codes(await hub.send(`/hub/v1/units?${query}`))

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hub-units-'))
    const since = join(folder, 'since.geojson')
    const before = join(folder, 'before.geojson')
    writeFileSync(since, outlines([['05518', box(105.83, 21.44, 105.87, 21.47)]]))
    writeFileSync(before, outlines([['165', box(105.75, 21.43, 105.92, 21.55)]]))
    hub = await startTestHub({
      'context.default': 'ontology',
      'places.boundaries': [
        { file: since, on: '2025-07-01' },
        { file: before, on: '2025-06-30' },
      ],
    })
    const { status } = await hub.send('/ngsi-ld/v1/entityOperations/create', {
      method: 'POST',
      body: LOTS.map(lot),
    })
    expect(status).to.equal(201)
  })
  after(async () => {
    await hub.stop()
    rmSync(folder, { recursive: true })
  })

  describe('are found', () => {
    it('by code and day, a code without a day meaning each that had it', async () => {
      expect(await search('code=05443')).to.deep.equal(['05443-until-20250630', '05443-20250701'])
      expect(await search('code=05443&on=2025-06-30')).to.deep.equal(['05443-until-20250630'])
      expect(await search('code=05443&on=2025-06-30T17:00:00Z')).to.deep.equal(['05443-20250701'])
      expect(await search('code=99999')).to.deep.equal([])
    })

    it('by a name as people write it', async () => {
      for (const name of ['thanh pho song cong', 'TP. Sông Công', 'Thành phố Sông Công'])
        expect(await search(`name=${encodeURIComponent(name)}`)).to.deep.equal(['165-20150515'])
    })

    it('by point and day, the smallest whose boundary is known', async () => {
      expect(await search(`point=${WARD}&on=2025-07-01`)).to.deep.equal(['05518-20250701'])
      expect(await search(`point=${WARD}&on=2025-06-30`)).to.deep.equal(['165-20150515'])
      expect(await search(`point=${CITY_ONLY}&on=2025-07-01`)).to.deep.equal([])
      expect(await search(`point=${WARD}`)).to.deep.equal(['05518-20250701'])
    })

    it('page by page, with their number', async () => {
      const { headers, body } = await hub.send(
        '/hub/v1/units?on=2025-07-01&level=commune&limit=2&offset=90&count=true',
      )
      expect(headers['ngsild-results-count']).to.equal('92')
      expect(body).to.have.length(2)
    })

    it('with what they came from and what they became', async () => {
      const { body } = await hub.send(`/hub/v1/units/${UNIT}05461-until-20250630`)
      expect(body).to.deep.include({
        code: '05461',
        level: 'commune',
        category: 'ward',
        validTo: '2025-06-30',
      })
      expect(body.partOf.code).to.equal('164')
      expect(body.successors).to.deep.equal([
        { id: `${UNIT}05443-20250701`, code: '05443', name: 'Phường Phan Đình Phùng', extent: 'partial' },
        { id: `${UNIT}05467-20250701`, code: '05467', name: 'Phường Gia Sàng', extent: 'partial' },
      ])
      expect(body).not.to.have.property('predecessors')
      expect(body.contents.whole).to.deep.equal([`${UNIT}05461-until-20250630`])
    })

    it('as features, with the boundary where one is known', async () => {
      const headers = { Accept: 'application/geo+json' }
      const { body } = await hub.send('/hub/v1/units?name=phuong%20song%20cong', { headers })
      expect(body.features[0].geometry.type).to.equal('Polygon')
      const other = await hub.send(`/hub/v1/units/${UNIT}05528-20250701`, { headers })
      expect(other.body.geometry).to.deep.equal({ type: 'Point', coordinates: [105.86796, 21.50626] })
    })

    it('not by what is no code, day, level, point or id', async () => {
      for (const query of [
        'code=5',
        'on=2025-13-01',
        'on=yesterday',
        'level=ward',
        'point=105',
        'point=21.5,105.8',
        'point=,',
        'name=%00',
        'place=x',
      ])
        expect((await hub.send(`/hub/v1/units?${query}`)).status, query).to.equal(400)
      expect((await hub.send(`/hub/v1/units/${UNIT}05443`)).status).to.equal(404)
    })

    it('not by a point of a day of which no boundary is known', async () => {
      const { status, body } = await hub.send(`/hub/v1/units?point=${WARD}&on=2025-06-30&level=commune`)
      expect(status).to.equal(422)
      expect(body.detail).to.include('2025-06-30')
    })
  })

  describe('narrow a query by Hub-Unit', () => {
    const within = (unit: string, more: object = {}): Promise<TestAnswer> =>
      hub.send(`${ENTITIES}?type=OffStreetParking&limit=20&count=true`, {
        headers: { 'Hub-Unit': unit, ...more },
      })
    const names = ({ body }: TestAnswer): string[] =>
      body.map(({ id }: { id: string }) => id.replace('urn:ngsi-ld:OffStreetParking:', '')).sort()
    const CITY = ['city', 'new-ward', 'old-ward', 'straddling-inside', 'straddling-somewhere']

    it('finds the same by the old code, by names, by the id, whatever units the entities name', async () => {
      const named = [
        '165',
        'thanh pho song cong',
        'TP. Song Cong',
        encodeURIComponent('thành phố Sông Công'),
        `${UNIT}165-20150515`,
        '165@2025-06-30',
      ]
      for (const name of named) {
        const answer = await within(name)
        expect(names(answer), name).to.deep.equal(CITY)
        expect(answer.headers['ngsild-results-count']).to.equal('5')
        expect(answer.headers['hub-unit']).to.equal(`${UNIT}165-20150515;whole=14;partly=1;decided=place`)
      }
    })

    it('finds by a new code what names the units that it was formed of', async () => {
      expect(names(await within('05518@2025-07-01'))).to.deep.equal(['new-ward', 'old-ward'])
      const old = await within('05515')
      expect(names(old)).to.deep.equal(['new-ward', 'old-ward'])
      expect(old.headers['hub-unit']).to.equal(`${UNIT}05515-until-20250630;whole=1;partly=1;decided=name`)
    })

    it('refuses a code or name that several units had, and lists them', async () => {
      const { status, body } = await within('05518')
      expect(status).to.equal(400)
      expect(body.units.map(({ name }: { name: string }) => name)).to.deep.equal([
        'Phường Thắng Lợi',
        'Phường Sông Công',
      ])
      expect((await within('song cong')).status).to.equal(400)
      expect((await within('thanh pho hue')).status).to.equal(400)
    })

    it('goes with q, a body, pages and exports', async () => {
      const headers = { 'Hub-Unit': '165' }
      const q = await hub.send(`${ENTITIES}?type=OffStreetParking&q=location`, { headers })
      expect(names(q)).to.deep.equal(['new-ward', 'old-ward', 'straddling-inside'])
      const body = { type: 'Query', entities: [{ type: 'OffStreetParking' }] }
      const posted = await hub.send('/ngsi-ld/v1/entityOperations/query', { method: 'POST', body, headers })
      expect(names(posted)).to.deep.equal(CITY)
      const page = await hub.send(`${ENTITIES}?type=OffStreetParking&limit=3`, { headers })
      const next = /<([^>]*)>;rel="next"/.exec(String(page.headers.link).replaceAll('; ', ';'))?.[1] ?? ''
      const rest = await hub.send(next, { headers })
      expect([...names(page), ...names(rest)].sort()).to.deep.equal(CITY)
      const lines = await hub.send(`${ENTITIES}?type=OffStreetParking&local=true`, {
        headers: { ...headers, Accept: 'application/x-ndjson' },
      })
      expect(lines.text.trim().split('\n')).to.have.length(CITY.length)
    })

    it('is refused where it would mean nothing', async () => {
      const headers = { 'Hub-Unit': '165' }
      expect((await hub.send(`${ENTITIES}/urn:ngsi-ld:OffStreetParking:city`, { headers })).status).to.equal(
        400,
      )
      expect((await hub.send('/ngsi-ld/v1/types', { headers })).status).to.equal(400)
    })

    it('changes nothing without the header', async () => {
      const { body, headers } = await hub.send(`${ENTITIES}?type=OffStreetParking&limit=20`)
      expect(body).to.have.length(LOTS.length)
      expect(headers).not.to.have.property('hub-unit')
      expect(headers).not.to.have.property('content-crs')
    })
  })

  describe('narrow what other hubs answer', () => {
    const TYPE = 'https://thainguyen.gov.vn/ontology/urban/Streetlight'
    const lamp = (at: number, unit: string, place: readonly [number, number]) => ({
      ...lot([`lamp-${at}`, unit, place]),
      type: 'Streetlight',
    })
    /** Thirty that lie elsewhere before the one that lies in the city. */
    const LAMPS = [
      ...Array.from({ length: 30 }, (_, at) => lamp(at, '05503-20250701', ELSEWHERE)),
      lamp(30, '05503-20250701', CITY_ONLY),
      lamp(31, '05443-20250701', CITY_ONLY),
    ]
    let source: Source
    before(async () => {
      source = await startSource((_, response, { searchParams }) => {
        const offset = Number(searchParams.get('offset') ?? 0)
        const limit = Number(searchParams.get('limit') ?? 20)
        sendJson(response, LAMPS.slice(offset, offset + limit))
      })
      const { status } = await hub.send('/ngsi-ld/v1/csourceRegistrations', {
        method: 'POST',
        body: {
          type: 'ContextSourceRegistration',
          endpoint: source.endpoint,
          information: [{ entities: [{ type: TYPE }] }],
        },
      })
      expect(status).to.equal(201)
    })
    after(() => source.close())
    const within = async (unit: string): Promise<string[]> => {
      const { body } = await hub.send(`${ENTITIES}?type=Streetlight`, { headers: { 'Hub-Unit': unit } })
      return body.map(({ id }: { id: string }) => id.replace('urn:ngsi-ld:OffStreetParking:', ''))
    }
    const askedQ = () => source.asked.at(-1)?.url.searchParams.get('q')

    it('by the same units in their q, the place being judged here', async () => {
      expect(await within('165')).to.deep.equal(['lamp-30'])
      expect(askedQ()).to.include(`"${UNIT}05518-20250701"`).and.include('refAdministrativeUnit==')
    })

    it('and here alone where the units are too many to be handed on', async () => {
      expect(await within(`${UNIT}20250701`)).to.have.length(20)
      expect(askedQ()).to.equal(null)
    })
  })

  describe('have places in the reference system that is asked for', () => {
    const FEATURE = { Accept: 'application/geo+json', 'Hub-CRS': 'EPSG:9213' }
    const WARD_LOT = `${ENTITIES}/urn:ngsi-ld:OffStreetParking:new-ward`
    const closeTo = (found: number[], wanted: readonly number[], tolerance: number): void =>
      found.forEach((number, at) => {
        expect(number).to.be.closeTo(wanted[at] ?? Number.NaN, tolerance)
      })

    it('in features of one entity, of queries, of exports and of units', async () => {
      const one = await hub.send(WARD_LOT, { headers: FEATURE })
      expect(one.headers['content-crs']).to.equal('<http://www.opengis.net/def/crs/EPSG/0/9213>')
      closeTo(one.body.geometry.coordinates, WARD_VN2000, 1000)
      const crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::9213' } }
      expect(one.body.crs).to.deep.equal(crs)
      expect(one.body.properties.location.value.coordinates).to.deep.equal(one.body.geometry.coordinates)
      const many = await hub.send(`${ENTITIES}?type=OffStreetParking&q=location`, { headers: FEATURE })
      expect(many.body.crs).to.deep.equal(crs)
      for (const { geometry } of many.body.features)
        expect(geometry.coordinates[0]).to.be.within(385_000, 480_000)
      const lines = await hub.send(`${ENTITIES}?type=OffStreetParking&q=location&local=true`, {
        headers: { ...FEATURE, Accept: 'application/geo+json-seq' },
      })
      expect(lines.text).to.include('"coordinates":[4').and.not.to.include('[105.')
      const unit = await hub.send(`/hub/v1/units/${UNIT}05518-20250701`, { headers: FEATURE })
      expect(unit.body.crs).to.deep.equal(crs)
      expect(unit.body.geometry.coordinates[0][0][1]).to.be.within(2_355_000, 2_520_000)
    })

    it('with a tag of their own', async () => {
      const [plain, shifted] = await Promise.all([
        hub.send(WARD_LOT, { headers: { Accept: FEATURE.Accept } }),
        hub.send(WARD_LOT, { headers: FEATURE }),
      ])
      expect(plain.headers.etag).to.be.a('string').and.not.to.equal(shifted.headers.etag)
      const again = await hub.send(WARD_LOT, {
        headers: { ...FEATURE, 'If-None-Match': String(shifted.headers.etag) },
      })
      expect(again.status).to.equal(304)
    })

    it('and of bodies that say theirs, kept as WGS84', async () => {
      const id = 'urn:ngsi-ld:OffStreetParking:surveyed'
      const value = { type: 'Point', coordinates: [432314.364, 2388879.346] }
      const body = { id, type: 'OffStreetParking', location: { type: 'GeoProperty', value } }
      const headers = { 'Content-Crs': '<http://www.opengis.net/def/crs/EPSG/0/9213>' }
      expect((await hub.send(ENTITIES, { method: 'POST', body, headers })).status).to.equal(201)
      closeTo(
        (await hub.send(`${ENTITIES}/${id}`)).body.location.value.coordinates,
        [105.8482, 21.5942],
        1e-7,
      )
      closeTo(
        (await hub.send(`${ENTITIES}/${id}`, { headers: FEATURE })).body.geometry.coordinates,
        value.coordinates,
        0.01,
      )
      const swapped = { ...value, coordinates: [2388879.346, 432314.364] }
      const patched = await hub.send(`${ENTITIES}/${id}/attrs`, {
        method: 'PATCH',
        body: { location: { type: 'GeoProperty', value: swapped } },
        headers,
      })
      expect(patched.status).to.equal(400)
      expect(patched.body.detail).to.include('inside as EPSG:9213 with north before east')
    })

    it('and not where the system has no coordinates of a place', async () => {
      const id = 'urn:ngsi-ld:PointOfInterest:far'
      const value = { type: 'Point', coordinates: [16.5, 0] }
      const body = { id, type: 'PointOfInterest', location: { type: 'GeoProperty', value } }
      expect((await hub.send(ENTITIES, { method: 'POST', body })).status).to.equal(201)
      const told = await hub.send(`${ENTITIES}/${id}`, { headers: FEATURE })
      expect(told.status, told.text).to.equal(400)
      expect(told.body.detail).to.equal(
        'Answer has a place that has no coordinates in EPSG:9213: ask without Hub-CRS',
      )
    })

    it('of which one and the same body is another in another system: it is not repeated under one key', async () => {
      const id = 'urn:ngsi-ld:OffStreetParking:repeated'
      const value = { type: 'Point', coordinates: [105.8482, 21.5942] }
      const body = { id, type: 'OffStreetParking', location: { type: 'GeoProperty', value } }
      const key = { 'Idempotency-Key': '"of-one-system"' }
      const post = (headers: object) =>
        hub.send(ENTITIES, { method: 'POST', body, headers: { ...key, ...headers } })
      expect((await post({})).status).to.equal(201)
      expect((await post({})).headers['hub-idempotent-replay']).to.equal('true')
      expect((await post({ 'Content-Crs': 'EPSG:9213' })).status).to.equal(422)
    })

    it('and say to whoever keeps answers that they depend on it', async () => {
      const { headers } = await hub.send(WARD_LOT)
      expect(String(headers.vary)).to.include('Hub-Unit').and.include('Hub-CRS')
    })

    it('and are refused where the header would mean nothing', async () => {
      const refused: [string, object][] = [
        [WARD_LOT, { 'Hub-CRS': 'EPSG:9213' }],
        [WARD_LOT, { ...FEATURE, 'Hub-CRS': 'EPSG:2154' }],
        [WARD_LOT, { ...FEATURE, 'Hub-CRS': 'VN-2000' }],
        [WARD_LOT, { 'Content-Crs': 'EPSG:9213' }],
      ]
      for (const [path, headers] of refused)
        expect((await hub.send(path, { headers: headers as Record<string, string> })).status).to.equal(400)
    })
  })

  it('are read with the @context of whoever asks', async () => {
    const headers = { 'Hub-Unit': '165', Link: CONTEXT }
    const { status, body } = await hub.send(`${ENTITIES}?type=OffStreetParking`, { headers })
    expect(status).to.equal(200)
    expect(body).to.have.length(5)
  })
})
