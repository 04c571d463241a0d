import fc from 'fast-check'

type Text = fc.Arbitrary<string>

/** Puts texts one after the other. */
function sequence(...parts: readonly (Text | string)[]): Text {
  const texts = parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))
  return fc.tuple(...texts).map((list) => list.join(''))
}

/** Several of a kind with one of these symbols between. */
function joined(item: Text, symbols: readonly string[], most: number): Text {
  const symbol = fc.constantFrom(...symbols)
  return fc
    .tuple(item, fc.array(fc.tuple(symbol, item), { maxLength: most - 1 }))
    .map(([first, others]) => first + others.map((pair) => pair.join('')).join(''))
}

const maybe = (text: Text): Text => fc.oneof(fc.constant(''), text)
const blanks = fc.constantFrom('', '', '', ' ', '\t', '  ')
export const name = fc.constantFrom(
  ...[
    'a',
    'b',
    'Room',
    'ex:n',
    'ế',
    'observedAt',
    'createdAt',
    'datasetId',
    'id',
    'type',
    'scope',
    '__proto__',
  ],
  ...['constructor', 'urn:x:1', 'https://example.org/a.b', 'location', '@none', 'languageMap'],
)
const number = fc.oneof(
  fc.integer().map(String),
  fc.double().map(String),
  fc.constantFrom('-0', '1e999', '007'),
)
const quoted = fc.oneof(
  fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text)),
  fc.constantFrom('""', '"\\u0000"', '"\\ud800"', '"a;b|c,d"', '"(a+)+$"', '"\\"'),
)
const time = fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01', '12:30:00Z', '2026-02-30', '0000-00-00')
const scalar = fc.oneof(number, quoted, time, name, fc.constantFrom('true', 'false', 'urn:x:1', '*'))

const path = fc.letrec<{ path: string }>((tie) => ({
  path: sequence(
    joined(name, ['.'], 3),
    maybe(
      fc.oneof(
        sequence('[', joined(fc.oneof(name, fc.constantFrom('vi', '*')), ['.'], 3), ']'),
        sequence('{', maybe(sequence(joined(name, [','], 2), ':')), tie('path'), '}'),
      ),
    ),
  ),
})).path
const operator = fc.constantFrom('==', '!=', '>', '>=', '<', '<=', '~=', '!~=')
const value = fc.oneof(scalar, joined(scalar, [','], 4), sequence(scalar, '..', scalar))
const pattern = fc.oneof(
  quoted,
  joined(
    fc.constantFrom('a', '(', ')', '[', ']', '[:alpha:]', '*', '+', '?', '|', '{2,}', '\\d', '^', '$', '.'),
    [''],
    12,
  ),
)

/** Texts of the query language (CIM 009 v1.9.1, 4.9). */
export const q = fc.letrec<{ q: string }>((tie) => ({
  q: joined(
    fc.oneof(
      { depthSize: 'small' },
      sequence(fc.constantFrom('', '', '!'), path),
      sequence(path, blanks, operator, blanks, value),
      sequence(path, fc.constantFrom('~=', '!~='), pattern),
      sequence('(', tie('q'), ')'),
    ),
    [';', '|', ' ; '],
    3,
  ),
})).q

/** Texts of the type selection language (4.17). */
export const typeSelection = joined(
  fc.oneof(name, fc.constant('*'), sequence('(', joined(name, [';'], 3), ')')),
  [',', '|', ' | '],
  4,
)

const scope = sequence(
  fc.constantFrom('/', ''),
  joined(fc.constantFrom('A', 'b1', '+', 'Đ'), ['/'], 4),
  fc.constantFrom('', '/#'),
)

/** Texts of the scope query language (4.19). */
export const scopeQuery = joined(
  fc.oneof(scope, fc.constant('/#'), sequence('(', joined(scope, [';'], 3), ')')),
  [',', '|', ';'],
  4,
)

