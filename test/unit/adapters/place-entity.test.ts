import { expect } from 'chai'
import type { PlacesDefinition } from '../../../adapters/kit/definition/feed-definition.ts'
import { dayOf, packagedPlaces, unitNamed } from '../../../adapters/kit/mapping/feed-places.ts'
import { expressionMapper } from '../../../adapters/kit/mapping/jsonata-mapper.ts'
import type { MapContext } from '../../../adapters/kit/mapping/mapper.ts'
import { placeEntity } from '../../../adapters/kit/mapping/place-entity.ts'
import type { EntityDocument } from '../../../adapters/kit/values/entity-document.ts'
import { RecordFault } from '../../../adapters/kit/values/fault.ts'
import { isJsonMap, type Json, type JsonMap, member } from '../../../adapters/kit/values/json.ts'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { boundaryOf } from '../../../ontology/places/boundary.ts'
import { createPlaces } from '../../../ontology/places/places.ts'

const UNIT = 'urn:ngsi-ld:AdministrativeUnit:vn-19-'
const box = boundaryOf({
  type: 'Polygon',
  coordinates: [
    [
      [105.8, 21.55],
      [105.9, 21.55],
      [105.9, 21.65],
      [105.8, 21.65],
      [105.8, 21.55],
    ],
  ],
})
const packaged = packagedPlaces()
const places = {
  ...packaged,
  units: createPlaces(
    () => readOntology(packageRoot).administrativeUnits,
    new Map([
      [`${UNIT}05443-20250701`, box],
      [`${UNIT}164-until-20250630`, box],
    ]),
  ),
}
const parcel = (coordinates: Json, more: JsonMap = {}): EntityDocument => ({
  id: 'urn:ngsi-ld:Thing:1',
  type: 'Thing',
  location: { type: 'GeoProperty', value: { type: 'Point', coordinates } },
  note: { type: 'Property', value: { type: 'Point', coordinates } },
  ...more,
})
const placed = async (document: EntityDocument, definition: PlacesDefinition) =>
  placeEntity(document, definition, places)
const positionOf = (document: EntityDocument): number[] => {
  const value = member(document.location, 'value')
  return (isJsonMap(value) ? value.coordinates : []) as number[] // a Point
}
const refusal = async (work: Promise<unknown>): Promise<RecordFault> => {
  const fault = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (fault instanceof RecordFault) return fault
  throw new Error('Nothing was refused')
}

