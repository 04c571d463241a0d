import { expect } from 'chai'
import { DEFAULT_CONTEXT, NGSI_LD } from '../../../broker/core/model/iri.ts'
import { tableOf, term } from './terms.ts'

const table = tableOf(
  term('ex', 'https://example.org/', { prefix: true }),
  term('deep', 'https://example.org/deep/', { prefix: true }),
  term('almostFull', 'https://example.org/almostFull'),
  term('Plain', 'https://plain.example/'),
  term('gone', null),
  term('alias', '@graph'),
  term('backwards', 'https://example.org/parent', { reverse: true }),
  term('ref', 'https://example.org/ref', { coercion: '@id' }),
  term('plainRef', 'https://example.org/ref'),
  term('when', 'https://example.org/when', { coercion: `${NGSI_LD}DateTime` }),
  term('zz', 'https://example.org/twice'),
  term('aa', 'https://example.org/twice'),
  term('listed', 'https://example.org/list', { containers: ['@list'] }),
)

describe('5.5.7 term to URI expansion', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['almostFull', 'https://example.org/almostFull'],
    ['unknown', `${DEFAULT_CONTEXT}unknown`],
    ['ex:thing', 'https://example.org/thing'],
    ['ex:a:b', 'https://example.org/a:b'],
    ['ex://thing', 'ex://thing'],
    ['Plain:thing', 'Plain:thing'],
    ['other:thing', 'other:thing'],
    ['ngsi-ld:thing', `${NGSI_LD}thing`],
    ['https://example.org/x', 'https://example.org/x'],
    ['location', `${NGSI_LD}location`],
    ['constructor', `${DEFAULT_CONTEXT}constructor`],
    ['đường', `${DEFAULT_CONTEXT}đường`],
  ]
  for (const [name, iri] of cases) {
    it(`expands ${name}`, () => expect(table.expand(name)).to.equal(iri))
  }

  for (const name of ['gone', 'alias', '@type', '@foo']) {
    it(`refuses ${name}, which stands for no IRI`, () => {
      expect(() => table.expand(name))
        .to.throw(`Name ${name} `)
        .with.property('code', 'BadRequestData')
    })
  }
})

describe('5.5.7 term to URI compaction', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['an exact term', 'https://example.org/almostFull', 'almostFull'],
    ['a name of the default vocabulary', `${DEFAULT_CONTEXT}unknown`, 'unknown'],
    [
      'a name whose short form means something else',
      `${DEFAULT_CONTEXT}almostFull`,
      'ngsi-ld:default-context/almostFull',
    ],
    ['a name whose short form means nothing', `${DEFAULT_CONTEXT}gone`, 'ngsi-ld:default-context/gone'],
    ['a name whose short form has a colon', `${DEFAULT_CONTEXT}a:b`, 'ngsi-ld:default-context/a:b'],
    ['the shortest compact IRI', 'https://example.org/deep/x', 'deep:x'],
    ['no prefix alone', 'https://example.org/', 'ex'],
    ['no term that is no prefix', 'https://plain.example/x', 'https://plain.example/x'],
    ['no compact IRI that starts with //', 'https://example.org///x', 'https://example.org///x'],
    ['no reverse property', 'https://example.org/parent', 'ex:parent'],
    ['the @id term before the plain one', 'https://example.org/ref', 'ref'],
    ['a coerced term when there is no other', 'https://example.org/when', 'when'],
    ['the first of two as long', 'https://example.org/twice', 'aa'],
    ['a contained term when there is no other', 'https://example.org/list', 'listed'],
    ['an unknown IRI', 'urn:x:1', 'urn:x:1'],
  ]
  for (const [what, iri, name] of cases) {
    it(`answers ${what}`, () => {
      expect(table.compact(iri)).to.equal(name)
      expect(table.expand(name)).to.equal(name === 'ex' ? 'https://example.org/' : iri)
    })
  }

  it('tells coercions of terms and nothing of other names', () => {
    expect(table.coercion('when')).to.equal(`${NGSI_LD}DateTime`)
    expect(table.coercion('almostFull')).to.equal(undefined)
    expect(table.coercion('constructor')).to.equal(undefined)
  })
})
