import { expect } from 'chai'
import { type MergeOptions, mergeEntity } from '../../../broker/core/merge/merge-entity.ts'
import type { Instance, InstanceFragment } from '../../../broker/core/model/entity.ts'
import { NGSI_LD_NULL } from '../../../broker/core/model/iri.ts'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DATASET, entity, fragment, given, instance, iri, LATER, NOW, stored, THEN } from './build.ts'

function merged(before: Instance, after: InstanceFragment, options: MergeOptions = {}): Instance | undefined {
  const current = entity({ it: [before] })
  const { next = current } = mergeEntity(current, fragment({ it: [after] }), options, NOW)
  return instance(next.attributes, 'it')
}

describe('5.5.12 Merge Patch Behaviour', () => {
  const values: readonly (readonly [string, JsonValue, JsonValue, JsonValue])[] = [
    ['a scalar', 1, 2, 2],
    [
      'a key changed, one removed, one kept (example 2)',
      { a: 1, b: 2, c: 3 },
      { a: 9, c: NGSI_LD_NULL },
      { a: 9, b: 2 },
    ],
    [
      'keys at any depth',
      { a: { b: { c: 1, d: 2 } } },
      { a: { b: { c: NGSI_LD_NULL } } },
      { a: { b: { d: 2 } } },
    ],
    ['arrays as a whole', { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ['an object over a scalar', 1, { a: 1, b: NGSI_LD_NULL }, { a: 1 }],
    ['a scalar over an object', { a: 1 }, 'b', 'b'],
    ['null keys of new objects', { a: 1 }, { b: { c: NGSI_LD_NULL, d: 1 } }, { a: 1, b: { d: 1 } }],
    [
      'a JSON-LD literal as a whole',
      { a: 1 },
      { '@type': '@json', '@value': null },
      { '@type': '@json', '@value': null },
    ],
  ]
  for (const [name, before, patch, after] of values) {
    it(`merges ${name}`, () => expect(merged(stored(before), given(patch))?.value).to.deep.equal(after))
  }

  it('keeps __proto__ as a key like any other', () => {
    const after = merged(stored(JSON.parse('{"a":1}')), given(JSON.parse('{"__proto__":{"b":1}}')))
    expect(JSON.stringify(after?.value)).to.equal('{"a":1,"__proto__":{"b":1}}')
    expect(Object.getPrototypeOf(after?.value)).to.equal(Object.prototype)
    expect(({} as { b?: number }).b).to.equal(undefined) // no prototype was touched
  })

  it('merges members and sub-attributes and leaves the others (example 1)', () => {
    const before = stored(25, {
      unitCode: 'CEL',
      observedAt: THEN,
      attributes: { [iri('by')]: [stored('a')], [iri('note')]: [stored({ x: 1, y: 2 })] },
    })
    const after = merged(
      before,
      given(100, { observedAt: NOW, attributes: { [iri('note')]: [given({ x: NGSI_LD_NULL })] } }),
    )
    expect(after).to.deep.equal({
      ...before,
      value: 100,
      observedAt: NOW,
      modifiedAt: NOW,
      attributes: { [iri('by')]: [stored('a')], [iri('note')]: [stored({ y: 2 }, { modifiedAt: NOW })] },
    })
  })

  it('deletes a sub-attribute and a member by NGSI-LD Null', () => {
    const before = stored(1, { observedAt: THEN, attributes: { [iri('by')]: [stored('a')] } })
    const after = merged(before, {
      observedAt: NGSI_LD_NULL,
      attributes: { [iri('by')]: [{ value: NGSI_LD_NULL }] },
    })
    expect(after).to.deep.equal(stored(1, { modifiedAt: NOW }))
  })

  it('deletes exactly the instance that is given as NGSI-LD Null', () => {
    const current = entity({ it: [stored(1), stored(2, { datasetId: DATASET })] })
    const body = fragment({ it: [{ datasetId: DATASET, value: NGSI_LD_NULL }] })
    const { next, change } = mergeEntity(current, body, {}, NOW)
    expect(next?.attributes[iri('it')]).to.deep.equal([stored(1)])
    expect(change?.attributes.map(({ action, datasetId }) => [action, datasetId])).to.deep.equal([
      ['deleted', DATASET],
    ])
  })

  it('merges language maps by language; the last one gone takes the attribute along', () => {
    const before: Instance = { ...stored({ vi: 'Sông Cầu', en: 'Cau River' }), kind: 'LanguageProperty' }
    const without = merged(before, { kind: 'LanguageProperty', value: { en: NGSI_LD_NULL } })
    expect(without?.value).to.deep.equal({ vi: 'Sông Cầu' })
    expect(
      merged(before, { kind: 'LanguageProperty', value: { en: NGSI_LD_NULL, vi: NGSI_LD_NULL } }),
    ).to.equal(undefined)
  })

  it('merges raw JSON with literal keys, and replaces geometries and lists', () => {
    const json: Instance = { ...stored({ '@value': 1, a: 1 }), kind: 'JsonProperty' }
    expect(merged(json, { kind: 'JsonProperty', value: { '@value': 2, b: null } })?.value).to.deep.equal({
      '@value': 2,
      a: 1,
      b: null,
    })
    const geo: Instance = {
      ...stored({ type: 'Point', coordinates: [1, 2], bbox: [1, 2, 1, 2] }),
      kind: 'GeoProperty',
    }
    const moved = { type: 'Point', coordinates: [3, 4] }
    expect(merged(geo, { kind: 'GeoProperty', value: moved })?.value).to.deep.equal(moved)
    const list: Instance = { ...stored([1, 2]), kind: 'ListProperty' }
    expect(merged(list, { kind: 'ListProperty', value: [3] })?.value).to.deep.equal([3])
  })

  it('drops the unit when the type changes', () => {
    const after = merged(stored(1, { unitCode: 'CEL', observedAt: THEN }), {
      kind: 'Relationship',
      value: 'urn:x:1',
    })
    expect(after).to.deep.equal({
      ...stored('urn:x:1'),
      kind: 'Relationship',
      observedAt: THEN,
      modifiedAt: NOW,
    })
  })
})

describe('5.6.17 Merge Entity', () => {
  it('replaces the scope, also where there was none, and deletes it by NGSI-LD Null', () => {
    expect(mergeEntity(entity({}), fragment({}, { scopes: ['/b'] }), {}, NOW).next?.scopes).to.deep.equal([
      '/b',
    ])
    const cleared = mergeEntity(
      entity({}, { scopes: ['/a'] }),
      fragment({}, { scopes: NGSI_LD_NULL }),
      {},
      NOW,
    )
    expect(cleared.next).not.to.have.property('scopes')
  })

  it('sets and deletes the expiry of the entity', () => {
    expect(mergeEntity(entity({}), fragment({}, { expiresAt: LATER }), {}, NOW).next?.expiresAt).to.equal(
      LATER,
    )
    const cleared = mergeEntity(
      entity({}, { expiresAt: LATER }),
      fragment({}, { expiresAt: NGSI_LD_NULL }),
      {},
      NOW,
    )
    expect(cleared.next).not.to.have.property('expiresAt')
  })

  it('uses the common observedAt only where there was one and none is given', () => {
    const options = { observedAt: NOW }
    expect(merged(stored(1, { observedAt: THEN }), given(2), options)?.observedAt).to.equal(NOW)
    expect(
      merged(stored(1, { observedAt: THEN }), given(2, { observedAt: LATER }), options)?.observedAt,
    ).to.equal(LATER)
    expect(merged(stored(1), given(2), options)).not.to.have.property('observedAt')
    expect(
      merged(stored(1, { observedAt: THEN }), given(2, { observedAt: NGSI_LD_NULL }), options),
    ).not.to.have.property('observedAt')
  })

  it('reads a text as one language of a language map', () => {
    const before: Instance = { ...stored({ vi: 'Sông Cầu', en: 'Cau' }), kind: 'LanguageProperty' }
    for (const text of [given('Cau River'), { value: 'Cau River', simplified: true } as const]) {
      const after = merged(before, text, { lang: 'en' })
      expect(after).to.include({ kind: 'LanguageProperty' })
      expect(after?.value).to.deep.equal({ vi: 'Sông Cầu', en: 'Cau River' })
    }
    expect(merged(stored('a'), given('b'), { lang: 'en' })?.value).to.equal('b')
  })

  const simplified: readonly (readonly [string, Instance, JsonValue, JsonValue | undefined])[] = [
    ['Relationship', { ...stored('urn:x:1'), kind: 'Relationship' }, 'urn:x:2', 'urn:x:2'],
    [
      'Relationship to something that is no URI',
      { ...stored('urn:x:1'), kind: 'Relationship' },
      'no uri',
      undefined,
    ],
    ['ListRelationship', { ...stored(['urn:x:1']), kind: 'ListRelationship' }, ['urn:x:2'], ['urn:x:2']],
    [
      'ListRelationship from a scalar',
      { ...stored(['urn:x:1']), kind: 'ListRelationship' },
      'urn:x:2',
      undefined,
    ],
    ['ListProperty', { ...stored([1]), kind: 'ListProperty' }, [2, 1], [2, 1]],
    ['ListProperty from a scalar', { ...stored([1]), kind: 'ListProperty' }, 2, undefined],
    [
      'GeoProperty',
      { ...stored({ type: 'Point', coordinates: [1, 2] }), kind: 'GeoProperty' },
      { type: 'Point', coordinates: [3, 4] },
      { type: 'Point', coordinates: [3, 4] },
    ],
    [
      'GeoProperty from a text',
      { ...stored({ type: 'Point', coordinates: [1, 2] }), kind: 'GeoProperty' },
      'here',
      undefined,
    ],
    [
      'LanguageProperty without a language',
      { ...stored({ vi: 'a' }), kind: 'LanguageProperty' },
      'b',
      undefined,
    ],
    ['JsonProperty', { ...stored({ a: 1 }), kind: 'JsonProperty' }, { b: null }, { a: 1, b: null }],
    ['JsonProperty from a scalar', { ...stored({ a: 1 }), kind: 'JsonProperty' }, 1, undefined],
    ['Property', stored({ a: 1 }), { b: 2 }, { a: 1, b: 2 }],
  ]
  for (const [name, before, value, after] of simplified) {
    it(`${after === undefined ? 'refuses' : 'keeps'} the type for a simplified value: ${name}`, () => {
      const act = () => merged(before, { value, simplified: true })
      if (after === undefined) {
        expect(act).to.throw(Problem).with.property('code', 'BadRequestData')
        return
      }
      expect(act()).to.include({ kind: before.kind })
      expect(act()?.value).to.deep.equal(after)
    })
  }

  it('tells a new simplified geometry from a new simplified value', () => {
    const value = { type: 'Point', coordinates: [105.84, 21.59] }
    const body = fragment({ place: [{ value, simplified: true }], name: [{ value: 'a', simplified: true }] })
    const { next } = mergeEntity(entity({}), body, {}, NOW)
    expect(instance(next?.attributes, 'place')?.kind).to.equal('GeoProperty')
    expect(instance(next?.attributes, 'name')?.kind).to.equal('Property')
  })

  it('refuses a new attribute without a value', () => {
    expect(() => mergeEntity(entity({}), fragment({ it: [{ observedAt: NOW }] }), {}, NOW)).to.throw(Problem)
  })
})
