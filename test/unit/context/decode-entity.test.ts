import { expect } from 'chai'
import {
  type DecodeRules,
  decodeAttribute,
  decodeEntity,
} from '../../../broker/core/context/decode-entity.ts'
import type { InstanceFragment } from '../../../broker/core/model/entity.ts'
import { DEFAULT_CONTEXT, NGSI_LD } from '../../../broker/core/model/iri.ts'
import type { JsonObject, JsonValue } from '../../../broker/core/model/json.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { tableOf, term } from './terms.ts'

const NULL = 'urn:ngsi-ld:null'
const create: DecodeRules = { nulls: 'forbidden', requireId: true, requireType: true }
const update: DecodeRules = { nulls: 'attribute' }
const partial: DecodeRules = { nulls: 'attribute', partial: true }
const merge: DecodeRules = { nulls: 'deep', partial: true }
const simplified: DecodeRules = { nulls: 'deep', partial: true, simplified: true }

const table = tableOf(
  term('ex', 'https://example.org/', { prefix: true }),
  term('speed', 'https://example.org/speed'),
  term('gone', null),
)
const POINT = { type: 'Point', coordinates: [105.84, 21.59] }
const short = (name: string): string => DEFAULT_CONTEXT + name

const entity = (members: JsonObject, rules: DecodeRules = create) =>
  decodeEntity({ id: 'urn:ngsi-ld:Vehicle:1', type: 'Vehicle', ...members }, table, rules)

const instancesOf = (body: JsonValue, rules: DecodeRules = create): readonly InstanceFragment[] =>
  entity({ a: body }, rules).attributes[short('a')] ?? []

const problemOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof Problem && error.code === 'BadRequestData') return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

describe('5.2.4 entity', () => {
  it('expands types once each, and every attribute name', () => {
    const { id, types, attributes } = entity({
      type: ['Vehicle', 'ex:Bus', short('Vehicle')],
      speed: 5,
      'ex:colour': 'red',
    })
    expect(id).to.equal('urn:ngsi-ld:Vehicle:1')
    expect(types).to.deep.equal([short('Vehicle'), 'https://example.org/Bus'])
    expect(Object.keys(attributes)).to.deep.equal(['https://example.org/speed', 'https://example.org/colour'])
  })

  it('expands the same names by the @context of each body', () => {
    const other = tableOf(term('speed', 'urn:x:speed'), term('Bus', 'urn:x:Bus'))
    const body = { id: 'urn:x:1', type: 'Bus', speed: 5 }
    const names = [table, other, table].map((used) => {
      const { types = [], attributes } = decodeEntity(body, used, create)
      return [...types, ...Object.keys(attributes)]
    })
    const first = [short('Bus'), 'https://example.org/speed']
    expect(names).to.deep.equal([first, ['urn:x:Bus', 'urn:x:speed'], first])
  })

  it('goes on expanding when there are more names than it remembers', () => {
    const names = Array.from({ length: 2500 }, (_, at) => `name${at % 1250}`)
    for (const name of names) {
      expect(Object.keys(entity({ [name]: 1 }).attributes)).to.deep.equal([short(name)])
    }
  })

  it('reads @id and @type like id and type', () => {
    const fragment = decodeEntity(
      { '@id': 'urn:x:1', '@type': 'ex:Bus', a: { '@type': 'Property', value: 1 } },
      table,
      create,
    )
    expect(fragment).to.deep.equal({
      id: 'urn:x:1',
      types: ['https://example.org/Bus'],
      attributes: { [short('a')]: [{ kind: 'Property', value: 1 }] },
    })
  })

  it('leaves out what only brokers write, and @context', () => {
    const at = '2026-01-01T00:00:00Z'
    const system = { createdAt: at, modifiedAt: 'nonsense', deletedAt: at }
    const fragment = entity({
      ...system,
      '@context': 'https://x.example',
      a: { type: 'Property', value: 1, ...system, instanceId: 'urn:i:1', previousValue: 3 },
      b: { type: 'VocabProperty', vocab: 'x', previousVocab: 'y' },
    })
    expect(fragment.attributes).to.deep.equal({
      [short('a')]: [{ kind: 'Property', value: 1 }],
      [short('b')]: [{ kind: 'VocabProperty', value: short('x') }],
    })
    expect(fragment).to.not.have.any.keys('createdAt', 'modifiedAt')
  })

  it('reads expiresAt and scopes, with the slash that may be left out', () => {
    const fragment = entity({
      expiresAt: '2026-01-01T00:00:00,5Z',
      scope: ['ThaiNguyen/SôngCông', '/B', 'B'],
    })
    expect(fragment.expiresAt).to.equal(1_767_225_600_500_000)
    expect(fragment.scopes).to.deep.equal(['/ThaiNguyen/SôngCông', '/B'])
  })

  const refused: Readonly<Record<string, JsonValue>> = {
    'an array': [],
    'no id': { type: 'T' },
    'no type': { id: 'urn:x:1' },
    'an id that is no URI': { id: 'car 1', type: 'T' },
    'an id that is a null': { id: NULL, type: 'T' },
    'an empty type array': { id: 'urn:x:1', type: [] },
    'a type that is a number': { id: 'urn:x:1', type: 5 },
    'a type that is a null': { id: 'urn:x:1', type: NULL },
    'a type with a blank': { id: 'urn:x:1', type: 'big car' },
    'a type that the context takes away': { id: 'urn:x:1', type: 'gone' },
    'a scope with a blank': { id: 'urn:x:1', type: 'T', scope: '/A B' },
    'a scope that ends in a slash': { id: 'urn:x:1', type: 'T', scope: '/A/' },
    'an empty scope array': { id: 'urn:x:1', type: 'T', scope: [] },
    'a scope null on create': { id: 'urn:x:1', type: 'T', scope: NULL },
    'an expiresAt null on create': { id: 'urn:x:1', type: 'T', expiresAt: NULL },
    'an expiresAt without zone': { id: 'urn:x:1', type: 'T', expiresAt: '2026-01-01T00:00:00' },
    'two names of one attribute': { id: 'urn:x:1', type: 'T', speed: 1, 'ex:speed': 2 },
  }
  for (const [what, body] of Object.entries(refused)) {
    it(`is refused with ${what}`, () => {
      expect(problemOf(() => decodeEntity(body, table, create))).to.match(/^(Entity|Attribute|Name) /)
    })
  }

  it('is refused with JSON null as id or type, in a fragment too', () => {
    expect(problemOf(() => decodeEntity({ id: null }, table, merge))).to.include('Entity has an id')
    expect(problemOf(() => decodeEntity({ type: null }, table, merge))).to.include('Entity has a type')
  })

  it('needs no id and no type in a fragment', () => {
    expect(decodeEntity({ a: 1 }, table, update)).to.deep.equal({
      attributes: { [short('a')]: [{ kind: 'Property', value: 1 }] },
    })
  })
})

