import { expect } from 'chai'
import { zipSync } from 'fflate'
import { features } from '../../../adapters/formats/features.ts'
import { type Decoded, isUnreadable } from '../../../adapters/formats/format.ts'
import {
  type MadeLayer,
  PROVINCE_PRJ,
  shapefileParts,
  shapefileZip,
  square,
} from '../../support/shapefile.ts'

interface Feature {
  readonly layer: string
  readonly crs: string | null
  readonly properties: Record<string, unknown>
  readonly geometry: { readonly type: string; readonly coordinates: readonly unknown[] } | null
}

const AT = [432_314, 2_388_879] as const
const COLUMNS: MadeLayer['columns'] = [
  ['SO_TO', 'N', 5],
  ['CHU_SD', 'C', 24],
  ['NGAY', 'D', 8],
]
const layer = (more: Partial<MadeLayer> = {}): MadeLayer => ({
  name: 'ThuaDat',
  columns: COLUMNS,
  encoding: 'tcvn3',
  prj: PROVINCE_PRJ,
  rows: [
    { cells: [39, 'Nguyễn Văn Bưởi', '20251115'], rings: [square(AT, 10)] },
    { cells: [40, 'Trần Thị Đường', ''], point: AT },
  ],
  ...more,
})

function read(bytes: Uint8Array | string, name = 'ban-do.zip'): readonly Decoded[] {
  return features().decode(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, { name })
}
const said = (decoded: readonly Decoded[]): readonly unknown[] =>
  decoded.map((item) => (isUnreadable(item) ? item.fault.message : 'read'))
const feature = (decoded: Decoded | undefined): Feature => (decoded as unknown as { value: Feature }).value

describe('features: Shapefile', () => {
  it('reads cells, shape, layer and system, in the encoding that the text is in', () => {
    const [first, second] = read(shapefileZip([layer()]))
    expect(feature(first)).to.deep.equal({
      type: 'Feature',
      layer: 'ThuaDat',
      crs: 'EPSG:9213',
      properties: { SO_TO: 39, CHU_SD: 'Nguyễn Văn Bưởi', NGAY: '2025-11-15' },
      geometry: { type: 'Polygon', coordinates: [[...square(AT, 10)].reverse()] },
    })
    expect(feature(second)).to.deep.include({
      properties: { SO_TO: 40, CHU_SD: 'Trần Thị Đường', NGAY: null },
      geometry: { type: 'Point', coordinates: AT },
    })
  })

  for (const encoding of ['utf-8', 'windows-1258', 'tcvn3'] as const) {
    it(`reads ${encoding} though the .cpg says otherwise`, () => {
      const cpg = encoding === 'utf-8' ? '1258' : 'UTF-8'
      const [first] = read(shapefileZip([layer({ encoding, cpg })]))
      expect(feature(first).properties.CHU_SD).to.equal('Nguyễn Văn Bưởi')
    })
  }

  it('reads a text of UTF-8 that its column cuts within a letter', () => {
    const rows = [{ cells: ['Phường Quyết Thắng'] }, { cells: ['Xã Tân Kim'] }]
    const made = layer({ encoding: 'utf-8', columns: [['XA', 'C', 15]], rows })
    const texts = read(shapefileZip([made])).map((item) => feature(item).properties.XA)
    expect(texts).to.deep.equal(['Phường Quy', 'Xã Tân Kim'])
  })

  it('reads holes, parts, rows without a shape, and leaves deleted rows out', () => {
    const hole = [...square([AT[0] + 2, AT[1] + 2], 2)].reverse()
    const rows = [
      { cells: [1, '', ''], rings: [square(AT, 10), hole, square([AT[0] + 20, AT[1]], 10)] },
      { cells: [2, '', ''], rings: [square(AT, 1)], deleted: true },
      { cells: [3, '', ''] },
    ]
    const [parts, none] = read(shapefileZip([layer({ rows })]))
    const coordinates = feature(parts).geometry?.coordinates as readonly (readonly unknown[])[]
    expect(feature(parts).geometry?.type).to.equal('MultiPolygon')
    expect(coordinates.map((polygon) => polygon.length)).to.deep.equal([2, 1])
    expect(feature(none)).to.deep.include({ geometry: null })
    expect(feature(none).properties.SO_TO).to.equal(3)
  })

  it('reads several layers, in folders and with names in capitals', () => {
    const parts = Object.entries(shapefileParts([layer(), layer({ name: 'DuAn', rows: [] })]))
    const zip = zipSync(Object.fromEntries(parts.map(([name, bytes]) => [`x/${name.toUpperCase()}`, bytes])))
    expect(read(zip).map((item) => feature(item).layer)).to.deep.equal(['THUADAT', 'THUADAT'])
  })

  const parts = shapefileParts([layer()])
  const cut = (name: string, by: number): Uint8Array =>
    zipSync({ ...parts, [name]: parts[name]!.subarray(0, parts[name]!.length - by) })
  const without = (name: string): Uint8Array =>
    zipSync(Object.fromEntries(Object.entries(parts).filter(([part]) => part !== name)))
  const bad: readonly [string, Uint8Array, readonly unknown[]][] = [
    ['an archive that is cut', shapefileZip([layer()]).subarray(0, 300), ['Archive is not a whole ZIP file']],
    ['no layer', zipSync({ 'a.txt': Buffer.from('a') }), ['Archive has no layer in it']],
    ['no table', without('ThuaDat.dbf'), ['Layer ThuaDat has no table (.dbf)']],
    ['a table that is cut', cut('ThuaDat.dbf', 20), ['read', 'Table (.dbf) ends after 1 of 2 rows']],
    [
      'shapes that are cut',
      cut('ThuaDat.shp', 8),
      ['read', 'Row has no shape', 'Shapes (.shp) end after 1 whole ones'],
    ],
    [
      'a table of nothing',
      zipSync({ ...parts, 'ThuaDat.dbf': Buffer.alloc(5) }),
      ['Table (.dbf) is cut in its head'],
    ],
    [
      'shapes of nothing',
      zipSync({ ...parts, 'ThuaDat.shp': Buffer.alloc(200) }),
      ['Shapes (.shp) have no head'],
    ],
  ]
  for (const [title, bytes, expected] of bad)
    it(`says of ${title} what is wrong, and reads the rest`, () =>
      expect(said(read(bytes))).to.deep.equal(expected))

  it('says of one shape that it is of a type that is not read', () => {
    const shp = Buffer.from(parts['ThuaDat.shp']!)
    shp.writeInt32LE(31, 108)
    expect(said(read(zipSync({ ...parts, 'ThuaDat.shp': shp })))).to.deep.equal([
      'Shape has type 31, which is not read',
      'read',
    ])
  })

  it('reads a feature alone again, with its layer and system', () => {
    const [first] = read(shapefileZip([layer()]))
    expect(features().decodeOne(first!.raw, first!.preamble, { name: 'x' })).to.deep.include({
      value: feature(first),
    })
  })
})

