import { Readable } from 'node:stream'
import fc from 'fast-check'
import { createContextService } from '../../broker/contexts/context-service.ts'
import { parseGeometry } from '../../broker/core/geo/parse-geometry.ts'
import type { JsonValue } from '../../broker/core/model/json.ts'
import { Problem } from '../../broker/core/model/problem.ts'
import { collatorOf } from '../../broker/core/query/collator.ts'
import { matchQ } from '../../broker/core/query/match-q.ts'
import { matchScopes } from '../../broker/core/query/match-scopes.ts'
import { matchTypes } from '../../broker/core/query/match-types.ts'
import { linkedDepth } from '../../broker/core/query/needs.ts'
import { parseAttributeList } from '../../broker/core/query/parse-attribute-list.ts'
import { parseGeoQuery } from '../../broker/core/query/parse-geo-query.ts'
import { parseOrderBy } from '../../broker/core/query/parse-order-by.ts'
import { parseProjection } from '../../broker/core/query/parse-projection.ts'
import { parseQ } from '../../broker/core/query/parse-q.ts'
import { parseScopeQuery } from '../../broker/core/query/parse-scope-query.ts'
import { parseTypeSelection } from '../../broker/core/query/parse-type-selection.ts'
import { matchLanguage } from '../../broker/core/view/match-language.ts'
import { agreeOnMediaType } from '../../broker/http/decode/accept.ts'
import { parseJson } from '../../broker/http/decode/body.ts'
import { tagList } from '../../broker/http/decode/entity-tags.ts'
import { contextOfBody, contextOfLink } from '../../broker/http/decode/link-context.ts'
import { type ObservationBody, observationLines } from '../../broker/http/decode/observation-lines.ts'
import { preferences } from '../../broker/http/decode/prefer.ts'
import { queryBody } from '../../broker/http/decode/query-body.ts'
import { problemStatus } from '../../broker/http/encode/problem-document.ts'
import { EgressFailed } from '../../security/egress/egress.ts'
import { entity, of, table } from '../unit/query/builders.ts'
import * as grammar from './grammars.ts'
import { requestProperty } from './requests.ts'

/** One parser, and inputs for it near what it takes. */
export interface Subject {
  readonly name: string
  /** Whether the parser takes, or refuses with a problem that is the sender's, whatever comes. */
  readonly property: fc.IRawProperty<unknown>
}

const subject = entity({
  a: [1, 'x', true, null],
  b: of('LanguageProperty', { en: 'x', vi: ['y'] }),
  constructor: of('Relationship', 'urn:x:1'),
})
const contexts = createContextService({
  egress: {
    request: async () => {
      throw new EgressFailed('unreachable', 'nothing is called from here')
    },
    close: async () => undefined,
  },
  publicUrl: 'https://hub.example',
  clock: () => 1_760_000_000_000_000,
})
const OFFERED = ['application/json', 'application/ld+json', 'application/geo+json'] as const

const ANY = fc.string({ unit: 'binary', maxLength: 64 })

/** A text of a language, as it is or changed, or any text. */
const text = (name: string, derived: fc.Arbitrary<string>, run: (text: string) => unknown): Subject => ({
  name,
  property: fc.property(fc.oneof(derived, grammar.mutated(derived), ANY), (input) =>
    onlyProblems(() => run(input)),
  ),
})

