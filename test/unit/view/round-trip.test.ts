import { expect } from 'chai'
import fc from 'fast-check'
import { decodeEntity } from '../../../broker/core/context/decode-entity.ts'
import { createEntity } from '../../../broker/core/merge/create-entity.ts'
import type { AttributeKind, Instance } from '../../../broker/core/model/entity.ts'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import { render } from '../../../broker/core/view/render.ts'
import { tableOf } from '../context/terms.ts'
import { DATASET, entity, iri, NOW, stored, THEN } from '../merge/build.ts'

const word = fc.constantFrom(
  'type',
  'value',
  'object',
  'observedAt',
  'coordinates',
  'a',
  '__proto__',
  'Point',
  'Property',
)
const json: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.integer(),
    word,
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(word, tie('value'), { maxKeys: 2 }),
  ),
})).value

const uri = fc.constantFrom('urn:x:1', 'urn:x:2')
const values: Readonly<Record<AttributeKind, fc.Arbitrary<JsonValue>>> = {
  Property: json,
  GeoProperty: fc.constantFrom<JsonValue>(
    { type: 'Point', coordinates: [1, 2] },
    {
      type: 'LineString',
      coordinates: [
        [1, 2],
        [3, 4],
      ],
    },
  ),
  LanguageProperty: fc.constantFrom<JsonValue>({ vi: 'a' }, { '@none': 'a', en: ['b'] }),
  VocabProperty: fc.constantFrom<JsonValue>(iri('good'), [iri('good'), 'https://example.org/bad']),
  JsonProperty: fc.constantFrom<JsonValue>({ type: 'Property', value: null }, []),
  ListProperty: fc.array(fc.integer(), { maxLength: 2 }),
  Relationship: fc.oneof(uri, fc.constant<JsonValue>(['urn:x:1', 'urn:x:2'])),
  ListRelationship: fc.array(uri, { maxLength: 2 }),
}

const kinds = fc.constantFrom(...(Object.keys(values) as AttributeKind[])) // the keys of a record by kind
const members = fc.constantFrom<Partial<Instance>>(
  {},
  {},
  { observedAt: THEN },
  { attributes: { [iri('by')]: [stored({ type: 'x' })] } },
)
const one = kinds.chain((kind) =>
  fc.tuple(values[kind], members).map(([value, more]): Instance => ({ ...stored(value, more), kind })),
)
const instances = fc.oneof(
  one.map((single) => [single]),
  fc.tuple(one, one).map(([first, second]) => [first, { ...second, datasetId: DATASET }]),
)

describe('what is written reads back', () => {
  for (const format of ['normalized', 'concise'] as const) {
    it(`${format}: written, decoded and created, an entity is what it was`, () => {
      const table = tableOf()
      fc.assert(
        fc.property(instances, (list) => {
          const before = entity({ it: list })
          const body = JSON.parse(JSON.stringify(render(before, { format }, table)))
          const { next } = createEntity(undefined, decodeEntity(body, table, { nulls: 'forbidden' }), NOW)
          expect(JSON.parse(undated(next))).to.deep.equal(JSON.parse(undated(before)))
        }),
        { numRuns: 500 },
      )
    })
  }
})

function undated(thing: unknown): string {
  return JSON.stringify(thing).replace(/,"(?:createdAt|modifiedAt)":\d+/g, '')
}