describe('4.6.2 names', () => {
  const refused = [
    ...[
      '',
      'a b',
      '1a',
      '_a',
      '__proto__',
      'a-b',
      'a.b',
      '.',
      '..',
      'a<b',
      '@graph',
      'a:b c',
      'gone',
      '\ud800',
    ],
    ...[
      'value',
      'observedAt',
      'unitCode',
      'entity',
      'lang',
      `${NGSI_LD}observedAt`,
      'ngsi-ld:scope',
      'entityIdSealed',
    ],
  ]
  for (const name of refused) {
    it(`refuse the attribute ${JSON.stringify(name)}`, () => {
      const body: JsonValue = JSON.parse(`{"id":"urn:x:1","type":"T",${JSON.stringify(name)}:1}`)
      expect(problemOf(() => decodeEntity(body, table, create))).to.match(/^(Attribute|Name) /)
    })
  }

  it('are as free as Unicode letters, and names of object members are no trap', () => {
    const { attributes } = entity({ nồngĐộ: 1, constructor: 2, toString: 3, hasOwnProperty: 4, x_1: 5 })
    expect(Object.keys(attributes)).to.deep.equal(
      ['nồngĐộ', 'constructor', 'toString', 'hasOwnProperty', 'x_1'].map(short),
    )
  })
})