describe('adapters: places of entities', () => {
  it('come from the reference system that the feed declares', async () => {
    const found = await placed(parcel([432314.364, 2388879.346, 30]), { crs: 'EPSG:9213' })
    const [east = 0, north = 0, height] = positionOf(found)
    expect(east).to.be.closeTo(105.8482, 1e-7)
    expect(north).to.be.closeTo(21.5942, 1e-7)
    expect(height).to.equal(30)
    expect(member(member(found.note, 'value'), 'coordinates')).to.deep.equal([432314.364, 2388879.346, 30])
  })

  it('tell their system themselves where one alone puts them into the province', async () => {
    for (const given of [
      [432314.364, 2388879.346],
      [2388879.346, 432314.364],
      [105.8482, 21.5942],
      [21.5942, 105.8482],
    ]) {
      const [east = 0, north = 0] = positionOf(await placed(parcel(given), { crs: 'detect' }))
      expect(east).to.be.closeTo(105.8482, 1e-7)
      expect(north).to.be.closeTo(21.5942, 1e-7)
    }
  })

  it('are set aside where they cannot be what they are said to be', async () => {
    const swapped = await refusal(placed(parcel([2388879.346, 432314.364]), { crs: 'EPSG:9213' }))
    expect(swapped.reason).to.equal('implausible')
    expect(swapped.message).to.include('north before east').and.not.to.include('2388879')
    expect((await refusal(placed(parcel([587604.934, 2388258.68]), { crs: 'detect' }))).message).to.include(
      'must be declared',
    )
    expect((await refusal(placed(parcel([106.7, 10.8]), { crs: 'detect' }))).reason).to.equal('implausible')
    expect((await refusal(placed(parcel([1, 2]), { crs: 'EPSG:2154' }))).message).to.include('EPSG:2154')
  })

  it('may be elsewhere where the feed says so', async () => {
    const extent = [106.3, 10.3, 107.1, 11.2] as const
    expect(positionOf(await placed(parcel([106.7, 10.8]), { crs: 'detect', extent }))).to.deep.equal([
      106.7, 10.8,
    ])
  })

  it('name the unit of their time, unless the record did', async () => {
    const observed = (observedAt: string) => ({ level: { type: 'Property', value: 1, observedAt } })
    const unitOf = async (document: EntityDocument) =>
      member((await placed(document, { unit: 'location' })).refAdministrativeUnit, 'object')
    const since = parcel([105.85, 21.6], observed('2025-06-30T17:00:00Z'))
    expect(await unitOf(since)).to.equal(`${UNIT}05443-20250701`)
    expect(await unitOf(parcel([105.85, 21.6], observed('2025-06-30T16:59:59Z')))).to.equal(
      `${UNIT}164-until-20250630`,
    )
    const reading = async (at: string) =>
      member(
        (await placed(parcel([105.85, 21.6], observed(at)), { unit: 'location' })).refAdministrativeUnit,
        'observedAt',
      )
    // since when the unit is there, where that is known: no reading of before takes its place
    expect(await reading('2026-02-03T04:05:06Z')).to.equal('2025-06-30T17:00:00.000Z')
    expect(await reading('2025-02-03T04:05:06Z')).to.equal('2025-02-03T04:05:06Z')
    const timeless = await placed(parcel([105.85, 21.6]), { unit: 'location' })
    expect(timeless.refAdministrativeUnit).to.deep.equal({
      type: 'Relationship',
      object: `${UNIT}05443-20250701`,
    })
    const named = { type: 'Relationship', object: 'urn:x:unit' }
    expect(await unitOf({ ...since, refAdministrativeUnit: named })).to.equal('urn:x:unit')
    expect(await unitOf(parcel([105.1, 21.6]))).to.equal(undefined)
    expect(await unitOf({ id: 'urn:x', type: 'T' })).to.equal(undefined)
  })

  it('are found by name or code of that time, and never guessed', () => {
    const named = (name: string, time?: string) => unitNamed(places, { name }, time)
    expect(named('TP. Sông Công', '2025-01-01T00:00:00Z')).to.equal(`${UNIT}165-20150515`)
    expect(() => named('TP. Sông Công', '2025-07-02T00:00:00Z')).to.throw(
      RecordFault,
      'no administrative unit on 2025-07-02',
    )
    expect(() => named('Trung Thành', '2025-01-01T00:00:00Z')).to.throw(RecordFault, /several.*05476.*05899/)
    expect(unitNamed(places, { code: '05443' }, '2025-01-01T00:00:00Z')).to.equal(
      `${UNIT}05443-until-20250630`,
    )
    expect(dayOf('2025-06-30T17:00:00Z')).to.equal('2025-07-01')
  })

  it('can be worked out in an expression', async () => {
    const expression =
      '{ "id": "urn:x:1", "type": "T", "a": $unitNamed(ward, $time(at)), "b": $unitOfCode(code, $time(at)), "c": $unitAt(x, y, $time(at)), "d": $wgs84(e, n, "EPSG:9213"), "e": $unitNamed(missing) }'
    const map = expressionMapper({ expression }, 'feed.yaml', places)
    const record = {
      ward: 'P. Phan Đình Phùng',
      at: '2026-01-01',
      code: '05467',
      x: 105.85,
      y: '21.6',
      e: 432314.364,
      n: 2388879.346,
    }
    const [found] = await map(record, {} as MapContext) // the expression looks at nothing of it
    const { d, ...named } = found ?? { d: [] }
    expect(named).to.deep.equal({
      id: 'urn:x:1',
      type: 'T',
      a: `${UNIT}05443-20250701`,
      b: `${UNIT}05467-20250701`,
      c: `${UNIT}05443-20250701`,
    })
    expect((d as number[]).map((degrees) => Number(degrees.toFixed(6)))).to.deep.equal([105.8482, 21.5942])
  })
})
