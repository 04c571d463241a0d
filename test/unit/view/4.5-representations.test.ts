import { expect } from 'chai'
import type { Instance } from '../../../broker/core/model/entity.ts'
import { LOCATION } from '../../../broker/core/model/iri.ts'
import type { JsonObject, JsonValue } from '../../../broker/core/model/json.ts'
import type { Projection } from '../../../broker/core/query/ast.ts'
import { renderKey } from '../../../broker/core/view/render-key.ts'
import type { RenderOptions } from '../../../broker/core/view/render-options.ts'
import { tableOf, term } from '../context/terms.ts'
import { DATASET, entity, ID, iri, LATER, NOW, stored, THEN } from '../merge/build.ts'
import { render, renderFeature } from './rendered.ts'

const table = tableOf(
  term('Point', 'https://purl.org/geojson/vocab#Point'),
  term('Good', 'https://example.org/aqi#Good'),
)
const point = { type: 'Point', coordinates: [105.84, 21.59] }

function kind(of: Instance['kind'], value: JsonValue, more: Partial<Instance> = {}): Instance {
  return { ...stored(value, more), kind: of }
}

function written(instances: readonly Instance[], options: RenderOptions): JsonValue | undefined {
  return render(entity({ it: instances }), options, table)?.it
}

function projection(terms: readonly string[], members: readonly string[] = []): Projection {
  return {
    members: new Set(members) as Projection['members'], // names of members
    attributes: new Map(terms.map((name) => [iri(name), undefined])),
  }
}

const normalized: RenderOptions = { format: 'normalized' }
const concise: RenderOptions = { format: 'concise' }
const simplified: RenderOptions = { format: 'simplified' }