/** All parsers that meet what strangers send. */
export const SUBJECTS: readonly Subject[] = [
  text('q', grammar.q, (input) => {
    const node = parseQ(input, { table, expandValues: ['a'], jsonKeys: ['b'] })
    linkedDepth(node)
    return matchQ(node, subject, { linked: () => subject })
  }),
  text('type', grammar.typeSelection, (input) => matchTypes(parseTypeSelection(input, table), ['urn:x:1'])),
  text('scopeQ', grammar.scopeQuery, (input) => matchScopes(parseScopeQuery(input), ['/A/b1', '/Đ'])),
  text('pick', grammar.projection, (input) => parseProjection(input, table)),
  text('orderBy', grammar.orderBy, (input) => parseOrderBy(input, table)),
  text('collation', grammar.collation, (input) => collatorOf(input)('a', 'B')),
  text('attrs', grammar.projection, (input) => parseAttributeList(input, table)),
  {
    name: 'geo',
    property: fc.property(
      fc.oneof(
        grammar.geoQuery,
        grammar.geoQuery.chain(([georel, geometry, coordinates, geoproperty]) =>
          fc.tuple(
            grammar.mutated(fc.constant(georel)),
            grammar.mutated(fc.constant(geometry)),
            grammar.mutated(fc.constant(coordinates)),
            grammar.mutated(fc.constant(geoproperty)),
          ),
        ),
      ),
      ([georel, geometry, coordinates, geoproperty]) =>
        onlyProblems(() => parseGeoQuery({ georel, geometry, coordinates, geoproperty }, table)),
    ),
  },
  {
    name: 'geometry',
    property: fc.property(grammar.geometry, (value) => onlyProblems(() => parseGeometry(value as JsonValue))), // JSON by construction
  },
  {
    name: '@context',
    property: fc.asyncProperty(grammar.context, async (source) => {
      await onlyAwaitedProblems(async () => {
        const resolved = await contexts.resolve(source as JsonValue) // JSON by construction
        return resolved.compact(resolved.expand('Room'))
      })
    }),
  },
  {
    name: 'Query',
    property: fc.property(
      fc.record(
        {
          type: fc.constantFrom('Query', 'query', 7),
          entities: fc.oneof(
            fc.array(
              fc.record(
                {
                  type: grammar.mutated(grammar.typeSelection),
                  id: fc.constantFrom('urn:x:1', 'x', 7),
                  idPattern: grammar.mutated(fc.constant('a.*')),
                },
                { requiredKeys: [] },
              ),
            ),
            fc.constantFrom(7, null, {}),
          ),
          q: grammar.mutated(grammar.q),
          scopeQ: grammar.mutated(grammar.scopeQuery),
          attrs: fc.array(fc.constantFrom('a', '', 'b c', 7), { maxLength: 3 }),
          geoQ: fc.oneof(fc.object(), fc.constantFrom(null, 7)),
          lang: grammar.languages,
        },
        { requiredKeys: [] },
      ),
      (body) => onlyProblems(() => queryBody(JSON.parse(JSON.stringify(body)), new URLSearchParams(), table)),
    ),
  },
  text('Accept', grammar.accept, (input) => agreeOnMediaType(input, OFFERED)),
  text('Link', grammar.link, (input) => {
    contextOfBody({}, { link: input, type: 'application/json' })
    return contextOfLink(input)
  }),
  text('Prefer', grammar.prefer, preferences),
  text('lang', grammar.languages, (input) => matchLanguage(input, { vi: 'a', 'en-GB': 'b', '@none': 'c' })),
  text('If-Match', fc.constantFrom('*', '"a"', 'W/"a", "b"', '""'), tagList),
  { name: 'HTTP', property: requestProperty },
  lines('CSV', 'text/csv', grammar.csv),
  lines('NDJSON', 'application/x-ndjson', grammar.observations),
  text(
    'JSON',
    fc.json().map((json) => json),
    (input) => parseJson(Buffer.from(input)),
  ),
]

/** What lines tell does not depend on the pieces that they come in, either. */
function lines(name: string, type: ObservationBody['type'], derived: fc.Arbitrary<string>): Subject {
  const input = fc.oneof(derived, grammar.mutated(derived), ANY)
  return {
    name,
    property: fc.asyncProperty(input, fc.integer({ min: 1, max: 9 }), (text, size) =>
      onlyAwaitedProblems(async () => {
        const bytes = Buffer.from(text)
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
          bytes.subarray(at * size, (at + 1) * size),
        )
        const [whole, parts] = [await toldBy([bytes], type), await toldBy(pieces, type)]
        if (whole !== parts) throw new Error(`tells ${whole}, and in pieces ${parts}`)
      }),
    ),
  }
}

async function toldBy(pieces: readonly Buffer[], type: ObservationBody['type']): Promise<string> {
  const told: unknown[] = []
  const body = { stream: Readable.from(pieces, { objectMode: true }), type, table, maxLineBytes: 100 }
  for await (const { lines: some } of observationLines(body, () => 0)) {
    for (const line of some) {
      if ('problem' in line) checkProblem(line.problem)
      told.push('problem' in line ? [line.number, line.last, line.problem.message] : line)
    }
  }
  return JSON.stringify(told)
}

function onlyProblems(run: () => unknown): void {
  try {
    run()
  } catch (thrown) {
    checkProblem(thrown)
  }
}

async function onlyAwaitedProblems(run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (thrown) {
    checkProblem(thrown)
  }
}

/** A refusal is the sender's to act on: a client error, or an @context that does not answer. */
function checkProblem(thrown: unknown): void {
  if (!(thrown instanceof Problem)) throw thrown
  const status = problemStatus(thrown.code)
  if ((status < 400 || status > 499) && thrown.code !== 'LdContextNotAvailable')
    throw new Error(`refused with ${thrown.code}, which is ${status}`, { cause: thrown })
  const { position } = thrown.members
  if (position !== undefined && !(typeof position === 'number' && position >= 0))
    throw new Error(`refused at ${position}, which is no place`, { cause: thrown })
}
