import { expect } from 'chai'
import { ENTITIES, query, useApi } from '../support/api.ts'

describe('4.10 NGSI-LD Geoquery Language', () => {
  const api = useApi()
  const square = (x: number, y: number, size: number) => [
    [
      [x, y],
      [x + size, y],
      [x + size, y + size],
      [x, y + size],
      [x, y],
    ],
  ]
  before(async () => {
    await api.create('urn:g:point', { location: { type: 'Point', coordinates: [105.5, 21.5] } })
    await api.create('urn:g:square', { location: { type: 'Polygon', coordinates: square(105, 21, 1) } })
    await api.create('urn:g:far', { location: { type: 'Point', coordinates: [-70, -30] } })
    await api.create('urn:g:line', {
      place: {
        type: 'LineString',
        coordinates: [
          [105, 21],
          [105.4, 21.4],
        ],
      },
    })
    await api.create('urn:g:none', { location2: 1 })
    await api.create('urn:g:several', {
      type: 'Several',
      location: [
        { type: 'GeoProperty', value: { type: 'Point', coordinates: [10, 10] } },
        { type: 'GeoProperty', value: { type: 'Point', coordinates: [20, 20] }, datasetId: 'urn:g:d' },
      ],
    })
  })
  const found = async (
    georel: string,
    geometry: string,
    coordinates: unknown,
    more: Record<string, string> = {},
  ) => {
    const ids = await api.ids(
      query({ type: 'Room', georel, geometry, coordinates: JSON.stringify(coordinates), ...more }),
    )
    return ids.map((id) => id.slice(6))
  }

  describe('stands each relation to a reference geometry, and matches nothing without the GeoProperty', () => {
    for (const [georel, geometry, coordinates, expected] of [
      ['near;maxDistance==1000', 'Point', [105.5, 21.505], ['point', 'square']],
      ['near;maxDistance==12000', 'Point', [106.1, 21.5], ['square']],
      ['near;maxDistance==9000', 'Point', [106.1, 21.5], []],
      ['near;minDistance==1000000', 'Point', [105.5, 21.5], ['far']],
      ['within', 'Polygon', square(104, 20, 3), ['point', 'square']],
      ['within', 'Polygon', square(105.4, 21.4, 0.2), ['point']],
      ['contains', 'Point', [105.5, 21.5], ['point', 'square']],
      ['contains', 'Point', [105.2, 21.5], ['square']],
      [
        'intersects',
        'LineString',
        [
          [104, 21.5],
          [105.2, 21.5],
        ],
        ['square'],
      ],
      ['equals', 'Point', [105.5, 21.5], ['point']],
      ['equals', 'Polygon', square(105, 21, 1), ['square']],
      ['disjoint', 'Polygon', square(104, 20, 3), ['far']],
      ['overlaps', 'Polygon', square(105.5, 21.5, 1), ['square']],
      ['overlaps', 'Polygon', square(105.2, 21.2, 0.1), []],
      ['within', 'MultiPolygon', [square(105.4, 21.4, 0.2), square(-71, -31, 2)], ['far', 'point']],
    ] as const) {
      it(`${georel} ${geometry} ${JSON.stringify(coordinates).slice(0, 40)}`, async () => {
        expect(await found(georel, geometry, coordinates)).to.deep.equal(expected)
      })
    }
  })

  it('looks at another GeoProperty when geoproperty names one', async () => {
    expect(await found('intersects', 'Point', [105.2, 21.2], { geoproperty: 'place' })).to.deep.equal([
      'line',
    ])
    expect(await found('disjoint', 'Point', [0, 0], { geoproperty: 'location2' })).to.deep.equal([])
  })

  it('matches when any instance does', async () => {
    for (const at of [10, 20])
      expect(await found('equals', 'Point', [at, at], { type: 'Several' })).to.deep.equal(['several'])
  })

  it('measures across the date line', async () => {
    await api.create('urn:g:fiji', { type: 'Isle', location: { type: 'Point', coordinates: [179.99, -17] } })
    expect(await found('near;maxDistance==5000', 'Point', [-179.99, -17], { type: 'Isle' })).to.deep.equal([
      'fiji',
    ])
  })

  describe('refuses what is no geoquery', () => {
    for (const [title, parameters] of [
      ['georel alone', { georel: 'within' }],
      ['geometry without georel', { geometry: 'Point', coordinates: '[1,2]' }],
      ['georel and geometry without coordinates', { georel: 'within', geometry: 'Point' }],
      ['geoproperty alone', { geoproperty: 'location' }],
      ['an unknown relation', { georel: 'touches', geometry: 'Point', coordinates: '[1,2]' }],
      ['near without a distance', { georel: 'near', geometry: 'Point', coordinates: '[1,2]' }],
      [
        'near with two distances',
        { georel: 'near;maxDistance==1;minDistance==1', geometry: 'Point', coordinates: '[1,2]' },
      ],
      ['a distance of 0', { georel: 'near;maxDistance==0', geometry: 'Point', coordinates: '[1,2]' }],
      ['a negative distance', { georel: 'near;maxDistance==-1', geometry: 'Point', coordinates: '[1,2]' }],
      [
        'a distance with one equals sign',
        { georel: 'near;maxDistance=1', geometry: 'Point', coordinates: '[1,2]' },
      ],
      ['a distance for within', { georel: 'within;maxDistance==1', geometry: 'Point', coordinates: '[1,2]' }],
      ['a GeometryCollection', { georel: 'within', geometry: 'GeometryCollection', coordinates: '[1,2]' }],
      ['coordinates that are no JSON', { georel: 'within', geometry: 'Point', coordinates: '1,2' }],
      ['coordinates of another geometry', { georel: 'within', geometry: 'Polygon', coordinates: '[1,2]' }],
      ['coordinates off the earth', { georel: 'within', geometry: 'Point', coordinates: '[1,200]' }],
      [
        'a geoproperty that is no name',
        { georel: 'within', geometry: 'Point', coordinates: '[1,2]', geoproperty: '1a' },
      ],
    ] as const) {
      it(title, () =>
        api
          .refused(api.send(`${ENTITIES}?${query({ type: 'Room', ...parameters })}`), 400, 'BadRequestData')
          .then(() => undefined),
      )
    }
  })
})
