import { expect } from 'chai'
import fc from 'fast-check'
import { SEALED } from '../../../broker/core/context/attribute-names.ts'
import type { Entity, Instance } from '../../../broker/core/model/entity.ts'
import { NGSI_LD } from '../../../broker/core/model/iri.ts'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import { render } from '../../../broker/core/view/render.ts'
import { rewriteCanonical } from '../../../broker/operations/entities/rewrite-canonical.ts'
import { canonicalEntity } from '../../../broker/store/port/canonical.ts'
import { parseEntity } from '../../../broker/store/port/change.ts'
import { tableOf, term } from '../context/terms.ts'
import { DATASET, entity, iri, LATER, stored, THEN } from '../merge/build.ts'

const table = tableOf(term('ex', 'https://example.org/', { prefix: true }))
const point = { type: 'Point', coordinates: [105.84, -21.59e-7] }
const link: Partial<Instance> = { kind: 'Relationship' }

/** Texts that could end a member early, or begin another. */
const word = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'a"b',
    '\\',
    '},"createdAt":1',
    '"}],',
    '[',
    ']',
    '{',
    ',"expiresAt":1',
    '\ud800',
    '\u2028',
    'Đo',
  ),
)
const value: fc.Arbitrary<JsonValue> = fc.oneof(
  word,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom<JsonValue>(true, null, 1e21, -0, point, { type: 'Point' }, [1], {
    type: 'A"',
    coordinates: [],
  }),
  fc.json({ maxDepth: 2 }).map((text): JsonValue => JSON.parse(text)),
)
const instance = fc
  .record(
    {
      kind: fc.constantFrom('Property', 'GeoProperty', 'Relationship', 'JsonProperty', 'VocabProperty'),
      observedAt: fc.constantFrom(THEN, THEN + 1, -1, 9e15),
      unitCode: word,
      valueType: fc.constant(iri('Celsius')),
      datasetId: fc.constant(DATASET),
      expiresAt: fc.constant(LATER),
      attributes: fc.constant({ [iri('sub')]: [stored(1)] }),
    } as const,
    { requiredKeys: ['kind'] },
  )
  .chain((members) => value.map((one): Instance => ({ ...stored(one), ...members })))
const names = fc.constantFrom(
  'https://example.org/a',
  'urn:x:b',
  'x:c"d',
  ...['e', 'f'].map(iri),
  ...SEALED.values(),
)
const entities = fc
  .record(
    {
      id: word,
      types: fc.constantFrom([iri('A')], ['https://example.org/B'], [iri('A'), iri('B')]),
      scopes: fc.constant(['/a']),
      expiresAt: fc.constant(LATER),
      attributes: fc.dictionary(names, fc.array(instance, { minLength: 1, maxLength: 2 }), { maxKeys: 3 }),
    },
    { requiredKeys: ['attributes'] },
  )
  .map((members) => entity({}, members))

const rewritten = (given: Entity) => rewriteCanonical(canonicalEntity(given), table)

describe('rewriting a canonical text', () => {
  it('writes what rendering writes, or leaves it to that', () => {
    fc.assert(
      fc.property(entities, (given) => {
        const read = parseEntity(canonicalEntity(given))
        const text = render(read, { options: { format: 'normalized' }, table })
        expect(rewritten(given) ?? { types: read.types, text }).to.deep.equal({ types: read.types, text })
      }),
      { numRuns: 2000 },
    )
  })

  it('covers scalars, URIs, geometries, units and instants of observation', () => {
    const given = entity({
      a: [stored(-1.5e-7, { observedAt: THEN, unitCode: 'CEL' })],
      b: [stored('Thái Nguyên')],
      c: [stored('urn:x:1', link)],
      d: [stored(point, { kind: 'GeoProperty' })],
      e: [stored(true)],
    })
    const text = render(given, { options: { format: 'normalized' }, table })
    expect(rewritten(given)).to.deep.equal({ types: given.types, text })
  })

  const left: readonly (readonly [string, Entity])[] = [
    ['an entity that expires', entity({ a: [stored(1)] }, { expiresAt: LATER })],
    ['an attribute that expires', entity({ a: [stored(1, { expiresAt: LATER })] })],
    [
      'a sub-attribute that expires',
      entity({ a: [stored(1, { attributes: { [iri('b')]: [stored(2, { expiresAt: LATER })] } })] }),
    ],
    ['several types', entity({ a: [stored(1)] }, { types: [iri('A'), iri('B')] })],
    ['scopes', entity({ a: [stored(1)] }, { scopes: ['/a'] })],
    ['several instances', entity({ a: [stored(1), stored(2, { datasetId: DATASET })] })],
    ['an array', entity({ a: [stored([1, 2])] })],
    ['a vocabulary', entity({ a: [stored(iri('b'), { kind: 'VocabProperty' })] })],
    ['an escaped text', entity({ a: [stored('a"b')] })],
    ['a sealed member', entity({}, { attributes: { [`${NGSI_LD}entityIdSealed`]: [stored('x')] } })],
    ['no attributes', entity({})],
  ]
  for (const [title, given] of left) {
    it(`leaves to rendering: ${title}`, () => {
      expect(rewritten(given)).to.equal(undefined)
    })
  }
})
