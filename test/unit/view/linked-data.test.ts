import { expect } from 'chai'
import { writeWkt } from '../../../broker/core/geo/write-wkt.ts'
import type { JsonObject, JsonValue } from '../../../broker/core/model/json.ts'
import type { Geometry } from '../../../broker/core/query/ast.ts'
import { asLinkedData, type GraphStyle } from '../../../broker/core/view/linked-data.ts'

const A = 'https://example.org/a'
const LINKED: GraphStyle = {
  datatype: (name) =>
    name === 'none' ? undefined : name.includes(':') ? name : `https://uri.etsi.org/ngsi-ld/${name}`,
  wkt: true,
}
const MEMBERS = ['@context', '@type', '@value', 'a', 'coordinates', 'id', 'more', 'type']
const RDF_JSON = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON'
const json = (value: JsonValue) => ({
  '@type': RDF_JSON,
  '@value': JSON.stringify(value, MEMBERS),
})

describe('JSON-LD of one graph', () => {
  const property = (value: JsonValue): JsonValue | undefined => {
    const { [A]: attribute } = asLinkedData({ id: 'urn:x', [A]: { type: 'Property', value } }, LINKED)
    return (attribute as JsonObject).value
  }

  const values: readonly (readonly [JsonValue, JsonValue])[] = [
    ['text', 'text'],
    [0, 0],
    [false, false],
    [
      ['a', 1, true],
      ['a', 1, true],
    ],
    [[], []],
    [[1, [2]], json([1, [2]])],
    [[{ a: 1 }], json([{ a: 1 }])],
    [
      { id: 5, type: 6, '@context': 'http://example.org/' },
      json({ id: 5, type: 6, '@context': 'http://example.org/' }),
    ],
    [{ '@value': 'x' }, json({ '@value': 'x' })],
    [
      { '@type': 'DateTime', '@value': '2026-01-01T00:00:00Z' },
      { '@type': 'DateTime', '@value': '2026-01-01T00:00:00Z' },
    ],
    [
      { '@type': 'x:y', '@value': 5 },
      { '@type': 'x:y', '@value': 5 },
    ],
    [{ '@type': '@json', '@value': [null] }, json([null])],
    [{ '@type': RDF_JSON, '@value': 'no JSON' }, json({ '@type': RDF_JSON, '@value': 'no JSON' })],
    [{ '@type': 'none', '@value': 5 }, json({ '@type': 'none', '@value': 5 })],
    [{ '@type': 'x:y', '@value': {} }, json({ '@type': 'x:y', '@value': {} })],
    [{ '@type': 'x:y', '@value': 5, more: 1 }, json({ '@type': 'x:y', '@value': 5, more: 1 })],
    [{ type: 'Point', coordinates: ['x'] }, json({ type: 'Point', coordinates: ['x'] })],
  ]
  for (const [given, expected] of values) {
    it(`writes ${JSON.stringify(given)}`, () => expect(property(given)).to.deep.equal(expected))
  }

  it('looks into sub-attributes, instances, lists and joined entities, and nowhere else', () => {
    const deep = { type: 'Property', value: { a: 1 } }
    const made = { type: 'Property', value: json({ a: 1 }) }
    const entity = { id: 'urn:x', type: A, [A]: [{ ...deep, [A]: deep }, deep] }
    expect(asLinkedData(entity, LINKED)).to.deep.equal({
      id: 'urn:x',
      type: A,
      [A]: [{ ...made, [A]: made }, made],
    })
    const relationship = { type: 'Relationship', object: 'urn:y', entity }
    expect(asLinkedData({ [A]: relationship }, LINKED)).to.deep.equal({
      [A]: { ...relationship, entity: asLinkedData(entity, LINKED) },
    })
    const raw = { type: 'JsonProperty', json: { value: { a: 1 }, [A]: deep } }
    const list = { type: 'ListProperty', valueList: [1, { a: 1 }] }
    const text = {
      '@type': RDF_JSON,
      '@value': JSON.stringify({ [A]: deep, value: { a: 1 } }, [A, ...MEMBERS, 'value']),
    }
    expect(asLinkedData({ [A]: [raw, list] }, LINKED)).to.deep.equal({
      [A]: [
        { type: 'JsonProperty', 'https://uri.etsi.org/ngsi-ld/hasJSON': text },
        { type: 'ListProperty', valueList: [1, json({ a: 1 })] },
      ],
    })
  })

  it('keeps geometries as GeoJSON where that is wanted', () => {
    const place = { type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 2] } }
    expect(asLinkedData({ [A]: place }, { ...LINKED, wkt: false })).to.deep.equal({ [A]: place })
  })
})

describe('Well-known text', () => {
  const table: readonly (readonly [Geometry, string])[] = [
    [{ type: 'Point', coordinates: [105.84, -21.5] }, 'POINT (105.84 -21.5)'],
    [{ type: 'Point', coordinates: [1, 2, 3] }, 'POINT Z (1 2 3)'],
    [{ type: 'Point', coordinates: [1, 2, 3, 4] }, 'POINT Z (1 2 3)'],
    [
      {
        type: 'MultiPoint',
        coordinates: [
          [1, 2],
          [3, 4],
        ],
      },
      'MULTIPOINT ((1 2), (3 4))',
    ],
    [
      {
        type: 'LineString',
        coordinates: [
          [1, 2],
          [3, 4],
        ],
      },
      'LINESTRING (1 2, 3 4)',
    ],
    [
      {
        type: 'LineString',
        coordinates: [
          [1, 2, 9],
          [3, 4],
        ],
      },
      'LINESTRING (1 2, 3 4)',
    ],
    [
      {
        type: 'LineString',
        coordinates: [
          [1, 2, 9],
          [3, 4, 9],
        ],
      },
      'LINESTRING Z (1 2 9, 3 4 9)',
    ],
    [
      {
        type: 'MultiLineString',
        coordinates: [
          [
            [1, 2],
            [3, 4],
          ],
          [
            [5, 6],
            [7, 8],
          ],
        ],
      },
      'MULTILINESTRING ((1 2, 3 4), (5 6, 7 8))',
    ],
    [
      {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 0],
          ],
        ],
      },
      'POLYGON ((0 0, 1 0, 1 1, 0 0))',
    ],
    [
      {
        type: 'MultiPolygon',
        coordinates: [
          [
            [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 0],
            ],
          ],
        ],
      },
      'MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))',
    ],
  ]
  for (const [geometry, text] of table) it(`writes ${text}`, () => expect(writeWkt(geometry)).to.equal(text))
})