describe('features: GeoJSON', () => {
  const point = (x: unknown) =>
    `{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[${String(x)},21]}}`
  const collection = (items: string, more = '') => `{"type":"FeatureCollection",${more}"features":[${items}]}`
  const cases: readonly [string, string, readonly unknown[]][] = [
    ['a collection', collection(`${point(105)},${point(106)}`), ['read', 'read']],
    ['one feature', point(105), ['read']],
    [
      'a bad feature among good ones',
      collection(`${point(105)},{"type":"Feature",},${point(106)}`),
      ['read', 'Document is not whole JSON', 'read'],
    ],
    ['an item that is none', collection(`{"type":"Point"},${point(1)}`), ['Item is not a Feature', 'read']],
    ['half a file', collection(point(105)).slice(0, -9), ['Document is not whole JSON']],
    [
      'another document',
      '{"type":"Point","coordinates":[1,2]}',
      ['Document is neither a Feature nor a collection of them'],
    ],
  ]
  for (const [title, text, expected] of cases)
    it(`reads ${title}`, () => expect(said(read(text, 'lop.geojson'))).to.deep.equal(expected))

  it('takes the name and the system that are said of all', () => {
    const [named] = read(
      collection(point(1), '"name":"thua","crs":{"type":"name","properties":{"name":"EPSG:9213"}},'),
      'x.json',
    )
    expect(feature(named)).to.deep.include({ layer: 'thua', crs: 'EPSG:9213' })
    expect(feature(read(collection(point(1)), 'lop.json')[0])).to.deep.include({ layer: 'lop', crs: null })
  })

  it('takes the layer from the names that a WFS gives its features', () => {
    const named = point(1).replace('{', '{"id":"qh.thua_dat.12",')
    expect(feature(read(collection(named), 'wfs')[0])).to.deep.include({ layer: 'qh.thua_dat' })
  })
})

