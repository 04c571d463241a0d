import { expect } from 'chai'
import fc from 'fast-check'
import { parseGeometry } from '../../../broker/core/geo/parse-geometry.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { collatorOf } from '../../../broker/core/query/collator.ts'
import { matchQ } from '../../../broker/core/query/match-q.ts'
import { parseAttributeList } from '../../../broker/core/query/parse-attribute-list.ts'
import { parseGeoQuery } from '../../../broker/core/query/parse-geo-query.ts'
import { parseOrderBy } from '../../../broker/core/query/parse-order-by.ts'
import { parseProjection } from '../../../broker/core/query/parse-projection.ts'
import { parseScopeQuery } from '../../../broker/core/query/parse-scope-query.ts'
import { parseTypeSelection } from '../../../broker/core/query/parse-type-selection.ts'
import { entity, of, q, table } from './builders.ts'

/** Pieces of the languages in any order: much closer to a query than random characters. */
const pieces = fc
  .array(
    fc.constantFrom(
      ...[
        'a',
        'b.c',
        'ex:n',
        '.observedAt',
        'createdAt',
        '__proto__',
        'constructor',
        '[',
        ']',
        '{',
        '}',
        '(',
        ')',
      ],
      ...[
        '!',
        '==',
        '!=',
        '>=',
        '<=',
        '>',
        '<',
        '~=',
        '!~=',
        ';',
        '|',
        ',',
        '..',
        '"',
        '"x"',
        '\\',
        '*',
        '+',
        '#',
      ],
      ...[
        '/',
        '/A',
        '1',
        '-2.5',
        'true',
        '2026-01-01',
        '12:00:00Z',
        'urn:x:1',
        '"(a+)+$"',
        ' ',
        'T:',
        ':',
        'ế',
      ],
      ...['\ud800', '\u0000', 'near;maxDistance==', '[[', ']]', '\u{1f600}'],
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''))
const texts = fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 64 }))

const subject = entity({
  a: [1, 'x', true, null],
  b: of('LanguageProperty', { en: 'x' }),
  constructor: of('Relationship', 'urn:x:1'),
})

function onlyProblems(run: () => unknown): void {
  try {
    run()
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown
    expect(thrown.code).to.be.oneOf(['BadRequestData', 'TooComplexQuery'])
    const { position } = thrown.members
    if (position !== undefined) expect(position).to.be.a('number').that.is.at.least(0)
  }
}

describe('query parsers on any text', () => {
  const parsers: Readonly<Record<string, (text: string) => unknown>> = {
    parseQ: (text) => matchQ(q(text), subject, { linked: () => subject }),
    'parseQ, after an operator': (text) => q(`a==${text}`),
    'parseQ, pattern': (text) => matchQ(q(`a~="${text}"`), subject),
    parseTypeSelection: (text) => parseTypeSelection(text, table),
    parseScopeQuery: (text) => parseScopeQuery(text),
    parseProjection: (text) => parseProjection(text, table),
    parseOrderBy: (text) => parseOrderBy(text, table),
    'collatorOf, collation': (text) => collatorOf(text),
    parseAttributeList: (text) => parseAttributeList(text, table),
    'parseGeoQuery, georel': (georel) =>
      parseGeoQuery({ georel, geometry: 'Point', coordinates: '[1,2]' }, table),
    'parseGeoQuery, coordinates': (coordinates) =>
      parseGeoQuery({ georel: 'within', geometry: 'Polygon', coordinates }, table),
    'parseGeometry, text': (text) => parseGeometry(text),
  }
  for (const [title, parse] of Object.entries(parsers)) {
    it(`${title} refuses with a Problem or not at all`, () => {
      fc.assert(
        fc.property(texts, (text) => onlyProblems(() => parse(text))),
        { numRuns: 1500 },
      )
    })
  }

  it('parseGeometry refuses any JSON with a Problem or not at all', () => {
    const coordinates = fc.letrec((tie) => ({
      value: fc.oneof(fc.double(), fc.constantFrom(null, 'x', 181), fc.array(tie('value'), { maxLength: 5 })),
    })).value
    const type = fc.constantFrom(
      'Point',
      'LineString',
      'Polygon',
      'MultiPoint',
      'MultiPolygon',
      'constructor',
    )
    fc.assert(
      fc.property(type, coordinates, (kind, value) =>
        onlyProblems(() => parseGeometry({ type: kind, coordinates: value as number })),
      ),
      { numRuns: 1500 },
    )
  })
})

describe('patterns that would take for ever elsewhere', () => {
  const long = `${'a'.repeat(100_000)}!`
  for (const pattern of ['(a+)+$', '^(a|a)*$', '(a|aa)+$', '^(([a-z])+.)+[A-Z]([a-z])+$', '(.*a){12}$']) {
    it(`${pattern} answers on a long text`, () => {
      expect(matchQ(q(`a~="${pattern}"`), entity({ a: long }))).to.equal(false)
      expect(matchQ(q(`a!~="${pattern}"`), entity({ a: long }))).to.equal(true)
    })
  }
})
