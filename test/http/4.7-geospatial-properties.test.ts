import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'

const ring = [
  [105, 21],
  [106, 21],
  [106, 22],
  [105, 21],
]
const refusedAs = 'BadRequestData'

describe('4.7.1 GeoJSON Geometries', () => {
  const api = useApi()

  describe('keeps all geometries but collections as they are given', () => {
    for (const [type, coordinates] of [
      ['Point', [105.8, 21.5]],
      ['Point', [105.8, 21.5, 30]],
      [
        'MultiPoint',
        [
          [105, 21],
          [106, 22],
        ],
      ],
      [
        'LineString',
        [
          [105, 21],
          [106, 22],
        ],
      ],
      [
        'MultiLineString',
        [
          [
            [105, 21],
            [106, 22],
          ],
        ],
      ],
      ['Polygon', [ring]],
      ['Polygon', [ring, ring]],
      ['MultiPolygon', [[ring]]],
    ] as const) {
      it(`keeps a ${type} as it is given: ${JSON.stringify(coordinates).slice(0, 40)}`, async () => {
        const id = `urn:g:${type}:${JSON.stringify(coordinates).length}`
        const a = { type: 'GeoProperty', value: { type, coordinates } }
        await api.create(id, { a })
        expect((await api.read(id)).a).to.deep.equal(a)
      })
    }
  })

  it('keeps a polygon that crosses itself', async () => {
    const bowTie = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [2, 2],
          [2, 0],
          [0, 2],
          [0, 0],
        ],
      ],
    }
    await api.create('urn:g:bow', { location: bowTie })
    expect((await api.read('urn:g:bow', '?format=simplified')).location).to.deep.equal(bowTie)
  })

  describe('refuses what is no geometry of GeoJSON, or a collection of them', () => {
    for (const [title, value] of [
      ['a GeometryCollection', { type: 'GeometryCollection', geometries: [] }],
      ['a geometry without coordinates', { type: 'Point' }],
      ['a longitude beyond 180', { type: 'Point', coordinates: [180.1, 0] }],
      ['a latitude beyond 90', { type: 'Point', coordinates: [0, -90.1] }],
      ['a position of one number', { type: 'Point', coordinates: [1] }],
      ['a position of texts', { type: 'Point', coordinates: ['1', '2'] }],
      ['a line of one position', { type: 'LineString', coordinates: [[1, 2]] }],
      [
        'a ring that does not close',
        {
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 1],
            ],
          ],
        },
      ],
      [
        'a ring of three positions',
        {
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              [1, 0],
              [0, 0],
            ],
          ],
        },
      ],
      ['a text that is no geometry', 'here'],
      ['no geometry', 7],
    ] as const) {
      it(title, async () => {
        const body = { id: 'urn:g:none', type: 'Room', a: { type: 'GeoProperty', value } }
        await api.refused(api.write('POST', ENTITIES, body), 400, refusedAs)
        await api.absent('urn:g:none')
      })
    }

    for (const name of ['location', 'observationSpace', 'operationSpace'])
      it(`a ${name} that is no GeoProperty`, async () => {
        for (const value of ['here', { type: 'Property', value: 'here' }, { object: 'urn:g:1' }])
          await api.refused(
            api.write('POST', ENTITIES, { id: 'urn:g:none', type: 'Room', [name]: value }),
            400,
            refusedAs,
          )
        await api.absent('urn:g:none')
      })
  })
})

describe('4.7.2 Representation of GeoJSON Geometries in JSON-LD', () => {
  const api = useApi()

  it('reads a geometry that comes as JSON text', async () => {
    const geometry = { type: 'Point', coordinates: [105.8, 21.5] }
    await api.create('urn:g:text', { location: { type: 'GeoProperty', value: JSON.stringify(geometry) } })
    expect((await api.read('urn:g:text')).location.value).to.deep.equal(geometry)
    expect(
      await api.ids('georel=near;maxDistance==1&geometry=Point&coordinates=[105.8,21.5]'),
    ).to.have.length(1)
  })
})

describe('4.7.3 Concise NGSI-LD GeoProperty', () => {
  const api = useApi()
  const geometry = { type: 'Point', coordinates: [105.8, 21.5] }

  it('is known by its geometry, bare or as value', async () => {
    await api.create('urn:g:c', { a: geometry, b: { value: geometry, observedAt: '2026-01-01T00:00:00Z' } })
    const entity = await api.read('urn:g:c')
    expect([entity.a.type, entity.b.type]).to.deep.equal(['GeoProperty', 'GeoProperty'])
    const concise = await api.read('urn:g:c', '?format=concise')
    expect(concise).to.deep.include({
      a: geometry,
      b: { value: geometry, observedAt: '2026-01-01T00:00:00Z' },
    })
  })
})