describe('4.5 attribute kinds, normalized and concise alike', () => {
  const geometry = JSON.stringify(POINT)
  const cases: readonly (readonly [string, JsonValue, InstanceFragment])[] = [
    ['a bare number', 5, { kind: 'Property', value: 5 }],
    ['a bare array', [1, 'a', { b: 2 }], { kind: 'Property', value: [1, 'a', { b: 2 }] }],
    ['an empty array', [], { kind: 'Property', value: [] }],
    ['a bare object', { street: 'x', no: 2 }, { kind: 'Property', value: { street: 'x', no: 2 } }],
    [
      'a bare typed value',
      { '@type': 'DateTime', '@value': 'x' },
      { kind: 'Property', value: { '@type': 'DateTime', '@value': 'x' } },
    ],
    ['a bare geometry', POINT, { kind: 'GeoProperty', value: POINT }],
    ['a value', { value: false }, { kind: 'Property', value: false }],
    ['a geometry as value', { value: POINT }, { kind: 'GeoProperty', value: POINT }],
    [
      'a Property that holds a geometry',
      { type: 'Property', value: POINT },
      { kind: 'Property', value: POINT },
    ],
    ['a geometry as text', { type: 'GeoProperty', value: geometry }, { kind: 'GeoProperty', value: POINT }],
    [
      'a languageMap',
      { languageMap: { vi: 'x', '@none': ['y'] } },
      { kind: 'LanguageProperty', value: { vi: 'x', '@none': ['y'] } },
    ],
    ['a vocab', { vocab: 'stop' }, { kind: 'VocabProperty', value: short('stop') }],
    [
      'vocabs',
      { vocab: ['stop', 'ex:go'] },
      { kind: 'VocabProperty', value: [short('stop'), 'https://example.org/go'] },
    ],
    ['json', { json: { a: null, b: NULL } }, { kind: 'JsonProperty', value: { a: null, b: NULL } }],
    ['a valueList', { valueList: [1] }, { kind: 'ListProperty', value: [1] }],
    ['an object', { object: 'urn:x:2' }, { kind: 'Relationship', value: 'urn:x:2' }],
    [
      'objects',
      { object: ['urn:x:2', { object: 'urn:x:3' }] },
      { kind: 'Relationship', value: ['urn:x:2', 'urn:x:3'] },
    ],
    [
      'an objectList',
      { objectList: [{ object: 'urn:x:2' }, 'urn:x:3'] },
      { kind: 'ListRelationship', value: ['urn:x:2', 'urn:x:3'] },
    ],
    [
      'an objectType',
      { object: 'urn:x:2', objectType: 'T' },
      { kind: 'Relationship', value: 'urn:x:2', objectType: short('T') },
    ],
    [
      'objectTypes',
      { object: 'urn:x:2', objectType: ['T'] },
      { kind: 'Relationship', value: 'urn:x:2', objectType: [short('T')] },
    ],
    [
      'a valueType',
      { value: 1, valueType: 'ex:m' },
      { kind: 'Property', value: 1, valueType: 'https://example.org/m' },
    ],
    [
      'a unit and a time',
      { value: 1, unitCode: 'CEL', observedAt: '1970-01-01T00:00:00.000001Z' },
      { kind: 'Property', value: 1, unitCode: 'CEL', observedAt: 1 },
    ],
    [
      'an expiry',
      { value: 1, expiresAt: '1970-01-01T00:00:01Z' },
      { kind: 'Property', value: 1, expiresAt: 1_000_000 },
    ],
    ['the type by its IRI', { type: `${NGSI_LD}Property`, value: 1 }, { kind: 'Property', value: 1 }],
    [
      'a JSON literal',
      { value: { '@type': '@json', '@value': null } },
      { kind: 'Property', value: { '@type': '@json', '@value': null } },
    ],
    ['the dataset @none', { value: 1, datasetId: '@none' }, { kind: 'Property', value: 1 }],
    ['a value that is false, empty or 0', { value: '' }, { kind: 'Property', value: '' }],
  ]
  for (const [what, body, expected] of cases) {
    it(`read ${what}`, () => expect(instancesOf(body)).to.deep.equal([expected]))
  }

  it('read sub-attributes of any kind, to any depth', () => {
    const body = { value: 1, quality: { value: 'good', ex: 5, by: { object: 'urn:x:2' } }, tags: ['a'] }
    const [instance] = instancesOf(body)
    expect(instance?.attributes).to.deep.equal({
      [short('quality')]: [
        {
          kind: 'Property',
          value: 'good',
          attributes: {
            'https://example.org/': [{ kind: 'Property', value: 5 }],
            [short('by')]: [{ kind: 'Relationship', value: 'urn:x:2' }],
          },
        },
      ],
      [short('tags')]: [{ kind: 'Property', value: ['a'] }],
    })
  })

  it('keep the parsed value itself, __proto__ and all', () => {
    const value: JsonValue = JSON.parse('{"__proto__": {"admin": true}, "n": 1e-7}')
    const [instance] = instancesOf({ value })
    expect(instance?.value).to.equal(value)
    const probe: JsonObject = {}
    expect(probe.admin).to.equal(undefined)
  })

  const refused: readonly (readonly [string, JsonValue, string])[] = [
    ['JSON null', null, 'Attribute a holds JSON null'],
    ['JSON null as value', { value: null }, 'Attribute a holds JSON null'],
    ['JSON null inside a value', { value: { b: [1, { c: null }] } }, 'Attribute a holds JSON null'],
    ['JSON null as member', { value: 1, observedAt: null }, 'Attribute a has an observedAt'],
    ['a former type name', { type: 'VocabularyProperty', vocab: 'x' }, 'Attribute a has a type'],
    ['an unknown type', { type: 'PostalAddress', street: 'x' }, 'Attribute a has a type'],
    ['a type that is JSON null', { type: null, value: 1 }, 'Attribute a has a type'],
    ['a type that is an array', { type: ['Property'], value: 1 }, 'Attribute a has a type'],
    ['a GeometryCollection', { type: 'GeometryCollection', geometries: [] }, 'Attribute a has a type'],
    ['two value members', { value: 1, object: 'urn:x:2' }, 'Attribute a has both'],
    [
      'another kind of value',
      { type: 'Property', object: 'urn:x:2' },
      'Attribute a is a Property and cannot have the member object',
    ],
    [
      'a value beside the object',
      { type: 'Relationship', object: 'urn:x:2', value: 1 },
      'cannot have the member value',
    ],
    ['a unit of a Relationship', { object: 'urn:x:2', unitCode: 'CEL' }, 'cannot have the member unitCode'],
    ['a unit of a geometry', { value: POINT, unitCode: 'MTR' }, 'cannot have the member unitCode'],
    [
      'a unit of a languageMap',
      { languageMap: { vi: 'x' }, unitCode: 'MTR' },
      'cannot have the member unitCode',
    ],
    ['an objectType of a Property', { value: 1, objectType: 'T' }, 'cannot have the member objectType'],
    [
      'a valueType of a Relationship',
      { object: 'urn:x:2', valueType: 'T' },
      'cannot have the member valueType',
    ],
    [
      'another valueType of a languageMap',
      { languageMap: { vi: 'x' }, valueType: 'T' },
      'other than langString',
    ],
    [
      'no value',
      { type: 'Property', observedAt: '2026-01-01T00:00:00Z' },
      'is a Property without the member value',
    ],
    ['members without a value', { unitCode: 'CEL' }, 'but no value'],
    ['sub-attributes without a value', { quality: { type: 'Property', value: 1 } }, 'but no value'],
    ['a geometry without coordinates', { type: 'Point' }, 'Attribute a holds no usable geometry'],
    [
      'a geometry that is a number',
      { type: 'GeoProperty', value: 5 },
      'Attribute a holds no usable geometry',
    ],
    ['a language map that is a text', { languageMap: 'x' }, 'languageMap that is not an object'],
    ['a language that is none', { languageMap: { 'no language': 'x' } }, 'no language tag'],
    ['a text that is a number', { languageMap: { vi: 5 } }, 'in language vi'],
    ['a vocab that is a number', { vocab: 5 }, 'Attribute a has a vocab'],
    ['an empty vocab', { vocab: [] }, 'Attribute a has a vocab'],
    ['json that is a number', { json: 5 }, 'Attribute a has a json member'],
    ['a valueList that is no array', { valueList: 1 }, 'Attribute a has a valueList'],
    ['an object that is no URI', { object: 'house 5' }, 'not a URI'],
    ['no objects', { object: [] }, 'empty array'],
    ['an objectList that is no array', { objectList: 'urn:x:2' }, 'objectList that is not an array'],
    ['an objectList of numbers', { objectList: [5] }, 'not a URI'],
    ['a datasetId that is no URI', { value: 1, datasetId: 'lab' }, 'Attribute a has a datasetId'],
    [
      'a time with an offset',
      { value: 1, observedAt: '2026-01-01T00:00:00+07:00' },
      'Attribute a has an observedAt',
    ],
    ['a unit that is a number', { value: 1, unitCode: 5 }, 'Attribute a has a unitCode'],
    ['a lone surrogate', { value: ['\udc00'] }, 'lone surrogate'],
    ['a lone surrogate in a key', { value: { '\udc00': 1 } }, 'lone surrogate'],
    ['a lone surrogate in json', { json: ['\udc00'] }, 'lone surrogate'],
    ['a number that JSON cannot write', { value: JSON.parse('1e999') }, 'beyond the range'],
    ['an @context of its own', { value: 1, '@context': {} }, '@context of its own'],
    ['a linked entity', { object: 'urn:x:2', entity: { id: 'urn:x:2' } }, 'Attribute a.entity'],
    ['a fault further down', { value: 1, b: { value: 2, c: { type: 'Foo' } } }, 'Attribute a.b.c has a type'],
  ]
  for (const [what, body, text] of refused) {
    it(`refuse ${what}`, () => expect(problemOf(() => instancesOf(body))).to.include(text))
  }

  it('refuse what is nested too deeply, as value and as sub-attribute', () => {
    const nested = (levels: number, wrap: (inner: JsonValue) => JsonValue): JsonValue =>
      Array.from({ length: levels }).reduce<JsonValue>(wrap, 1)
    const inArrays = (inner: JsonValue): JsonValue => [inner]
    const inSubAttributes = (inner: JsonValue): JsonValue => ({ value: 1, b: inner })
    expect(problemOf(() => instancesOf({ value: nested(100_000, inArrays) }))).to.include('64 levels')
    expect(problemOf(() => instancesOf({ json: nested(200, inArrays) }))).to.include('64 levels')
    expect(problemOf(() => instancesOf(nested(10_000, inSubAttributes)))).to.include('64 levels')
    expect(instancesOf({ value: nested(60, inArrays) })).to.have.length(1)
  })
})

