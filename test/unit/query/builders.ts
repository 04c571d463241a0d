import { buildTermTable } from '../../../broker/core/context/build-term-table.ts'
import type { TermTable } from '../../../broker/core/context/term-table.ts'
import type { AttributeKind, Attributes, Entity, Instance } from '../../../broker/core/model/entity.ts'
import { DEFAULT_CONTEXT, LOCATION } from '../../../broker/core/model/iri.ts'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import { type Micros, parseDateTime } from '../../../broker/core/model/time.ts'
import { parseQ } from '../../../broker/core/query/parse-q.ts'

export const EXAMPLE = 'https://example.org/'

/** A context with one prefix, one term of its own and the default vocabulary. */
export const table: TermTable = buildTermTable({
  hash: 'test',
  source: 'https://example.org/context.jsonld',
  url: 'https://example.org/context.jsonld',
  vocabulary: DEFAULT_CONTEXT,
  definitions: [
    { term: 'ex', iri: EXAMPLE, prefix: true, reverse: false, containers: [] },
    { term: 'Male', iri: `${EXAMPLE}Male`, prefix: false, reverse: false, containers: [] },
    { term: 'location', iri: LOCATION, prefix: false, reverse: false, containers: [] },
  ],
})

/** The expanded name of a name that the context does not map. */
export function name(term: string): string {
  return `${DEFAULT_CONTEXT}${term}`
}

/** The instant of a DateTime. */
export function at(text: string): Micros {
  return parseDateTime(text) ?? Number.NaN
}

const CREATED = at('2026-01-01T00:00:00Z')
const MODIFIED = at('2026-01-02T00:00:00Z')

/** One instance, a Property unless told otherwise. */
export function instance(value: JsonValue, more: Partial<Instance> = {}): Instance {
  return { kind: 'Property', value, createdAt: CREATED, modifiedAt: MODIFIED, ...more }
}

/** One instance of another kind. */
export function of(kind: AttributeKind, value: JsonValue, more: Partial<Instance> = {}): Instance {
  return instance(value, { kind, ...more })
}

type Given = JsonValue | Instance | readonly Instance[]

/** Attributes from short names: a plain value becomes a Property. */
export function attributes(given: Readonly<Record<string, Given>>): Attributes {
  return Object.fromEntries(
    Object.entries(given).map(([term, value]) => [table.expand(term), instancesOf(value)]),
  )
}

function instancesOf(given: Given): readonly Instance[] {
  if (isInstance(given)) return [given]
  if (Array.isArray(given) && given.length > 0 && given.every(isInstance)) return given
  return [instance(given as JsonValue)] // what is no instance is a value
}

function isInstance(given: unknown): given is Instance {
  return typeof given === 'object' && given !== null && 'kind' in given && 'createdAt' in given
}

/** An entity of type Vehicle with these attributes. */
export function entity(given: Readonly<Record<string, Given>> = {}, more: Partial<Entity> = {}): Entity {
  return {
    id: 'urn:ngsi-ld:Vehicle:1',
    types: [name('Vehicle')],
    createdAt: CREATED,
    modifiedAt: MODIFIED,
    attributes: attributes(given),
    ...more,
  }
}

/** Reads a q with the test context. */
export function q(text: string, options: Partial<Parameters<typeof parseQ>[1]> = {}) {
  return parseQ(text, { table, ...options })
}

/** Runs what must throw and answers what it threw. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (thrown) {
    return thrown
  }
  throw new Error('Nothing was thrown')
}
