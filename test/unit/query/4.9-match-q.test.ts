import { expect } from 'chai'
import type { Entity } from '../../../broker/core/model/entity.ts'
import { matchQ } from '../../../broker/core/query/match-q.ts'
import { at, EXAMPLE, entity, attributes as inside, instance, name, of, q } from './builders.ts'

type Case = readonly [text: string, matches: boolean]

function check(
  title: string,
  subject: Entity,
  cases: readonly Case[],
  options: Parameters<typeof q>[1] = {},
) {
  describe(title, () => {
    for (const [text, matches] of cases) {
      it(`${matches ? 'matches' : 'does not match'} ${text}`, () => {
        expect(matchQ(q(text, options), subject)).to.equal(matches)
      })
    }
  })
}

describe('4.9 NGSI-LD Query Language: evaluation', () => {
  check('logic and existence', entity({ a: 1, b: 'x' }), [
    ['a', true],
    ['c', false],
    ['!a', false],
    ['!c', true],
    ['a;b', true],
    ['a;c', false],
    ['c|b', true],
    ['c|d', false],
    ['c;a|b', true],
    ['c;(a|b)', false],
    ['!c;a==1', true],
    ['constructor', false],
    ['!constructor', true],
    ['hasOwnProperty|toString|valueOf', false],
  ])

  check('numbers', entity({ a: 20.5 }), [
    ['a==20.5', true],
    ['a==20.50', true],
    ['a==2.05e1', true],
    ['a!=20.5', false],
    ['a!=20', true],
    ['a>20', true],
    ['a>20.5', false],
    ['a>=20.5', true],
    ['a<20.5', false],
    ['a<=20.5', true],
    ['a<30', true],
    ['a==20..21', true],
    ['a==20.5..21', true],
    ['a==20..20.5', true],
    ['a==21..22', false],
    ['a!=20..21', false],
    ['a!=21..22', true],
    ['a==1,20.5', true],
    ['a!=1,20.5', false],
    ['a!=1,2', true],
  ])

  check('strict types', entity({ number: 20, text: '20', yes: true, object: { x: 1 } }), [
    ['number=="20"', false],
    ['number!="20"', true],
    ['number>"1"', false],
    ['text==20', false],
    ['text!=20', true],
    ['text>1', false],
    ['text==1..30', false],
    ['text!=1..30', true],
    ['yes==true', true],
    ['yes!=true', false],
    ['yes==false', false],
    ['yes=="true"', false],
    ['yes==1', false],
    ['object=="x"', false],
    ['object!="x"', true],
    ['object>1', false],
    ['number~="20"', false],
    ['number!~="20"', false],
    ['object!~="20"', false],
  ])

  check('what is not there never matches a comparison', entity({ a: { x: 1 } }), [
    ['b==1', false],
    ['b!=1', false],
    ['b!~="x"', false],
    ['b<1', false],
    ['a.b!=1', false],
    ['a[y]!=1', false],
    ['a.observedAt!=2026-01-01T00:00:00Z', false],
  ])

  check('text by code point', entity({ a: 'Sông Công', high: '\u{1f600}', low: '\ue000' }), [
    ['a=="Sông Công"', true],
    ['a=="So\u0302ng Co\u0302ng"', false],
    ['a=="sông công"', false],
    ['a>"Sông"', true],
    ['a<"Sông D"', true],
    ['high>"\ue000"', true],
    ['low<"\u{1f600}"', true],
    ['a=="S".."T"', true],
    ['a=="T".."U"', false],
  ])

  check('patterns', entity({ a: 'Eiffel Tower', list: ['Eiffel'] }), [
    ['a~="^Eiffel"', true],
    ['a~="Tower$"', true],
    ['a~="ffel"', true],
    ['a~=^E.*r$', true],
    ['a~="^Tower"', false],
    ['a~="[[:digit:]]"', false],
    ['a~="(Pisa|Eiffel) Tower"', true],
    ['a!~="^Pisa"', true],
    ['a!~="^Eiffel"', false],
    ['list~="Eiffel"', false],
    ['list!~="Pisa"', false],
  ])

  check('arrays', entity({ a: ['blue', 'red', 7], empty: [], nested: [['red']] }), [
    ['a=="red"', true],
    ['a=="black"', false],
    ['a=="black","red"', true],
    ['a==7', true],
    ['a==5..8', true],
    ['a!="red"', false],
    ['a!="black"', true],
    ['a!="black","red"', false],
    ['a!="black","white"', true],
    ['a!=5..8', false],
    ['a>1', false],
    ['empty', true],
    ['empty=="red"', false],
    ['empty!="red"', true],
    ['nested=="red"', false],
  ])

  check('a ListProperty is an array', entity({ a: of('ListProperty', [1, 2]) }), [
    ['a==2', true],
    ['a!=2', false],
    ['a!=3', true],
    ['a>1', false],
  ])

  check(
    'dates and times as instants',
    entity({
      day: '2026-01-31',
      moment: '2026-01-31T07:00:00.000Z',
      typed: { '@type': 'DateTime', '@value': '2026-01-31T07:00:00Z' },
      clock: '08:30:00Z',
      word: 'soon',
    }),
    [
      ['moment==2026-01-31T07:00:00Z', true],
      ['moment!=2026-01-31T07:00:00Z', false],
      ['moment=="2026-01-31T07:00:00Z"', false],
      ['moment>2026-01-31T06:59:59.999999Z', true],
      ['moment==2026-01-31T00:00:00Z..2026-01-31T07:00:00Z', true],
      ['moment==2026-01-31', false],
      ['typed==2026-01-31T07:00:00.0Z', true],
      ['typed<2026-02-01T00:00:00Z', true],
      ['day==2026-01-31', true],
      ['day>2026-01-30', true],
      ['day>2026-01-31', false],
      ['day==2026-01-31T00:00:00Z', false],
      ['clock>08:29:59Z', true],
      ['clock==08:30:00.000Z', true],
      ['word>2026-01-30', false],
      ['word!=2026-01-30', true],
    ],
  )

  check(
    'members of an attribute and of the entity',
    entity({
      a: instance(1, {
        observedAt: at('2026-01-31T07:00:00Z'),
        unitCode: 'CEL',
        datasetId: 'urn:x:1',
        expiresAt: at('2027-01-01T00:00:00Z'),
      }),
      b: 1,
    }),
    [
      ['a.observedAt', true],
      ['b.observedAt', false],
      ['!b.observedAt', true],
      ['a.observedAt>=2026-01-31T07:00:00Z', true],
      ['a.observedAt>2026-01-31T07:00:00Z', false],
      ['a.observedAt=="2026-01-31T07:00:00.000Z"', true],
      ['a.observedAt>2026-01-31', true],
      ['a.observedAt==2026-01-31', false],
      ['a.observedAt>"soon"', false],
      ['a.observedAt>5', false],
      ['a.observedAt!=5', true],
      ['a.observedAt>12:00:00Z', false],
      ['a.observedAt~="2026"', false],
      ['a.expiresAt<2028-01-01T00:00:00Z', true],
      ['a.createdAt==2026-01-01T00:00:00Z', true],
      ['a.modifiedAt==2026-01-02T00:00:00Z', true],
      ['a.unitCode=="CEL"', true],
      ['a.unitCode~="^C"', true],
      ['a.unitCode=="FAH"', false],
      ['a.datasetId==urn:x:1', true],
      ['a.datasetId=="urn:x:1"', true],
      ['b.datasetId', false],
      ['createdAt<2026-01-02T00:00:00Z', true],
      ['modifiedAt>"2020-01-01T00:00:00Z"', true],
      ['modifiedAt<2020-01-01T00:00:00Z', false],
      ['expiresAt', false],
    ],
  )

  check(
    'sub-attributes',
    entity({
      a: instance(1, { attributes: inside({ b: instance('x', { attributes: inside({ c: 3 }) }) }) }),
    }),
    [
      ['a.b=="x"', true],
      ['a.b.c==3', true],
      ['a.b.c>3', false],
      ['a.c', false],
      ['a.b.createdAt', true],
      ['a.constructor', false],
    ],
  )

  check(
    'value paths',
    entity({
      address: { city: 'Thái Nguyên', 'post-code': 1, geo: { x: 5 }, nothing: null, list: [{ y: 1 }] },
      hidden: JSON.parse('{"__proto__": {"x": 1}}'),
      where: of('GeoProperty', { type: 'Point', coordinates: [105.8, 21.6] }),
    }),
    [
      ['address[city]=="Thái Nguyên"', true],
      ['address[city]', true],
      ['address[street]', false],
      ['!address[street]', true],
      ['address[post-code]==1', true],
      ['address[geo.x]>4', true],
      ['address[geo.y]', false],
      ['address[city.length]', false],
      ['address[list.length]', false],
      ['address[list.y]', false],
      ['address[nothing]', true],
      ['address[nothing]!=1', true],
      ['address[nothing]==1', false],
      ['address[constructor]', false],
      ['address[__proto__]', false],
      ['hidden[__proto__.x]==1', true],
      ['where[type]=="Point"', true],
      ['where[coordinates]==21.6', true],
    ],
  )

  check(
    'several instances: any of them',
    entity({ a: [instance(1), instance(9, { datasetId: 'urn:x:1', unitCode: 'CEL' })] }),
    [
      ['a==9', true],
      ['a==1', true],
      ['a==5', false],
      ['a!=9', true],
      ['a>5', true],
      ['a.unitCode=="CEL"', true],
      ['a.datasetId', true],
    ],
  )

  check(
    'a LanguageProperty without brackets is any language',
    entity({ a: of('LanguageProperty', { vi: 'đỏ', en: 'red', 'fr-CH': ['rouge', 'vermeil'] }) }),
    [
      ['a=="red"', true],
      ['a=="rouge"', true],
      ['a=="blue"', false],
      ['a!="red"', false],
      ['a!="blue"', true],
      ['a[*]=="rouge"', true],
      ['a[*]!="red"', false],
      ['a[en]=="red"', true],
      ['a[EN]=="red"', true],
      ['a[en]=="rouge"', false],
      ['a[fr-CH]=="vermeil"', true],
      ['a[fr-ch]!="rouge"', false],
      ['a[vi]!="red"', true],
      ['a[de]', false],
      ['a[de]!="red"', false],
      ['!a[de]', true],
      ['a[en.x]', false],
      ['a~="^verm"', true],
      ['a[en]~="^verm"', false],
      ['a!~="^verm"', false],
      ['a==1', false],
    ],
  )

  check(
    'a Relationship goes with == and != only',
    entity({
      one: of('Relationship', 'urn:x:1'),
      many: of('Relationship', ['urn:x:1', 'urn:x:2']),
      list: of('ListRelationship', ['urn:x:1', 'urn:x:2']),
    }),
    [
      ['one==urn:x:1', true],
      ['one=="urn:x:1"', true],
      ['one==urn:x:9,urn:x:1', true],
      ['one!=urn:x:1', false],
      ['one!=urn:x:2', true],
      ['one!=5', true],
      ['one>"urn:a"', false],
      ['one>=urn:x:1', false],
      ['one~="urn"', false],
      ['one!~="http"', false],
      ['one=="urn:a".."urn:z"', false],
      ['many==urn:x:2', true],
      ['many!=urn:x:2', false],
      ['many!="urn:x:3","urn:x:4"', true],
      ['list==urn:x:2', true],
      ['list<="urn:z"', false],
      ['one[x]', false],
    ],
  )

  const vocab = entity({
    a: of('VocabProperty', `${EXAMPLE}Male`),
    b: of('VocabProperty', [`${EXAMPLE}Male`, name('other')]),
    c: 'Male',
  })
  check(
    'a VocabProperty with expandValues',
    vocab,
    [
      ['a==Male', true],
      ['a=="Male"', true],
      ['a=="x","Male"', true],
      ['a!=Male', false],
      ['a==other', false],
      ['b==other', true],
      ['b!=other', false],
      ['c=="Male"', true],
    ],
    { expandValues: ['a', 'b', 'c'] },
  )
  check('a VocabProperty without expandValues', vocab, [
    ['a==Male', false],
    ['a!=Male', true],
    ['a==https://example.org/Male', true],
    ['a=="https://example.org/Male"', true],
  ])

  check(
    'a JsonProperty has literal keys',
    entity({ a: of('JsonProperty', { type: 'x', value: 'Overstay', deep: { type: null } }) }),
    [
      ['a', true],
      ['a[value]=="Overstay"', true],
      ['a[type]!="x"', false],
      ['a[deep.type]', true],
      ['a[deep.other]', false],
    ],
    { jsonKeys: ['a'] },
  )
})