describe('4.5.5 several instances of an attribute', () => {
  it('are told from an array value', () => {
    expect(instancesOf([{ value: 1 }, { value: 2, datasetId: 'urn:d:1' }])).to.deep.equal([
      { kind: 'Property', value: 1 },
      { kind: 'Property', value: 2, datasetId: 'urn:d:1' },
    ])
    expect(instancesOf([{ name: 'x' }, 2])).to.have.length(1)
  })

  const refused: readonly (readonly [string, JsonValue])[] = [
    ['two default instances', [{ value: 1 }, { value: 2, datasetId: '@none' }]],
    [
      'one datasetId twice',
      [
        { value: 1, datasetId: 'urn:d:1' },
        { value: 2, datasetId: 'urn:d:1' },
      ],
    ],
    ['instances and bare values', [{ type: 'Property', value: 1 }, 2]],
  ]
  for (const [what, body] of refused) {
    it(`are refused with ${what}`, () => expect(problemOf(() => instancesOf(body))).to.match(/^Attribute a /))
  }
})

describe('5.5.4 NGSI-LD Null', () => {
  const forms: readonly (readonly [JsonValue, InstanceFragment])[] = [
    [NULL, { value: NULL }],
    [
      { value: NULL, datasetId: 'urn:d:1' },
      { kind: 'Property', value: NULL, datasetId: 'urn:d:1' },
    ],
    [
      { type: 'GeoProperty', value: NULL },
      { kind: 'GeoProperty', value: NULL },
    ],
    [{ object: NULL }, { kind: 'Relationship', value: NULL }],
    [{ vocab: NULL }, { kind: 'VocabProperty', value: NULL }],
    [{ json: NULL }, { kind: 'JsonProperty', value: NULL }],
    [{ languageMap: { '@none': NULL } }, { kind: 'LanguageProperty', value: NULL }],
    [{ valueList: [NULL] }, { kind: 'ListProperty', value: NULL }],
    [{ objectList: [NULL] }, { kind: 'ListRelationship', value: NULL }],
    [{ objectList: [{ object: NULL }] }, { kind: 'ListRelationship', value: NULL }],
  ]
  for (const [body, expected] of forms) {
    it(`is read from ${JSON.stringify(body)} in updates and merges, refused elsewhere`, () => {
      expect(instancesOf(body, update)).to.deep.equal([expected])
      expect(instancesOf(body, merge)).to.deep.equal([expected])
      expect(problemOf(() => instancesOf(body, create))).to.include('only updates and merges')
    })
  }

  it('deletes sub-attributes and members of an attribute', () => {
    const body = { value: 1, observedAt: NULL, unitCode: NULL, expiresAt: NULL, quality: NULL }
    expect(instancesOf(body, partial)).to.deep.equal([
      {
        kind: 'Property',
        value: 1,
        observedAt: NULL,
        unitCode: NULL,
        expiresAt: NULL,
        attributes: { [short('quality')]: [{ value: NULL }] },
      },
    ])
    expect(problemOf(() => instancesOf({ value: 1, unitCode: NULL }))).to.include('Attribute a.unitCode is')
  })

  it('deletes scopes and expiry of an entity', () => {
    expect(entity({ scope: NULL, expiresAt: NULL }, update)).to.include({ scopes: NULL, expiresAt: NULL })
  })

  it('stands inside a value in merges only, and never in an array', () => {
    const value = { keep: 1, drop: NULL, in: { drop: NULL } }
    expect(instancesOf({ value }, merge)[0]?.value).to.equal(value)
    expect(instancesOf({ languageMap: { vi: NULL, en: 'x' } }, merge)[0]?.value).to.deep.equal({
      vi: NULL,
      en: 'x',
    })
    expect(problemOf(() => instancesOf({ value }, update))).to.include('inside its value')
    expect(problemOf(() => instancesOf({ value: { list: [NULL] } }, merge))).to.include('inside its value')
    expect(problemOf(() => instancesOf({ languageMap: { vi: NULL, en: 'x' } }, update))).to.include(
      'inside its value',
    )
  })

  it('cannot delete a datasetId, a type or an id', () => {
    expect(problemOf(() => instancesOf({ value: 1, datasetId: NULL }, merge))).to.include('datasetId')
    expect(problemOf(() => instancesOf({ type: NULL, value: 1 }, merge))).to.include('type')
    expect(problemOf(() => decodeEntity({ id: NULL }, table, merge))).to.include('id')
    expect(problemOf(() => instancesOf({ object: ['urn:x:1', NULL] }, merge))).to.include('not a URI')
  })
})

