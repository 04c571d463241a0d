import { expect } from 'chai'
import type { JsonObject, JsonValue } from '../../../broker/core/model/json.ts'
import type { TemporalEntity, TemporalInstance } from '../../../broker/core/model/temporal.ts'
import { parseProjection } from '../../../broker/core/query/parse-projection.ts'
import { projectEvolution } from '../../../broker/core/temporal/project-evolution.ts'
import type { EvolutionOptions } from '../../../broker/core/view/evolution-options.ts'
import { renderEvolution } from '../../../broker/core/view/render-evolution.ts'
import { at, deletion, evolution, instance, NOW, table } from './evolution.ts'

const T1 = '2020-08-01T12:03:00Z'
const T2 = '2020-08-01T12:05:00Z'
const GONE = '2024-12-09T17:16:12.031483Z'
const NULL = 'urn:ngsi-ld:null'

function written(entity: TemporalEntity, options: Partial<EvolutionOptions> = {}): JsonObject {
  const text = renderEvolution(entity, { options: { format: 'normalized', ...options }, table })
  return text === undefined ? { nothing: true } : JSON.parse(text)
}

describe('4.5.6 Temporal representation of an entity', () => {
  const speed = evolution({ speed: [instance(120, T1), instance(80, T2)] })

  it('writes every attribute as an array of its instances, in their order, and a single type as a text', () => {
    expect(written(speed)).to.deep.equal({
      id: 'urn:ngsi-ld:Vehicle:1',
      type: 'Vehicle',
      speed: [
        { type: 'Property', value: 120, observedAt: T1, instanceId: `urn:ngsi-ld:Instance:${T1}` },
        { type: 'Property', value: 80, observedAt: T2, instanceId: `urn:ngsi-ld:Instance:${T2}` },
      ],
    })
  })

  it('writes several types as an array, one instance as an array, none as an empty one', () => {
    const entity = evolution({ a: [instance(1, T1)], b: [] }, { types: ['urn:x:A', 'urn:x:B'] })
    const { type, a, b } = written(entity)
    expect(type).to.deep.equal(['urn:x:A', 'urn:x:B'])
    expect(a).to.have.length(1)
    expect(b).to.deep.equal([])
  })

  it('never writes a bare value, also in concise form', () => {
    const { speed: instances } = written(speed, { format: 'concise' })
    expect(instances).to.deep.equal([
      { value: 120, observedAt: T1, instanceId: `urn:ngsi-ld:Instance:${T1}` },
      { value: 80, observedAt: T2, instanceId: `urn:ngsi-ld:Instance:${T2}` },
    ])
  })

  it('writes sub-attributes without instances of their own', () => {
    const accuracy = { kind: 'Property', value: 0.1, createdAt: NOW, modifiedAt: NOW } as const
    const entity = evolution({
      speed: [instance(1, T1, { attributes: { [table.expand('accuracy')]: [accuracy] } })],
    })
    const [first] = written(entity).speed as readonly JsonObject[]
    expect(first?.accuracy).to.deep.equal({ type: 'Property', value: 0.1 })
  })

  it('shows times of the system on request, and when an entity was deleted', () => {
    const gone = evolution({ speed: [instance(1, T1)] }, { deletedAt: at(GONE) })
    expect(written(gone)).not.to.have.any.keys('deletedAt', 'createdAt')
    const { deletedAt, createdAt, speed: instances } = written(gone, { sysAttrs: true })
    expect(deletedAt).to.equal(GONE)
    expect(createdAt).to.equal('2026-11-26T00:00:00Z')
    expect((instances as readonly JsonObject[])[0]).to.include({ createdAt, modifiedAt: createdAt })
  })

  for (const property of ['createdAt', 'modifiedAt'] as const) {
    it(`shows ${property} where the temporal query is about it`, () => {
      const [first] = written(speed, { property }).speed as readonly JsonObject[]
      expect(first?.[property]).to.equal('2026-11-26T00:00:00Z')
      expect(first).not.to.have.property(property === 'createdAt' ? 'modifiedAt' : 'createdAt')
    })
  }

  it('chooses a language, as everywhere', () => {
    const name = instance({ fr: 'Ma voiture', en: 'My car' }, T1, { kind: 'LanguageProperty' })
    const [first] = written(evolution({ name: [name] }), { lang: 'en' }).name as readonly JsonObject[]
    expect(first).to.include({ type: 'Property', value: 'My car', lang: 'en' })
  })

  it('keeps all default instances, and no others, for what knows no datasetId', () => {
    const other = instance(5, T1, { datasetId: 'urn:x:a' })
    const entity = evolution({ speed: [other, instance(1, T1), instance(2, T2)] })
    const values = (written(entity, { version: 2 }).speed as readonly JsonObject[]).map(({ value }) => value)
    expect(values).to.deep.equal([1, 2])
  })
})