describe('4.5.1 to 4.5.4 Entity representations', () => {
  const table: readonly (readonly [string, Instance, JsonValue, JsonValue, JsonValue])[] = [
    ['Property', stored(7), { type: 'Property', value: 7 }, 7, 7],
    [
      'Property with members',
      stored(7, { observedAt: THEN, unitCode: 'CEL', datasetId: DATASET }),
      { type: 'Property', value: 7, observedAt: '2026-01-01T00:00:00Z', unitCode: 'CEL', datasetId: DATASET },
      { value: 7, observedAt: '2026-01-01T00:00:00Z', unitCode: 'CEL', datasetId: DATASET },
      7,
    ],
    [
      'Property with a sub-attribute',
      stored(7, { attributes: { [iri('by')]: [stored('a')] } }),
      { type: 'Property', value: 7, by: { type: 'Property', value: 'a' } },
      { value: 7, by: 'a' },
      7,
    ],
    [
      'Property with a plain object',
      stored({ city: 'Phổ Yên' }),
      { type: 'Property', value: { city: 'Phổ Yên' } },
      { city: 'Phổ Yên' },
      { city: 'Phổ Yên' },
    ],
    [
      'Property with an object that has a type',
      stored({ type: 'x' }),
      { type: 'Property', value: { type: 'x' } },
      { value: { type: 'x' } },
      { type: 'x' },
    ],
    [
      'Property with an object that has a value member',
      stored({ value: 1 }),
      { type: 'Property', value: { value: 1 } },
      { value: { value: 1 } },
      { value: 1 },
    ],
    [
      'Property with an object that holds an attribute',
      stored({ a: { object: 'x' } }),
      { type: 'Property', value: { a: { object: 'x' } } },
      { value: { a: { object: 'x' } } },
      { a: { object: 'x' } },
    ],
    [
      'Property with a geometry',
      stored(point),
      { type: 'Property', value: point },
      { type: 'Property', value: point },
      point,
    ],
    ['Property with an array', stored([1, 2]), { type: 'Property', value: [1, 2] }, [1, 2], [1, 2]],
    [
      'Property with an array of attributes',
      stored([{ value: 1 }]),
      { type: 'Property', value: [{ value: 1 }] },
      { value: [{ value: 1 }] },
      [{ value: 1 }],
    ],
    [
      'Property with a valueType',
      stored('a', { valueType: 'https://example.org/aqi#Good' }),
      { type: 'Property', value: 'a', valueType: 'Good' },
      { value: 'a', valueType: 'Good' },
      'a',
    ],
    ['GeoProperty', kind('GeoProperty', point), { type: 'GeoProperty', value: point }, point, point],
    [
      'GeoProperty that a mask changed',
      kind('GeoProperty', 'hidden'),
      { type: 'GeoProperty', value: 'hidden' },
      { type: 'GeoProperty', value: 'hidden' },
      'hidden',
    ],
    [
      'LanguageProperty',
      kind('LanguageProperty', { vi: 'a' }),
      { type: 'LanguageProperty', languageMap: { vi: 'a' } },
      { languageMap: { vi: 'a' } },
      { languageMap: { vi: 'a' } },
    ],
    [
      'VocabProperty',
      kind('VocabProperty', 'https://example.org/aqi#Good'),
      { type: 'VocabProperty', vocab: 'Good' },
      { vocab: 'Good' },
      { vocab: 'Good' },
    ],
    [
      'VocabProperty with several',
      kind('VocabProperty', ['https://example.org/aqi#Good', iri('bad')]),
      { type: 'VocabProperty', vocab: ['Good', 'bad'] },
      { vocab: ['Good', 'bad'] },
      { vocab: ['Good', 'bad'] },
    ],
    [
      'JsonProperty',
      kind('JsonProperty', { id: null }),
      { type: 'JsonProperty', json: { id: null } },
      { json: { id: null } },
      { json: { id: null } },
    ],
    [
      'ListProperty',
      kind('ListProperty', [1]),
      { type: 'ListProperty', valueList: [1] },
      { valueList: [1] },
      [1],
    ],
    [
      'Relationship',
      kind('Relationship', 'urn:x:1', { objectType: iri('Well') }),
      { type: 'Relationship', object: 'urn:x:1', objectType: 'Well' },
      { object: 'urn:x:1', objectType: 'Well' },
      'urn:x:1',
    ],
    [
      'Relationship to several',
      kind('Relationship', ['urn:x:1', 'urn:x:2']),
      { type: 'Relationship', object: ['urn:x:1', 'urn:x:2'] },
      { object: ['urn:x:1', 'urn:x:2'] },
      ['urn:x:1', 'urn:x:2'],
    ],
    [
      'ListRelationship',
      kind('ListRelationship', ['urn:x:1']),
      { type: 'ListRelationship', objectList: [{ object: 'urn:x:1' }] },
      { objectList: ['urn:x:1'] },
      ['urn:x:1'],
    ],
  ]
  for (const [name, instance, asNormalized, asConcise, asSimplified] of table) {
    it(name, () => {
      expect(written([instance], normalized)).to.deep.equal(asNormalized)
      expect(written([instance], concise)).to.deep.equal(asConcise)
      expect(written([instance], simplified)).to.deep.equal(asSimplified)
    })
  }

  it('writes one type or scope as a text, several as arrays', () => {
    const one = entity({}, { scopes: ['/a'] })
    expect(render(one, normalized, tableOf())).to.deep.equal({ id: ID, type: 'Station', scope: '/a' })
    const two = entity({}, { types: [iri('A'), iri('B')], scopes: ['/a', '/b'] })
    expect(render(two, normalized, tableOf())).to.deep.equal({
      id: ID,
      type: ['A', 'B'],
      scope: ['/a', '/b'],
    })
  })

  it('orders the members: id, type, scope, system, attributes; type first inside them', () => {
    const all = entity(
      { b: [stored(1, { attributes: { [iri('z')]: [stored(1)] }, observedAt: THEN })], a: [stored(2)] },
      { scopes: ['/a'], expiresAt: LATER },
    )
    const out = render(all, { ...normalized, sysAttrs: true }, tableOf()) ?? {}
    expect(Object.keys(out)).to.deep.equal([
      'id',
      'type',
      'scope',
      'createdAt',
      'modifiedAt',
      'expiresAt',
      'b',
      'a',
    ])
    expect(Object.keys(out.b as JsonObject)).to.deep.equal([
      'type',
      'value',
      'observedAt',
      'createdAt',
      'modifiedAt',
      'z',
    ]) // an object, as written above
  })

  it('shows times of the system only with sysAttrs, at every level', () => {
    const timed = entity(
      { it: [stored(1, { expiresAt: LATER, attributes: { [iri('by')]: [stored(1)] } })] },
      { expiresAt: LATER, modifiedAt: NOW },
    )
    expect(JSON.stringify(render(timed, normalized, tableOf()))).not.to.match(
      /createdAt|modifiedAt|expiresAt/,
    )
    expect(render(timed, { ...concise, sysAttrs: true }, tableOf())).to.deep.equal({
      id: ID,
      type: 'Station',
      createdAt: '2026-01-01T00:00:00Z',
      modifiedAt: '2026-01-01T01:00:00Z',
      expiresAt: '2026-01-01T02:00:00Z',
      it: {
        value: 1,
        createdAt: '2026-01-01T00:00:00Z',
        modifiedAt: '2026-01-01T00:00:00Z',
        expiresAt: '2026-01-01T02:00:00Z',
        by: { value: 1, createdAt: '2026-01-01T00:00:00Z', modifiedAt: '2026-01-01T00:00:00Z' },
      },
    })
  })

  it('keeps __proto__ inside a value', () => {
    const value = JSON.parse('{"__proto__":{"a":1}}')
    expect(JSON.stringify(written([stored(value)], normalized))).to.equal(
      '{"type":"Property","value":{"__proto__":{"a":1}}}',
    )
    const named = entity({ ['__proto__']: [stored(1)] })
    expect(JSON.stringify(render(named, simplified, tableOf()))).to.include('"__proto__":1')
    const feature = renderFeature(named, simplified, tableOf())
    expect(JSON.stringify(feature)).to.include('"__proto__":1')
    const sets = [stored(1, { datasetId: 'urn:x:__proto__' }), stored(2)]
    expect(JSON.stringify(written(sets, simplified))).to.equal('{"dataset":{"@none":2,"urn:x:__proto__":1}}')
  })
})

