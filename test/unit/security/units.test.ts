import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import { parseDateTime } from '../../../broker/core/model/time.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { boundaryOf } from '../../../ontology/places/boundary.ts'
import { createPlaces } from '../../../ontology/places/places.ts'
import { createMaskKeys } from '../../../security/masking/mask-keys.ts'
import { createMaskKit, type MaskMethod } from '../../../security/masking/mask-kit.ts'
import { createUnits, type UnitLevel } from '../../../security/masking/units.ts'
import { entity, property } from './support/entities.ts'
import { iri } from './support/vocabulary.ts'

const file = join(packageRoot, 'ontology/generated/v1/administrative-units.json')
const entities = () => JSON.parse(readFileSync(file, 'utf8'))
const units = createUnits(createPlaces(entities))
const unit = (key: string) => `urn:ngsi-ld:AdministrativeUnit:vn-19-${key}`
const HOME = [105.8312, 21.5901] // in what was Hoàng Văn Thụ ward
const SINCE = parseDateTime('2025-08-01T00:00:00Z') ?? 0
const BEFORE = parseDateTime('2025-03-01T00:00:00Z') ?? 0

const standing = (coordinates: JsonValue, at: number, level: UnitLevel = 'commune', named?: JsonValue) =>
  units.standFor(
    { geometry: { type: 'Point', coordinates }, at, ...(named !== undefined && { named }) },
    level,
  )?.coordinates

describe('security/masking: administrative units', () => {
  it('tells the commune since 2025-07-01 and the city before, by the nearest point that is known', () => {
    expect(standing(HOME, SINCE)).to.deep.equal([105.83377, 21.58873])
    expect(standing(HOME, BEFORE)).to.deep.equal([105.8482, 21.5942])
    const lastMoment = parseDateTime('2025-06-30T16:59:59Z') ?? 0
    expect(standing(HOME, lastMoment)).to.deep.equal([105.8482, 21.5942])
    expect(standing(HOME, lastMoment + 1_000_000)).to.deep.equal([105.83377, 21.58873])
  })

  it('tells the unit whose boundary holds the place, where one is known, however near the point of another', () => {
    const around = boundaryOf({
      type: 'Polygon',
      coordinates: [
        [
          [105.83, 21.58],
          [105.84, 21.58],
          [105.84, 21.6],
          [105.83, 21.6],
          [105.83, 21.58],
        ],
      ],
    })
    const bounded = createUnits(createPlaces(entities, new Map([[unit('05500-20250701'), around]])))
    const told = (coordinates: JsonValue, at: number) =>
      bounded.standFor({ geometry: { type: 'Point', coordinates }, at }, 'commune')?.coordinates
    expect(told(HOME, SINCE)).to.deep.equal([105.85073, 21.54318])
    expect(told(HOME, BEFORE)).to.deep.equal([105.8482, 21.5942])
    expect(told([105.85721, 21.61306], SINCE)).to.deep.equal([105.85721, 21.61306])
  })

  it('tells the province of its time', () => {
    expect(standing(HOME, SINCE, 'province')).to.deep.equal([105.82383, 22.0239])
    expect(standing(HOME, BEFORE, 'province')).to.deep.equal([105.82353, 21.69266])
  })

  it('goes by the unit that is named: its own point, that of its successor, that of the city where it was split', () => {
    expect(standing(HOME, SINCE, 'commune', unit('05518-20250701'))).to.deep.equal([105.849, 21.45794])
    expect(standing(HOME, BEFORE, 'commune', unit('05440-until-20250630'))).to.deep.equal([
      105.83377, 21.58873,
    ])
    expect(standing(HOME, BEFORE, 'commune', unit('05461-until-20250630'))).to.deep.equal([105.8482, 21.5942])
    expect(standing(HOME, SINCE, 'province', unit('05518-20250701'))).to.deep.equal([105.82383, 22.0239])
    expect(standing(HOME, SINCE, 'commune', 'urn:ngsi-ld:AdministrativeUnit:unknown')).to.deep.equal([
      105.83377, 21.58873,
    ])
  })

  it('tells nothing where no unit is known', () => {
    expect(standing([106.7, 10.8], SINCE)).to.equal(undefined)
    expect(standing([106.7, 10.8], SINCE, 'province')).to.equal(undefined)
    expect(standing('here', SINCE)).to.equal(undefined)
  })

  it('takes the place of lines and areas', () => {
    expect(
      units.standFor({ geometry: { type: 'LineString', coordinates: [HOME, HOME] }, at: SINCE }, 'commune'),
    ).to.deep.equal({
      type: 'Point',
      coordinates: [105.83377, 21.58873],
    })
  })

  const kit = createMaskKit(createMaskKeys({ secret: Buffer.alloc(32, 1) }), units)
  const masked = (
    method: MaskMethod,
    more = {},
    kind: 'GeoProperty' | 'Property' = 'GeoProperty',
    value?: JsonValue,
  ) =>
    kit.mask(method, { purpose: 'p', keeps: () => true })(
      property(value ?? { type: 'Point', coordinates: HOME }, { kind, ...more }),
      iri('location'),
      entity({
        attributes: { requestedAt: property({ '@type': 'DateTime', '@value': '2025-03-01T00:00:00Z' }) },
      }),
    )?.value

  it('dates a place by its observation, else by the attribute that the rule names, else by the entity', () => {
    expect(masked({ method: 'unit' }, { observedAt: SINCE })).to.have.deep.property(
      'coordinates',
      [105.83377, 21.58873],
    )
    expect(masked({ method: 'unit', dated: iri('requestedAt') })).to.have.deep.property(
      'coordinates',
      [105.8482, 21.5942],
    )
  })

  it('leaves of an address what names units, and of other values nothing', () => {
    const address = { addressRegion: 'Thái Nguyên', addressLocality: 'Tân Lập', streetAddress: 'Số 1' }
    expect(masked({ method: 'unit' }, {}, 'Property', address)).to.deep.equal({
      addressRegion: 'Thái Nguyên',
      addressLocality: 'Tân Lập',
    })
    expect(masked({ method: 'unit', level: 'province' }, {}, 'Property', address)).to.deep.equal({
      addressRegion: 'Thái Nguyên',
    })
    expect(masked({ method: 'unit' }, {}, 'Property', 'Số 1, ngõ 2')).to.equal(undefined)
    expect(masked({ method: 'unit' }, {}, 'Property', { streetAddress: 'Số 1' })).to.equal(undefined)
  })
})