describe('4.5.23 Linked Entity Retrieval: q through relationships', () => {
  const owner = entity(
    { name: 'Ann', works: of('Relationship', 'urn:x:company') },
    { id: 'urn:x:ann', types: [name('Person')] },
  )
  const company = entity({ name: 'Gang Thép' }, { id: 'urn:x:company', types: [name('Company')] })
  const known = new Map([owner, company].map((one) => [one.id, one]))
  const context = { linked: (uri: string) => known.get(uri) }
  const subject = entity({
    owner: of('Relationship', ['urn:x:unknown', 'urn:x:ann']),
    text: 'urn:x:ann',
  })
  const cases: readonly Case[] = [
    ['owner{name}', true],
    ['owner{name}=="Ann"', true],
    ['owner{name}!="Ann"', false],
    ['owner{Person:name}=="Ann"', true],
    ['owner{Company:name}=="Ann"', false],
    ['owner{Company,Person:name}=="Ann"', true],
    ['owner{works{name}}=="Gang Thép"', true],
    ['owner{Person:works{Company:name}}~="^Gang"', true],
    ['owner{works{Person:name}}', false],
    ['owner{age}', false],
    ['!owner{age}', true],
    ['!owner{name}', false],
    ['text{name}', false],
  ]
  for (const [text, matches] of cases) {
    it(`${matches ? 'matches' : 'does not match'} ${text}`, () => {
      expect(matchQ(q(text), subject, context)).to.equal(matches)
    })
  }

  it('finds no linked entity without a way to look it up', () => {
    expect(matchQ(q('owner{name}'), subject)).to.equal(false)
    expect(matchQ(q('!owner{name}'), subject)).to.equal(true)
  })
})
