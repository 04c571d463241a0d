import { expect } from 'chai'
import * as fc from 'fast-check'
import { Parser } from 'n3'
import { IRI_TABLE } from '../../../broker/core/context/iri-table.ts'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import { EXPANDED, RDF_TYPES } from '../../../broker/http/added-types.ts'
import { writeRdf } from '../../../broker/http/encode/write-rdf.ts'

const A = 'https://example.org/a'
const HAS_VALUE = 'https://uri.etsi.org/ngsi-ld/hasValue'
const JSON_LITERAL = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON'

/** Keys that mean something to JSON-LD among those that do not. */
const key = fc.constantFrom(
  'a',
  'id',
  'type',
  'value',
  '@id',
  '@type',
  '@value',
  '@list',
  '@set',
  '@context',
  '@graph',
  '@none',
  '@reverse',
  '',
)
const scalar = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
)
const { value: anything } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.constantFrom('DateTime', 'https://example.org/T', 'urn:x', 'http://example.org/context.jsonld'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))

describe('RDF of any value', () => {
  const entity = (value: JsonValue) => ({ id: 'urn:x', type: A, [A]: { type: 'Property', value } })

  it('is made, whatever JSON-LD would make of it', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (value) => {
        for (const type of RDF_TYPES) {
          const text = await writeRdf([entity(value)], type, IRI_TABLE)
          if (type === EXPANDED) JSON.parse(text)
          else new Parser({ format: type }).parse(text)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('holds a member __proto__, in every kind that holds objects and every form', async () => {
    const value: JsonValue = JSON.parse('{"a":[{"__proto__":null}],"__proto__":1}')
    const text = '{"__proto__":1,"a":[{"__proto__":null}]}'
    for (const held of [
      { type: 'Property', value },
      { type: 'JsonProperty', json: value },
      { type: 'ListProperty', valueList: [value] },
    ]) {
      const node = { id: 'urn:x', type: A, [A]: held }
      const quads = await writeRdf([node], 'application/n-quads', IRI_TABLE)
      expect(quads, held.type).to.include(JSON.stringify(text))
      const expanded = await writeRdf([node], EXPANDED, IRI_TABLE)
      expect(expanded, held.type).to.include(
        '{"@type":"@json","@value":{"__proto__":1,"a":[{"__proto__":null}]}}',
      )
    }
  })

  it('holds objects exactly', async () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>, {
      minKeys: 1,
      noNullPrototype: true,
    })
    await fc.assert(
      fc.asyncProperty(object, async (value) => {
        const quads = new Parser({ format: 'N-Quads' }).parse(
          await writeRdf([entity({ ...value, '': 1 })], 'application/n-quads', IRI_TABLE),
        )
        const [literal] = quads
          .filter(({ predicate }) => predicate.value === HAS_VALUE)
          .map(({ object: found }) => found)
        expect(literal).to.have.nested.property('datatype.value', JSON_LITERAL)
        expect(JSON.parse(literal?.value ?? '')).to.deep.equal(
          JSON.parse(JSON.stringify({ ...value, '': 1 })),
        )
      }),
      { numRuns: 100, examples: [[JSON.parse('{"a":[{"__proto__":null}],"__proto__":1}')]] },
    )
  })
})
