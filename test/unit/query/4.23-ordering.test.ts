import { expect } from 'chai'
import fc from 'fast-check'
import type { GeometryEngine } from '../../../broker/core/geo/engine.ts'
import type { Entity } from '../../../broker/core/model/entity.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import type { Geometry } from '../../../broker/core/query/ast.ts'
import { collatorOf } from '../../../broker/core/query/collator.ts'
import { Leading } from '../../../broker/core/query/leading.ts'
import { compareKeys, orderKeys } from '../../../broker/core/query/order-key.ts'
import { parseOrderBy } from '../../../broker/core/query/parse-order-by.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'
import { entity, instance, name, of, table, thrownBy } from './builders.ts'

function refusal(run: () => unknown): Problem {
  const thrown = thrownBy(run)
  if (thrown instanceof Problem) return thrown
  throw new Error('Nothing was refused')
}

const up = { descending: false, byDistance: false }

describe('4.23.3 NGSI-LD Entity Ordering Language: parser', () => {
  for (const [text, terms] of [
    ['id', [{ member: 'id', ...up }]],
    ['type;desc', [{ member: 'type', ...up, descending: true }]],
    ['scope ; asc', [{ member: 'scope', ...up }]],
    ['a', [{ path: { attributes: [name('a')] }, ...up }]],
    ['identity', [{ path: { attributes: [name('identity')] }, ...up }]],
    [
      'a.b[c.d];desc',
      [{ path: { attributes: [name('a'), name('b')], value: ['c', 'd'] }, ...up, descending: true }],
    ],
    ['createdAt', [{ path: { attributes: [], member: 'createdAt' }, ...up }]],
    ['a.observedAt', [{ path: { attributes: [name('a')], member: 'observedAt' }, ...up }]],
    ['a;dist-asc', [{ path: { attributes: [name('a')] }, descending: false, byDistance: true }]],
    ['a;dist-desc', [{ path: { attributes: [name('a')] }, descending: true, byDistance: true }]],
    [
      'id,a',
      [
        { member: 'id', ...up },
        { path: { attributes: [name('a')] }, ...up },
      ],
    ],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(parseOrderBy(text, table)).to.deep.equal(terms)
    })
  }

  for (const text of [
    '',
    ',',
    'a,',
    'a;',
    'a;up',
    'a;asc;desc',
    'a{b}',
    'a|b',
    'a;dist',
    '1a',
    'a[',
    'a.observedAt[x]',
  ]) {
    it(`refuses ${JSON.stringify(text)} with the position`, () => {
      const { code, members } = refusal(() => parseOrderBy(text, table))
      expect(code).to.equal('BadRequestData')
      expect(members.position).to.be.a('number')
    })
  }

  it('refuses more terms than a query may have', () => {
    expect(refusal(() => parseOrderBy(Array(129).fill('a').join(','), table)).code).to.equal(
      'TooComplexQuery',
    )
  })
})