describe('4.5.5 Multi-Attribute support', () => {
  const several = [stored(5, { datasetId: DATASET }), stored(1)]

  it('writes the default instance first, without datasetId', () => {
    expect(written(several, normalized)).to.deep.equal([
      { type: 'Property', value: 1 },
      { type: 'Property', value: 5, datasetId: DATASET },
    ])
    expect(written(several, concise)).to.deep.equal([{ value: 1 }, { value: 5, datasetId: DATASET }])
    expect(written(several, simplified)).to.deep.equal({ dataset: { '@none': 1, [DATASET]: 5 } })
  })

  it('keeps the datasets asked for and drops an attribute without any, not the entity', () => {
    expect(written(several, { ...normalized, datasetIds: ['@none'] })).to.deep.equal({
      type: 'Property',
      value: 1,
    })
    expect(written(several, { ...simplified, datasetIds: [DATASET] })).to.equal(5)
    expect(written(several, { ...simplified, datasetIds: [DATASET, '@none'] })).to.have.property('dataset')
    const none = render(entity({ it: several }), { ...normalized, datasetIds: ['urn:x:other'] }, table)
    expect(none).to.deep.equal({ id: ID, type: 'Station' })
  })

  it('does not filter sub-attributes', () => {
    const instance = stored(1, { datasetId: DATASET, attributes: { [iri('by')]: [stored('a')] } })
    expect(written([instance], { ...concise, datasetIds: [DATASET] })).to.deep.equal({
      value: 1,
      datasetId: DATASET,
      by: 'a',
    })
  })
})

describe('4.15 Language filter in representations', () => {
  const name = kind(
    'LanguageProperty',
    { vi: 'Sông Cầu', en: ['Cau River', 'Song Cau'] },
    { observedAt: THEN },
  )

  it('makes a Property that says its language', () => {
    const observedAt = '2026-01-01T00:00:00Z'
    expect(written([name], { ...normalized, lang: 'vi' })).to.deep.equal({
      type: 'Property',
      value: 'Sông Cầu',
      observedAt,
      lang: 'vi',
    })
    expect(written([name], { ...concise, lang: 'en' })).to.deep.equal({
      value: ['Cau River', 'Song Cau'],
      observedAt,
      lang: 'en',
    })
    expect(written([name], { ...simplified, lang: 'vi' })).to.equal('Sông Cầu')
    expect(JSON.stringify(written([name], { ...normalized, lang: 'fr' }))).not.to.include('languageMap')
  })

  it('reaches sub-attributes and leaves other kinds alone', () => {
    const below = stored(1, { attributes: { [iri('label')]: [kind('LanguageProperty', { vi: 'a' })] } })
    expect(written([below], { ...concise, lang: 'vi' })).to.deep.equal({
      value: 1,
      label: { value: 'a', lang: 'vi' },
    })
    expect(written([stored({ vi: 'a' })], { ...concise, lang: 'vi' })).to.deep.equal({ vi: 'a' })
  })
})

