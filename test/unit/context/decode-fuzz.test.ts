import { expect } from 'chai'
import fc from 'fast-check'
import { type DecodeRules, decodeEntity } from '../../../broker/core/context/decode-entity.ts'
import { DEFAULT_CONTEXT } from '../../../broker/core/model/iri.ts'
import type { JsonObject, JsonValue } from '../../../broker/core/model/json.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { tableOf, term } from './terms.ts'

const table = tableOf(
  term('ex', 'https://example.org/', { prefix: true }),
  term('speed', 'https://example.org/speed'),
)
const MEMBERS = [
  'type',
  '@type',
  'value',
  'object',
  'languageMap',
  'vocab',
  'json',
  'valueList',
  'objectList',
  '__proto__',
].concat([
  'datasetId',
  'observedAt',
  'unitCode',
  'objectType',
  'valueType',
  '@value',
  '@none',
  'dataset',
  'a',
  'ex:b',
  'values',
  'jsons',
])
const TEXTS = [
  'Property',
  'GeoProperty',
  'Relationship',
  'Point',
  'urn:ngsi-ld:null',
  'urn:x:1',
  '@json',
  '@none',
]

const rules: fc.Arbitrary<DecodeRules> = fc.oneof(
  fc.record({
    nulls: fc.constantFrom('forbidden', 'attribute', 'deep'),
    partial: fc.constantFrom(false, true, 'attribute' as const),
    simplified: fc.boolean(),
  }),
  fc.constant<DecodeRules>({ nulls: 'forbidden', history: true }),
)

const { body } = fc.letrec<{ body: JsonValue }>((tie) => ({
  body: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(fc.constantFrom(...TEXTS), fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('body'), { maxLength: 3 }),
    fc.array(fc.tuple(fc.constantFrom(...MEMBERS), tie('body')), { maxLength: 4 }).map(Object.fromEntries),
  ),
}))

describe('decoding, on any JSON', () => {
  it('answers a fragment or a Problem that says where, and leaves the body as it is', () => {
    fc.assert(
      fc.property(body, rules, (attribute, rule) => {
        const entity: JsonObject = { id: 'urn:x:1', type: 'T', a: attribute }
        const before = JSON.stringify(entity)
        try {
          const { attributes } = decodeEntity(entity, table, rule)
          expect(Object.keys(attributes)).to.deep.equal([`${DEFAULT_CONTEXT}a`])
        } catch (error) {
          if (!(error instanceof Problem)) throw error
          expect(error.code).to.equal('BadRequestData')
          expect(error.message).to.match(/^(Attribute a|Name )/)
        }
        expect(JSON.stringify(entity)).to.equal(before)
      }),
      { numRuns: 3000 },
    )
  })

  it('does so with scopes over time', () => {
    fc.assert(
      fc.property(body, (scope) => {
        try {
          decodeEntity({ id: 'urn:x:1', type: 'T', scope }, table, { nulls: 'forbidden', history: true })
        } catch (error) {
          if (!(error instanceof Problem)) throw error
          expect(error.code).to.equal('BadRequestData')
          expect(error.message).to.match(/^(Attribute scope|Entity has|Name )/)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('compacts every IRI to a name that expands to it again', () => {
    const start = fc.constantFrom(
      DEFAULT_CONTEXT,
      'https://example.org/',
      'https://example.org',
      'urn:',
      'other:',
    )
    fc.assert(
      fc.property(start, fc.string({ minLength: 1 }), (prefix, rest) => {
        const iri = prefix + rest.replace(/\s/g, '')
        fc.pre(/^[a-z]+:./.test(iri))
        expect(table.expand(table.compact(iri))).to.equal(iri)
      }),
      { numRuns: 3000 },
    )
  })
})