describe('4.5.7, 4.5.8 Deletions', () => {
  const kinds: readonly (readonly [TemporalInstance['kind'], JsonObject])[] = [
    ['Property', { value: NULL }],
    ['Relationship', { object: NULL }],
    ['LanguageProperty', { languageMap: { '@none': NULL } }],
    ['VocabProperty', { vocab: NULL }],
    ['ListProperty', { valueList: [NULL] }],
    ['ListRelationship', { objectList: [{ object: NULL }] }],
  ]
  for (const [kind, members] of kinds) {
    it(`writes the Null of a ${kind} and when it was deleted`, () => {
      const entity = evolution({ a: [deletion(kind, GONE)] })
      expect((written(entity, { property: 'deletedAt' }).a as readonly JsonObject[])[0]).to.deep.equal({
        type: kind,
        ...members,
        instanceId: 'urn:ngsi-ld:Instance:undefined',
        deletedAt: GONE,
      })
    })
  }
})

describe('4.5.6 Scope in evolutions', () => {
  const scope = [instance(['/A/B'], T1), instance(['/A/B', '/C'], T2)]

  it('writes scopes that are not in history as they are', () => {
    expect(written(evolution({}, { scopes: ['/A'] })).scope).to.equal('/A')
  })

  it('writes their history like a Property, one scope as a text', () => {
    const values = (written(evolution({ scope }, { scopes: ['/Z'] })).scope as readonly JsonObject[]).map(
      ({ type, value }) => [type, value],
    )
    expect(values).to.deep.equal([
      ['Property', '/A/B'],
      ['Property', ['/A/B', '/C']],
    ])
  })

  it('writes deleted scopes as none', () => {
    const entity = evolution({ scope: [deletion('Property', GONE)] })
    const options = { property: 'deletedAt' } as const
    expect((written(entity, options).scope as readonly JsonObject[])[0])
      .to.include({ deletedAt: GONE })
      .and.deep.include({
        value: [],
      })
    expect(written(entity, { ...options, format: 'temporalValues' }).scope).to.deep.equal({
      type: 'Property',
      values: [[[], GONE]],
    })
  })

  it('leaves them out for what knows none', () => {
    expect(written(evolution({ scope }), { version: 3 })).not.to.have.property('scope')
  })
})