describe('5.6.4 and 5.6.17 fragments', () => {
  it('may leave out the value', () => {
    expect(
      decodeAttribute('a', { observedAt: '1970-01-01T00:00:00Z', quality: { value: 1 } }, table, partial),
    ).to.deep.equal([{ observedAt: 0, attributes: { [short('quality')]: [{ kind: 'Property', value: 1 }] } }])
    expect(decodeAttribute('a', { type: 'Property', unitCode: 'CEL' }, table, partial)).to.deep.equal([
      { kind: 'Property', unitCode: 'CEL' },
    ])
  })

  it('take one attribute with or without @context, or several instances of it', () => {
    expect(decodeAttribute('a', { '@context': 'https://x.example', value: 1 }, table, update)).to.deep.equal([
      { kind: 'Property', value: 1 },
    ])
    expect(
      decodeAttribute('a', [{ value: 1 }, { value: 2, datasetId: 'urn:d:1' }], table, update),
    ).to.have.length(2)
    expect(problemOf(() => decodeAttribute('a', [{ value: 1 }, { value: 2 }], table, update))).to.include(
      'several instances',
    )
  })

  it('cannot address the scope or another reserved name', () => {
    for (const name of ['scope', 'observedAt', 'a b']) {
      expect(problemOf(() => decodeAttribute(name, { value: 1 }, table, update))).to.match(/^Attribute /)
    }
  })
})