describe('features: GML', () => {
  const document = (members: string, head = '') =>
    `<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml" xmlns:d="http://d">${head}${members}</gml:FeatureCollection>`
  const parcel = (shape: string) =>
    `<gml:featureMember><d:Thua><d:soTo>39</d:soTo><d:chu><d:ten>An</d:ten></d:chu><d:trong/><d:hinh>${shape}</d:hinh></d:Thua></gml:featureMember>`
  const point = (srs: string, text: string) =>
    `<gml:Point srsName="${srs}"><gml:pos>${text}</gml:pos></gml:Point>`
  const ring = (name: string, text: string) =>
    `<gml:${name}><gml:LinearRing><gml:posList>${text}</gml:posList></gml:LinearRing></gml:${name}>`
  const shapes: readonly [string, string, unknown][] = [
    [
      'degrees of a short name',
      point('EPSG:4326', '105.8 21.5'),
      { type: 'Point', coordinates: [105.8, 21.5] },
    ],
    [
      'degrees of a URN',
      point('urn:ogc:def:crs:EPSG::4326', '21.5 105.8'),
      { type: 'Point', coordinates: [105.8, 21.5] },
    ],
    [
      'degrees of a URI',
      point('http://www.opengis.net/def/crs/EPSG/0/4756', '21.5 105.8'),
      { type: 'Point', coordinates: [105.8, 21.5] },
    ],
    [
      'metres of a URN',
      point('urn:ogc:def:crs:EPSG::9213', '432314 2388879'),
      { type: 'Point', coordinates: [432314, 2388879] },
    ],
    [
      'a surface with a hole and heights',
      `<gml:Surface srsDimension="3"><gml:patches><gml:PolygonPatch>${ring('exterior', '0 0 5 4 0 5 4 4 5 0 0 5').replace('posList>', 'posList srsDimension="3">')}${ring('interior', '1 1 2 1 2 2 1 1')}</gml:PolygonPatch></gml:patches></gml:Surface>`,
      {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [4, 0],
            [4, 4],
            [0, 0],
          ],
          [
            [1, 1],
            [2, 1],
            [2, 2],
            [1, 1],
          ],
        ],
      },
    ],
    [
      'coordinates of GML 2',
      '<gml:LineString><gml:coordinates>1,2 3,4</gml:coordinates></gml:LineString>',
      {
        type: 'LineString',
        coordinates: [
          [1, 2],
          [3, 4],
        ],
      },
    ],
  ]
  for (const [title, shape, expected] of shapes)
    it(`reads ${title}`, () =>
      expect(feature(read(document(parcel(shape)))[0]).geometry).to.deep.equal(expected))

  it('reads properties by their names, and the system of the whole', () => {
    const head = '<gml:boundedBy><gml:Envelope srsName="EPSG:9213"/></gml:boundedBy>'
    const [first] = read(document(parcel('<gml:Point><gml:pos>1 2</gml:pos></gml:Point>'), head))
    expect(feature(first)).to.deep.include({
      layer: 'Thua',
      crs: 'EPSG:9213',
      properties: { soTo: '39', chu: { ten: 'An' }, trong: null },
    })
  })

  const good = parcel(point('EPSG:4326', '105 21'))
  const bad: readonly [string, string, readonly unknown[]][] = [
    [
      'arcs',
      document(parcel('<gml:Curve><gml:segments><gml:Arc/></gml:segments></gml:Curve>') + good),
      ['Geometry has arcs, or no line', 'read'],
    ],
    [
      'a position that is no number',
      document(parcel(point('EPSG:4326', 'x 21')) + good),
      ['Position is no number', 'read'],
    ],
    [
      'positions that are cut',
      document(parcel(`<gml:Polygon>${ring('exterior', '0 0 1 1 2')}</gml:Polygon>`)),
      ['Positions are not whole'],
    ],
    ['half a file', document(good).slice(0, 200), ['Document is not whole XML']],
    ['a DTD', `<!DOCTYPE a [<!ENTITY b "c">]>${document(good)}`, ['Document has a DTD, which is not read']],
    ['another document', '<a/>', ['Document has no features of GML']],
    ['no features', document(''), []],
  ]
  for (const [title, text, expected] of bad)
    it(`says what is wrong with ${title}`, () => expect(said(read(text, 'x.gml'))).to.deep.equal(expected))
})
