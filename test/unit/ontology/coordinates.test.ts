import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Coordinates, loadCoordinates, type XY } from '../../../ontology/coordinates/coordinates.ts'
import {
  CoordinateFault,
  checkedReading,
  plausibleReading,
  readingsOf,
} from '../../../ontology/coordinates/plausible.ts'
import { mapGeometry } from '../../../ontology/coordinates/positions.ts'
import { readPrj } from '../../../ontology/coordinates/read-prj.ts'
import { systemId, systemUri } from '../../../ontology/coordinates/reference-systems.ts'

/** Points of the province: longitude, latitude; east, north in EPSG:9213, as PROJ 9.1 computes them. */
const POINTS: readonly (readonly [XY, XY])[] = [
  [
    [105.8482, 21.5942],
    [432314.364, 2388879.346],
  ],
  [
    [105.8322, 21.4929],
    [430609.596, 2377670.616],
  ],
  [
    [105.8679, 21.4053],
    [434269.679, 2367956.486],
  ],
  [
    [105.8468, 22.1342],
    [432423.26, 2448669.921],
  ],
]
const DATA = join(process.env.HUB_TEST_DATA ?? '', 'domain', 'vectors.json')
const given = process.env.HUB_TEST_DATA !== undefined && existsSync(DATA)
const CENTIMETRE = 0.01
/** A centimetre, in degrees of longitude. */
const DEGREES = CENTIMETRE / 111_320

describe('ontology: coordinates', () => {
  let coordinates: Coordinates
  const system = (name: string) => {
    const known = coordinates.system(name)
    if (!known) throw new Error(`${name} is not known`)
    return known
  }
  const near = (found: XY, wanted: XY, tolerance: number): void => {
    expect(found[0]).to.be.closeTo(wanted[0], tolerance)
    expect(found[1]).to.be.closeTo(wanted[1], tolerance)
  }
  before(async () => {
    coordinates = await loadCoordinates()
  })

  it('turn VN-2000 into WGS84 and back within a centimetre', () => {
    for (const [wgs84, vn2000] of POINTS) {
      near(coordinates.fromWgs84(wgs84, system('EPSG:9213')), vn2000, CENTIMETRE)
      near(coordinates.toWgs84(vn2000, system('EPSG:9213')), wgs84, DEGREES)
    }
  })

  it('come back as they were, but for a millimetre', () => {
    for (const [, vn2000] of POINTS) {
      const wgs84 = coordinates.toWgs84(vn2000, system('EPSG:9213'))
      near(coordinates.fromWgs84(wgs84, system('EPSG:9213')), vn2000, 0.0015)
    }
  })

  it('come back as they were from every system that is known', () => {
    for (const name of [
      'OGC:CRS84',
      'EPSG:4756',
      'EPSG:3405',
      'EPSG:5897',
      'EPSG:9205',
      'EPSG:9212',
      'EPSG:32648',
    ]) {
      const there = coordinates.fromWgs84([105.8482, 21.5942], system(name))
      near(coordinates.toWgs84(there, system(name)), [105.8482, 21.5942], 2 * DEGREES)
    }
  })

  it('are shifted by the seven parameters: without them a place is 224 m off', () => {
    const [
      [wgs84, vn2000] = [
        [0, 0],
        [0, 0],
      ] as const,
    ] = POINTS
    const [east, north] = coordinates.fromWgs84(wgs84, system('EPSG:9213'))
    expect(Math.hypot(east - 432509.607, north - 2388769.638)).to.be.closeTo(224, 1)
    near([east, north], vn2000, CENTIMETRE)
    near(coordinates.fromWgs84(wgs84, system('EPSG:3405')), [587604.934, 2388258.68], CENTIMETRE)
    near(coordinates.fromWgs84(wgs84, system('EPSG:5897')), [587631.226, 2388975.444], CENTIMETRE)
  })

  const title = given ? '' : 'SKIPPED (HUB_TEST_DATA names no folder with vectors.json): '
  it(`${title}agree with the test vectors of the domain`, function () {
    if (!given) this.skip()
    const { vn2000 } = JSON.parse(readFileSync(DATA, 'utf8')) as {
      vn2000: { points_wgs84_lat_lon_to_E_N: [number, number, number, number][] } // as its file says
    }
    expect(vn2000.points_wgs84_lat_lon_to_E_N).to.have.length.above(3)
    for (const [latitude, longitude, east, north] of vn2000.points_wgs84_lat_lon_to_E_N) {
      near(coordinates.fromWgs84([longitude, latitude], system('EPSG:9213')), [east, north], CENTIMETRE)
      near(coordinates.toWgs84([east, north], system('EPSG:9213')), [longitude, latitude], DEGREES)
    }
  })

  it('of geometries keep their shape and heights', () => {
    const line = {
      type: 'LineString',
      coordinates: [
        [432314.364, 2388879.346, 30],
        [430609.596, 2377670.616, 31],
      ],
    }
    const { coordinates: found } = mapGeometry(line, (xy) => coordinates.toWgs84(xy, system('EPSG:9213')))
    expect((found as number[][]).map((position) => position[2])).to.deep.equal([30, 31])
    near((found as [number, number][])[0] ?? [0, 0], [105.8482, 21.5942], DEGREES)
  })

  it('name their system in every usual way', () => {
    for (const name of [
      'EPSG:9213',
      'epsg:9213',
      '9213',
      'urn:ogc:def:crs:EPSG::9213',
      'http://www.opengis.net/def/crs/EPSG/0/9213',
    ])
      expect(systemId(name)).to.equal('EPSG:9213', name)
    expect(systemId('http://www.opengis.net/def/crs/OGC/1.3/CRS84')).to.equal('OGC:CRS84')
    expect(systemId('VN-2000')).to.equal(undefined)
    expect(systemUri('EPSG:9213')).to.equal('http://www.opengis.net/def/crs/EPSG/0/9213')
    expect(systemUri('OGC:CRS84')).to.equal('http://www.opengis.net/def/crs/OGC/1.3/CRS84')
    expect(coordinates.system('EPSG:2154')).to.equal(undefined)
  })

  it('may be of systems that are declared besides', async () => {
    const definition =
      '+proj=tmerc +lat_0=0 +lon_0=106.5 +k=0.9999 +x_0=500000 +y_0=0 +datum=WGS84 +units=m +no_defs'
    const more = await loadCoordinates([{ id: 'EPSG:990001', name: 'own', unit: 'metre', definition }])
    const own = more.system('EPSG:990001')
    expect(own && more.fromWgs84([105.8482, 21.5942], own)).to.deep.equal([432509.607, 2388769.638])
  })
})