describe('4.23 Entity Ordering: keys', () => {
  let engine: GeometryEngine
  before(async () => {
    engine = createGeometryEngine()
    await engine.ready()
  })
  const compact = (iri: string) => table.compact(iri)
  const POINT: Geometry = { type: 'Point', coordinates: [0, 0] }

  function compare(text: string, left: Entity, right: Entity): number {
    const terms = parseOrderBy(text, table)
    const ordering = { terms, from: POINT }
    const keys = (one: Entity) => orderKeys(one, ordering, { engine, compact })
    return Math.sign(compareKeys(keys(left), keys(right), { terms, compareTexts: collatorOf() }))
  }

  it('takes the default instance, else the first', () => {
    const several = entity({ a: [instance(9, { datasetId: 'urn:d' }), instance(1)] })
    const none = entity({ a: [instance(3, { datasetId: 'urn:d' }), instance(0, { datasetId: 'urn:e' })] })
    expect(compare('a', several, entity({ a: 2 }))).to.equal(-1)
    expect(compare('a', none, entity({ a: 2 }))).to.equal(1)
  })

  it('knows every kind of attribute', () => {
    const pairs: readonly (readonly [Entity, Entity])[] = [
      [
        entity({ a: of('LanguageProperty', { en: 'x', vi: 'a' }) }),
        entity({ a: of('LanguageProperty', { en: 'y' }) }),
      ],
      [entity({ a: of('VocabProperty', 'https://x/a') }), entity({ a: of('VocabProperty', 'https://x/b') })],
      [entity({ a: of('Relationship', 'urn:x:1') }), entity({ a: of('Relationship', 'urn:x:2') })],
      [
        entity({ a: of('ListRelationship', ['urn:x:1']) }),
        entity({ a: of('ListRelationship', ['urn:x:1', 'urn:x:0']) }),
      ],
      [entity({ a: of('ListProperty', [1, 'b']) }), entity({ a: of('ListProperty', [1, 'c']) })],
      [entity({ a: of('JsonProperty', { x: 1 }) }), entity({ a: of('JsonProperty', { x: 2 }) })],
    ]
    for (const [less, more] of pairs) {
      expect(compare('a', less, more), JSON.stringify(less.attributes)).to.equal(-1)
      expect(compare('a', more, less)).to.equal(1)
      expect(compare('a', less, less)).to.equal(0)
      expect(compare('a;desc', less, more)).to.equal(1)
    }
    const languages = of('LanguageProperty', { en: 'x', vi: 'a' })
    expect(
      compare('a[vi]', entity({ a: languages }), entity({ a: of('LanguageProperty', { vi: 'b' }) })),
    ).to.equal(-1)
    expect(compare('a[x]', entity({ a: of('JsonProperty', { x: null }) }), entity({ a: 1 }))).to.equal(-1)
  })

  it('measures to the nearest place of a geometry, on a sphere', () => {
    const line = of('GeoProperty', {
      type: 'LineString',
      coordinates: [
        [1, 0],
        [9, 0],
      ],
    })
    const point = of('GeoProperty', { type: 'Point', coordinates: [2, 0] })
    expect(compare('a;dist-asc', entity({ a: line }), entity({ a: point }))).to.equal(-1)
    const degree = engine.sphericalDistance(
      { type: 'Point', coordinates: [0, 90] },
      { type: 'Point', coordinates: [0, 89] },
    )
    expect(degree).to.be.closeTo((6_371_008.8 * Math.PI) / 180, 1e-3)
    const along = engine.sphericalDistance(
      {
        type: 'LineString',
        coordinates: [
          [1, 0],
          [9, 0],
        ],
      },
      POINT,
    )
    expect(along).to.be.closeTo(degree, 1e-3)
  })

  it('never orders by names of the prototype', () => {
    expect(compare('constructor', entity({ constructor: 1 }), entity({}))).to.equal(-1)
    expect(compare('toString', entity({}), entity({}))).to.equal(0)
  })
})

describe('4.23.3 Collation (RFC 6067)', () => {
  const sorted = (collation: string | undefined, ...texts: string[]) =>
    texts.sort(collatorOf(collation)).join(' ')

  it('is the root collation when nothing is said, whatever the machine speaks', () => {
    for (const tag of [undefined, 'und', 'und-x-icu', 'tlh'])
      expect(sorted(tag, 'b', 'á', 'B', 'A', 'a', 'Z', 'z')).to.equal('a A á b B z Z')
  })

  it('knows languages, their orders and the keys for strength, case and digits', () => {
    expect(sorted('vi', 'đa', 'dz', 'da', 'ă', 'az')).to.equal('az ă da dz đa')
    expect(sorted('de-u-co-phonebk', 'Af', 'Ä', 'Ad')).to.equal('Ad Ä Af')
    expect(sorted('und-u-kn', 'a10', 'a9')).to.equal('a9 a10')
    expect(sorted('und-u-kf-upper', 'a', 'A')).to.equal('A a')
    expect(collatorOf('und-u-ks-level1')('A', 'á')).to.equal(0)
    expect(collatorOf('und-u-ks-level2')('A', 'á')).to.not.equal(0)
    expect(collatorOf('und-u-ks-level2')('A', 'a')).to.equal(0)
    expect(collatorOf('und-u-ks-level1-kc')('A', 'a')).to.not.equal(0)
    expect(collatorOf('und-u-ka-shifted')('a b', 'ab')).to.equal(0)
    expect(collatorOf('und-u-ks-identic')('\u00e1', 'a\u0301')).to.not.equal(0)
    expect(collatorOf('und')('\u00e1', 'a\u0301')).to.equal(0)
    expect(collatorOf('de-u-co-standard')('a', 'b')).to.be.lessThan(0)
  })

  for (const tag of [
    '',
    '!!',
    'a_b_c_d_e',
    'und-u-co-phonebk',
    'de-u-co-nonsense',
    'de-u-nu-latn',
    'de-u-ks-none',
    'de-u-foo',
  ]) {
    it(`refuses ${JSON.stringify(tag)}`, () => {
      expect(refusal(() => collatorOf(tag)).code).to.equal('BadRequestData')
    })
  }
})

describe('Leading', () => {
  it('keeps what sorting all would leave in front', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 500 }),
        fc.nat(40),
        (numbers, most) => {
          const leading = new Leading<number>(most, (left, right) => left - right)
          for (const number of numbers) leading.add(number)
          const expected = [...numbers].sort((left, right) => left - right).slice(0, most)
          expect(leading.sorted()).to.deep.equal(expected)
        },
      ),
    )
  })
})