describe('4.21 Projection', () => {
  const current = entity({ a: [stored(1)], b: [stored(2)] }, { scopes: ['/a'] })
  const shown = (more: Partial<RenderOptions>) => render(current, { ...simplified, ...more }, table)

  it('pick keeps only what it names, without id and type too', () => {
    expect(shown({ pick: projection(['a']) })).to.deep.equal({ a: 1 })
    expect(shown({ pick: projection(['b', 'none'], ['id', 'scope']) })).to.deep.equal({
      id: ID,
      scope: '/a',
      b: 2,
    })
  })

  it('omit leaves out what it names', () => {
    expect(shown({ omit: projection(['a'], ['id', 'scope']) })).to.deep.equal({ type: 'Station', b: 2 })
    expect(shown({ pick: projection(['a', 'b']), omit: projection(['a']) })).to.deep.equal({ b: 2 })
  })

  it('a nested omission keeps the relationship', () => {
    const omit: Projection = { members: new Set(), attributes: new Map([[iri('a'), projection(['x'])]]) }
    expect(shown({ omit })).to.have.property('a')
  })

  it('answers nothing when nothing is left', () => {
    expect(shown({ pick: projection(['none']) })).to.equal(undefined)
    expect(renderFeature(current, { ...simplified, pick: projection(['none']) }, table)).to.equal(undefined)
  })

  it('shows picked times only with sysAttrs', () => {
    const pick = projection(['a'], ['createdAt'])
    expect(shown({ pick })).to.deep.equal({ a: 1 })
    expect(shown({ pick, sysAttrs: true })).to.deep.equal({ createdAt: '2026-01-01T00:00:00Z', a: 1 })
  })
})

describe('4.5.16 and 4.5.17 GeoJSON representations', () => {
  const place = (instances: readonly Instance[]) => ({
    ...entity({ it: [stored(1)] }),
    attributes: { [LOCATION]: instances, [iri('it')]: [stored(1)] },
  })
  const other = { type: 'Point', coordinates: [0, 0] }

  it('writes a Feature with the entity type among the properties', () => {
    expect(renderFeature(place([kind('GeoProperty', point)]), normalized, table)).to.deep.equal({
      id: ID,
      type: 'Feature',
      geometry: point,
      properties: {
        type: 'Station',
        location: { type: 'GeoProperty', value: point },
        it: { type: 'Property', value: 1 },
      },
    })
    expect(renderFeature(place([kind('GeoProperty', point)]), simplified, table)?.properties).to.deep.equal({
      type: 'Station',
      location: point,
      it: 1,
    })
  })

  it('selects the default instance, or the one of the dataset', () => {
    const both = place([kind('GeoProperty', other, { datasetId: DATASET }), kind('GeoProperty', point)])
    expect(renderFeature(both, normalized, table)?.geometry).to.deep.equal(point)
    expect(renderFeature(both, { ...normalized, datasetIds: [DATASET] }, table)?.geometry).to.deep.equal(
      other,
    )
    const noDefault = place([kind('GeoProperty', other, { datasetId: DATASET })])
    expect(renderFeature(noDefault, normalized, table)?.geometry).to.equal(null)
  })

  it('has a null geometry when there is none to show', () => {
    const without: readonly (readonly [string, readonly Instance[], Partial<RenderOptions>])[] = [
      ['another property', [kind('GeoProperty', point)], { geometryProperty: iri('it') }],
      ['a value that is no geometry', [kind('GeoProperty', { type: 'Point', coordinates: [] })], {}],
      ['a Property', [stored(point)], {}],
      ['projected out', [kind('GeoProperty', point)], { pick: projection(['it'], ['id']) }],
    ]
    for (const [name, instances, more] of without) {
      const feature = renderFeature(place(instances), { ...normalized, ...more }, table)
      expect(feature, name).to.have.property('geometry', null)
      expect(feature?.id, name).to.equal(ID)
    }
  })
})

describe('renderKey', () => {
  it('is the same for the same options in another order, and different for others', () => {
    const options: RenderOptions = {
      ...normalized,
      datasetIds: ['a', 'b'],
      pick: projection(['x', 'y'], ['id', 'type']),
    }
    const same: RenderOptions = {
      pick: projection(['y', 'x'], ['type', 'id']),
      datasetIds: ['b', 'a'],
      ...normalized,
    }
    expect(renderKey(options)).to.equal(renderKey(same))
    const nested: Projection = { members: new Set(), attributes: new Map([[iri('x'), projection(['z'])]]) }
    const different: readonly RenderOptions[] = [
      options,
      normalized,
      concise,
      { ...normalized, sysAttrs: true },
      { ...normalized, lang: 'vi' },
      { ...normalized, datasetIds: ['a'] },
      { ...normalized, pick: projection(['x']) },
      { ...normalized, omit: projection(['x']) },
      { ...normalized, pick: nested },
      { ...normalized, pick: projection([], ['id']) },
      { ...normalized, geometryProperty: iri('x') },
    ]
    expect(new Set(different.map(renderKey)).size).to.equal(different.length)
  })
})