describe('4.5.9 Simplified temporal representation', () => {
  const kinds: readonly (readonly [TemporalInstance['kind'], JsonValue, string, JsonValue])[] = [
    ['Property', 120, 'values', 120],
    ['Property', [1, 2], 'values', [1, 2]],
    ['GeoProperty', { type: 'Point', coordinates: [1, 2] }, 'values', { type: 'Point', coordinates: [1, 2] }],
    ['LanguageProperty', { fr: 'oui' }, 'languageMaps', { languageMap: { fr: 'oui' } }],
    ['VocabProperty', table.expand('Male'), 'vocabs', { vocab: 'Male' }],
    ['JsonProperty', { a: null }, 'jsons', { json: { a: null } }],
    ['ListProperty', ['1st', '2nd'], 'valueLists', ['1st', '2nd']],
    ['Relationship', 'urn:x:1', 'objects', 'urn:x:1'],
    ['Relationship', ['urn:x:1', 'urn:x:2'], 'objects', ['urn:x:1', 'urn:x:2']],
    ['ListRelationship', ['urn:x:1'], 'objectLists', ['urn:x:1']],
  ]
  for (const [kind, value, member, expected] of kinds) {
    it(`writes ${JSON.stringify(value)} of a ${kind} under ${member}, and nothing else`, () => {
      const entity = evolution({ a: [instance(value, T1, { kind }), instance(value, T2, { kind })] })
      expect(written(entity, { format: 'temporalValues' })).to.deep.equal({
        id: 'urn:ngsi-ld:Vehicle:1',
        type: 'Vehicle',
        a: {
          type: kind,
          [member]: [
            [expected, T1],
            [expected, T2],
          ],
        },
      })
    })
  }

  it('writes the Null of what was deleted', () => {
    const entity = evolution({ a: [deletion('LanguageProperty', GONE)] })
    expect(written(entity, { format: 'temporalValues', property: 'deletedAt' }).a).to.deep.equal({
      type: 'LanguageProperty',
      languageMaps: [[{ languageMap: { '@none': NULL } }, GONE]],
    })
  })

  it('pairs values with the time that the query is about, else with when they were observed or written', () => {
    const entity = evolution({ a: [instance(1, T1), instance(2, undefined)] })
    const valuesOf = (options: Partial<EvolutionOptions>) =>
      (written(entity, { format: 'temporalValues', ...options }).a as JsonObject).values
    expect(valuesOf({})).to.deep.equal([
      [1, T1],
      [2, '2026-11-26T00:00:00Z'],
    ])
    expect(valuesOf({ property: 'modifiedAt' })).to.deep.equal([
      [1, '2026-11-26T00:00:00Z'],
      [2, '2026-11-26T00:00:00Z'],
    ])
    expect(valuesOf({ property: 'observedAt' })).to.deep.equal([[1, T1]])
  })

  it('writes an object for each datasetId, and for each kind', () => {
    const dataset = { datasetId: 'urn:x:a' }
    const entity = evolution({
      a: [
        instance(1, T1),
        instance(2, T1, dataset),
        instance(3, T2),
        instance('urn:x:1', T2, { kind: 'Relationship' }),
      ],
      b: [instance(2, T1, dataset)],
      c: [],
    })
    const { a, b, c } = written(entity, { format: 'temporalValues' })
    expect(a).to.deep.equal([
      {
        type: 'Property',
        values: [
          [1, T1],
          [3, T2],
        ],
      },
      { type: 'Property', datasetId: 'urn:x:a', values: [[2, T1]] },
      { type: 'Relationship', objects: [['urn:x:1', T2]] },
    ])
    expect(b).to.deep.equal({ type: 'Property', datasetId: 'urn:x:a', values: [[2, T1]] })
    expect(c).to.deep.equal([])
  })

  it('makes texts of a language that is chosen', () => {
    const name = instance({ fr: 'oui' }, T1, { kind: 'LanguageProperty' })
    expect(written(evolution({ name: [name] }), { format: 'temporalValues', lang: 'fr' }).name).to.deep.equal(
      {
        type: 'Property',
        values: [['oui', T1]],
      },
    )
  })
})

describe('4.21, 4.5.5 What is wanted of an evolution', () => {
  const entity = evolution({
    speed: [instance(1, T1), instance(2, T2, { datasetId: 'urn:x:a' })],
    fuelLevel: [instance(3, T1)],
    scope: [instance(['/A'], T1)],
  })
  const keysOf = (options: Partial<EvolutionOptions>) => {
    const wanted = { format: 'normalized', ...options } as const
    const projected = projectEvolution(entity, wanted)
    return projected && Object.keys(written(projected, wanted))
  }
  const projection = (text: string) => parseProjection(text, table, { parameter: 'pick' })

  it('keeps what is picked, without what is omitted', () => {
    expect(keysOf({})).to.deep.equal(['id', 'type', 'speed', 'fuelLevel', 'scope'])
    expect(keysOf({ pick: projection('speed') })).to.deep.equal(['speed'])
    expect(keysOf({ pick: projection('id,scope') })).to.deep.equal(['id', 'scope'])
    expect(keysOf({ omit: projection('type,speed') })).to.deep.equal(['id', 'fuelLevel', 'scope'])
    expect(keysOf({ pick: projection('unknown') })).to.deep.equal(['nothing'])
    expect(keysOf({ omit: projection('id,type,scope,speed,fuelLevel') })).to.deep.equal(['nothing'])
  })

  it('keeps the instances of the datasets', () => {
    expect(keysOf({ datasetIds: ['urn:x:a'] })).to.deep.equal(['id', 'type', 'speed', 'scope'])
    expect(keysOf({ datasetIds: ['@none'] })).to.deep.equal(['id', 'type', 'speed', 'fuelLevel', 'scope'])
    expect(keysOf({ datasetIds: ['urn:x:b'] })).to.equal(undefined)
    expect(keysOf({ datasetIds: ['urn:x:a'], pick: projection('fuelLevel') })).to.equal(undefined)
    expect(keysOf({ datasetIds: ['urn:x:b'], pick: projection('id') })).to.deep.equal(['id'])
  })
})