/** Texts of the projection language (4.21). */
export const projection = fc.letrec<{ list: string }>((tie) => ({
  list: joined(sequence(name, maybe(sequence('{', tie('list'), '}'))), [',', '|'], 3),
})).list

/** Texts of the ordering language (4.23.3). */
export const orderBy = joined(
  sequence(path, maybe(sequence(';', fc.constantFrom('asc', 'desc', 'dist-asc', 'dist-desc', 'up')))),
  [',', ' , '],
  3,
)

/** Collations (4.23.3; RFC 6067). */
export const collation = sequence(
  fc.constantFrom('vi', 'en', 'und', 'zh-Hans', 'i-klingon', 'x-private'),
  maybe(
    sequence('-u', fc.constantFrom('', '-kn-true', '-co-pinyin', '-ks-level2', '-kf-upper', '-co', '-zz-1')),
  ),
)

const coordinates = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(fc.double({ min: -181, max: 181 }), fc.double({ min: -91, max: 91 })),
    fc.constantFrom<unknown>(null, 'x', {}, 181, []),
    fc.array(tie('value'), { maxLength: 5 }),
  ),
})).value

/** GeoJSON geometries (4.7), and what comes near. */
export const geometry = fc.oneof(
  fc.record({
    type: fc.constantFrom('Point', 'LineString', 'Polygon', 'MultiPolygon', 'constructor'),
    coordinates,
  }),
  mutated(coordinates.map((held) => JSON.stringify({ type: 'Polygon', coordinates: held }))),
)

/** Parameters of the geoquery language (4.10): georel, geometry, coordinates, geoproperty. */
export const geoQuery: fc.Arbitrary<readonly [string, string, string, string]> = fc.tuple(
  fc.oneof(
    fc.constantFrom('within', 'contains', 'intersects', 'equals', 'disjoint', 'overlaps', 'near'),
    sequence('near;', fc.constantFrom('maxDistance', 'minDistance'), '==', number),
  ),
  fc.constantFrom(
    'Point',
    'LineString',
    'Polygon',
    'MultiPoint',
    'MultiLineString',
    'MultiPolygon',
    'constructor',
    '',
  ),
  coordinates.map((held) => JSON.stringify(held)),
  maybe(name),
)

const mediaType = sequence(
  fc.constantFrom('application', 'text', '*', 'APPLICATION'),
  '/',
  fc.constantFrom('json', 'ld+json', 'geo+json', '*', 'html'),
  maybe(
    sequence(
      ';',
      blanks,
      fc.constantFrom('q', 'Q', 'profile', 'charset'),
      '=',
      fc.oneof(number, quoted, name),
    ),
  ),
)

/** Accept headers (6.3.4; RFC 9110, 12.5.1). */
export const accept = joined(mediaType, [',', ', '], 4)

/** Link headers (6.3.5; RFC 8288, 3). */
export const link = joined(
  sequence(
    '<',
    fc.constantFrom('https://example.org/c.jsonld', '', 'x y', '/relative'),
    '>',
    maybe(
      sequence('; rel=', fc.constantFrom('"http://www.w3.org/ns/json-ld#context"', 'next', '"a b"', '"', '')),
    ),
    maybe(sequence('; type=', quoted)),
  ),
  [',', ', '],
  3,
)

/** Prefer headers (6.3.6; RFC 7240, 2). */
export const prefer = joined(
  sequence(
    fc.constantFrom('body', 'ngsi-ld', 'return', 'Body'),
    blanks,
    maybe(sequence('=', blanks, fc.oneof(fc.constantFrom('json', 'ld+json', '1.6', '9.99', '1'), quoted))),
    maybe(sequence(';', blanks, name)),
  ),
  [',', ', '],
  3,
)

/** Lists of languages (4.15; RFC 3282). */
export const languages = joined(
  sequence(fc.constantFrom('vi', 'en-GB', '*', 'fr-CH-x', '@none'), maybe(sequence(';q=', number))),
  [',', ', '],
  4,
)