describe('ontology: plausible coordinates', () => {
  let coordinates: Coordinates
  before(async () => {
    coordinates = await loadCoordinates()
  })
  const told = (...positions: XY[]): string[] =>
    readingsOf(positions, coordinates).map(
      ({ system, swapped }) => `${system.id}${swapped ? ' swapped' : ''}`,
    )
  const fault = (check: () => unknown): CoordinateFault => {
    try {
      check()
    } catch (error) {
      if (error instanceof CoordinateFault) return error
      throw error
    }
    throw new Error('Nothing was refused')
  }

  it('have one reading in the province: VN-2000 or WGS84, in either order', () => {
    expect(told([432314.364, 2388879.346])).to.deep.equal(['EPSG:9213'])
    expect(told([2388879.346, 432314.364])).to.deep.equal(['EPSG:9213 swapped'])
    expect(told([105.8482, 21.5942])).to.deep.equal(['OGC:CRS84'])
    expect(told([21.5942, 105.8482])).to.deep.equal(['OGC:CRS84 swapped'])
    expect(
      plausibleReading(
        [
          [21.5942, 105.8482],
          [21.4929, 105.8322],
        ],
        coordinates,
      ).swapped,
    ).to.equal(true)
  })

  it('are refused where two readings put them into the province, and where none does', () => {
    expect(told([587604.934, 2388258.68])).to.have.members(['EPSG:3405', 'EPSG:5897', 'EPSG:32648'])
    expect(fault(() => plausibleReading([[587604.934, 2388258.68]], coordinates)).message).to.match(
      /^Coordinates may be EPSG:3405 or .*: the reference system must be declared$/,
    )
    expect(fault(() => plausibleReading([[0, 0]], coordinates)).likelier).to.equal(false)
    expect(fault(() => plausibleReading([[106.7, 10.8]], coordinates)).likelier).to.equal(false)
  })

  it('that were declared wrongly say what they rather are', () => {
    const declared =
      (name: string, ...positions: XY[]) =>
      () => {
        const system = coordinates.system(name)
        return system && checkedReading(positions, system, coordinates)
      }
    expect(declared('EPSG:9213', [432314.364, 2388879.346])()?.swapped).to.equal(false)
    expect(declared('EPSG:9212', [458136, 2388879])()?.swapped).to.equal(false)
    const swapped = fault(declared('EPSG:9213', [2388879.346, 432314.364]))
    expect(swapped.message).to.equal(
      'Coordinates lie outside the area as EPSG:9213, but inside as EPSG:9213 with north before east',
    )
    expect(swapped.likelier).to.equal(true)
    expect(fault(declared('OGC:CRS84', [21.5942, 105.8482])).message).to.include(
      'inside as OGC:CRS84 with north before east',
    )
    expect(fault(declared('EPSG:9213', [105.8482, 21.5942])).message).to.include('inside as OGC:CRS84')
    expect(fault(declared('EPSG:9213', [587604.934, 2388258.68])).message).to.include('EPSG:3405')
    expect(fault(declared('EPSG:9213', [0, 0])).likelier).to.equal(false)
  })
})

describe('ontology: .prj files', () => {
  const prj = (datum: string, meridian: string, scale: string): string =>
    `PROJCS["any name",GEOGCS["g",DATUM["${datum}",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",${meridian}],PARAMETER["Scale_Factor",${scale}],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`

  it('are read by their numbers', () => {
    expect(readPrj(prj('D_Vietnam_2000', '106.5', '0.9999'))).to.equal('EPSG:9213')
    expect(readPrj(prj('D_VN_2000', '105.0', '0.9996'))).to.equal('EPSG:3405')
    expect(readPrj(prj('D_VN_2000', '105.0', '0.9999'))).to.equal('EPSG:5897')
    expect(readPrj(prj('D_WGS_1984', '105.0', '0.9996'))).to.equal('EPSG:32648')
    expect(
      readPrj('GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]]]'),
    ).to.equal('OGC:CRS84')
    expect(
      readPrj('GEOGCS["GCS_VN_2000",DATUM["D_Vietnam_2000",SPHEROID["WGS_1984",6378137.0,298.257223563]]]'),
    ).to.equal('EPSG:4756')
  })

  it('that say something else leave it to the coordinates', () => {
    expect(readPrj(prj('D_WGS_1984', '106.5', '0.9999'))).to.equal(undefined)
    expect(readPrj(prj('D_VN_2000', '106.4', '0.9999'))).to.equal(undefined)
    expect(readPrj(prj('D_Indian_1960', '105.0', '0.9996'))).to.equal(undefined)
    expect(readPrj('')).to.equal(undefined)
  })
})
