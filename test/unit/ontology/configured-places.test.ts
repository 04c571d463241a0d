import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { ConfiguredBoundaries, ConfiguredSystem } from '../../../broker/config-places.ts'
import { loadPlaces } from '../../../broker/main/places.ts'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'

const ontology = readOntology(packageRoot)
const SHIFTED = '+proj=tmerc +lat_0=0 +lon_0=106.5 +k=0.9999 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs'
/** Around 105.8482, 21.5942 in EPSG:9213. */
const RING = [
  [432000, 2388500],
  [432600, 2388500],
  [432600, 2389200],
  [432000, 2389200],
  [432000, 2388500],
]

describe('configured places', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'places-'))
    const geometry = { type: 'Polygon', coordinates: [RING] }
    const features = [{ type: 'Feature', properties: { ma: '05443' }, geometry }]
    writeFileSync(join(folder, 'vn2000.geojson'), JSON.stringify({ type: 'FeatureCollection', features }))
    writeFileSync(join(folder, 'broken.geojson'), '{')
  })
  after(() => rmSync(folder, { recursive: true }))

  const load = (
    boundaries: readonly Omit<ConfiguredBoundaries, 'on'>[],
    systems: readonly ConfiguredSystem[] = [],
  ) =>
    loadPlaces(
      {
        places: {
          boundaries: boundaries.map((each) => ({
            on: '2025-07-01',
            ...each,
            file: join(folder, each.file),
          })),
          systems,
        },
      },
      ontology,
    )
  const fault = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'nothing',
      (error: Error) => `${error.name}: ${error.message}`,
    )

  it('have boundaries in the reference system that is named', async () => {
    const { units } = await load([{ file: 'vn2000.geojson', code: 'ma', crs: 'EPSG:9213' }])
    expect(units.at([105.8482, 21.5942], '2025-07-01')?.name.vi).to.equal('Phường Phan Đình Phùng')
    expect(units.at([105.86, 21.5942], '2025-07-01')).to.equal(undefined)
  })

  it('have systems that are declared', async () => {
    const { coordinates } = await load([], [{ id: 'EPSG:990001', definition: SHIFTED }])
    const converter = await coordinates()
    const own = converter.system('EPSG:990001')
    expect(own && converter.fromWgs84([106.5, 0], own)).to.deep.equal([0, 0])
  })

  it('say what is wrong with them, file by file', async () => {
    expect(await fault(load([{ file: 'vn2000.geojson', code: 'ma' }]))).to.match(
      /vn2000.geojson: Feature 1 has coordinates/,
    )
    expect(await fault(load([{ file: 'broken.geojson' }, { file: 'none.geojson' }]))).to.match(
      /^ConfigError: .*broken.geojson: File cannot be read: .*\n.*none.geojson: File cannot be read: /,
    )
    expect(await fault(load([{ file: 'vn2000.geojson', crs: 'EPSG:2154' }]))).to.include(
      'EPSG:2154 is not known',
    )
    expect(await fault(load([], [{ id: 'EPSG:990002', definition: '+proj=nothing' }]))).to.match(
      /^ConfigError: places.systems: /,
    )
  })
})