describe('4.5.4 simplified fragments', () => {
  const cases: readonly (readonly [JsonValue, readonly InstanceFragment[]])[] = [
    [5, [{ value: 5, simplified: true }]],
    ['urn:x:1', [{ value: 'urn:x:1', simplified: true }]],
    [['urn:x:1', 'urn:x:2'], [{ value: ['urn:x:1', 'urn:x:2'], simplified: true }]],
    [{ type: 'Foo', value: 1 }, [{ value: { type: 'Foo', value: 1 }, simplified: true }]],
    [NULL, [{ value: NULL }]],
    [{ languageMap: { vi: 'x' } }, [{ kind: 'LanguageProperty', value: { vi: 'x' }, simplified: true }]],
    [{ vocab: 'stop' }, [{ kind: 'VocabProperty', value: short('stop'), simplified: true }]],
    [{ json: { a: null } }, [{ kind: 'JsonProperty', value: { a: null }, simplified: true }]],
    [
      { dataset: { '@none': 1, 'urn:d:1': 2 } },
      [
        { value: 1, simplified: true },
        { value: 2, simplified: true, datasetId: 'urn:d:1' },
      ],
    ],
  ]
  for (const [body, expected] of cases) {
    it(`read ${JSON.stringify(body)}`, () => expect(instancesOf(body, simplified)).to.deep.equal(expected))
  }

  it('are checked like others', () => {
    expect(problemOf(() => instancesOf(null, simplified))).to.include('JSON null')
    expect(problemOf(() => instancesOf({ dataset: { lab: 1 } }, simplified))).to.include('datasetId')
    expect(problemOf(() => instancesOf('\ud800', simplified))).to.include('lone surrogate')
  })
})