const keyword = fc.constantFrom(
  ...[
    '@id',
    '@type',
    '@container',
    '@context',
    '@reverse',
    '@prefix',
    '@protected',
    '@import',
    '@vocab',
    '@base',
  ],
  ...['@language', '@version', '@propagate', '@direction', '@nest', '@index', '@json', '@none'],
)
const contextValue = fc.oneof(
  keyword,
  name,
  fc.constantFrom<unknown>('https://example.org/', 'ex:a', 'urn:', '', null, true, 1.1, '@set', [
    '@set',
    '@index',
  ]),
)

/** Members `@context` (4.4): objects of terms, arrays, URLs and what is none of these. */
export const context = fc.letrec<{ one: unknown; object: unknown }>((tie) => ({
  object: fc
    .array(fc.tuple(fc.oneof(keyword, name), fc.oneof({ maxDepth: 3 }, contextValue, tie('object'))), {
      maxLength: 5,
    })
    .map((entries) => Object.fromEntries(entries)),
  one: fc.oneof(
    { maxDepth: 2 },
    tie('object'),
    fc.array(tie('one'), { maxLength: 3 }),
    fc.constantFrom<unknown>('http://127.0.0.1:9/c.jsonld', 'no url', 'ftp://example.org/', null, 7),
  ),
})).one

const observed = fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5Z', '', 'noon')
const csvCell = fc.oneof(
  number,
  name,
  fc.constantFrom('', '"a,""b"""', '"\n"', '"{""a"":[1]}"', '"', '007', 'ế'),
)

/** Files of past observations, wide and long (RFC 4180). */
export const csv = fc.oneof(
  sequence(
    fc.constantFrom('id,type,observedAt,a,b\n', '\ufefftype,id,a,observedAt,unitCode\r\n'),
    joined(sequence('urn:x:1,Room,', observed, ',', csvCell, ',', csvCell), ['\n', '\r\n', '\n\n'], 5),
  ),
  sequence(
    'id,type,attribute,observedAt,value,datasetId\n',
    joined(
      sequence('urn:x:1,"[""Room"",""A""]",', name, ',', observed, ',', csvCell, ',', maybe(name)),
      ['\n'],
      5,
    ),
  ),
)

/** Lines of past observations. */
export const observations = joined(
  fc.oneof(
    fc
      .record(
        { id: name, type: name, observedAt: observed, a: fc.oneof(fc.double(), fc.jsonValue()) },
        { requiredKeys: [] },
      )
      .map((line) => JSON.stringify(line)),
    sequence('{"id":"urn:x:1","type":"Room","observedAt":"2026-01-01T00:00:00Z","a":', number, '}'),
  ),
  ['\n', '\r\n'],
  5,
)

/** Changes a derived text here and there: parts left out, doubled, put elsewhere, strange ones put in. */
export function mutated(derived: Text): Text {
  const strange = fc.oneof(
    fc.constantFrom(
      '"',
      '\\',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '..',
      '==',
      ';',
      '|',
      ',',
      '/',
      '#',
      '+',
      '*',
      '<',
      '>',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
    fc.constantFrom('\ud800', '\u0000', '\u{1f600}', '%', '&', '=', '\u202e'),
  )
  const edit = fc.tuple(
    fc.constantFrom('leave', 'double', 'move', 'put', 'repeat'),
    fc.nat(),
    fc.nat({ max: 8 }),
    strange,
  )
  return fc.tuple(derived, fc.array(edit, { maxLength: 3 })).map(([text, edits]) => edits.reduce(apply, text))
}

/** What Node lets through in headers and URLs. */
const LONGEST = 16_384

function apply(
  text: string,
  [kind, place, length, strange]: readonly [string, number, number, string],
): string {
  const at = text === '' ? 0 : place % text.length
  const [before, part, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)]
  if (kind === 'leave') return before + after
  if (kind === 'double') return before + part + part + after
  if (kind === 'repeat') return before + (part + strange).repeat(2000).slice(0, LONGEST) + after
  return kind === 'move' ? after + before + part : before + strange + part + after
}
