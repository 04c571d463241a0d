import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import { isJsonObject, ownValue } from '../../core/model/json.ts'
import { textOf } from '../feeds/feed-documents.ts'

/** What a feed says of its data, as its state has it. Everything in it was said by an adapter. */
export interface DescribedFeed {
  readonly name: string
  readonly title: string
  /** IRI: the `source` of what it brings. */
  readonly source: string
  readonly publisher: string
  readonly modifiedAt?: string
  /** What it expects of its observations (ISO 8601). */
  readonly period?: string
  readonly declared: JsonObject
  /** Types that it brought, and of which time that was. */
  readonly brought: readonly Brought[]
}

export interface Brought {
  readonly type: string
  readonly from?: string
  readonly to?: string
}

const IRI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>\\^`{|}]+$/

/** Reads the state of a feed; undefined: it does not say what a catalogue needs. */
export function describedFeed(state: JsonObject): DescribedFeed | undefined {
  const definition = objectIn(state, 'definition')
  const [name, title, source] = [
    textOf(state, 'name'),
    textOf(definition, 'title'),
    textOf(definition, 'source'),
  ]
  if (name === undefined || title === undefined || source === undefined || !isIri(source)) return undefined
  const [modifiedAt, period] = [
    textOf(state, 'modifiedAt'),
    textOf(objectIn(definition, 'quality'), 'period'),
  ]
  return {
    ...{ name, title, source, publisher: textOf(definition, 'dataProvider') ?? title },
    ...(modifiedAt !== undefined && { modifiedAt }),
    ...(period !== undefined && { period }),
    declared: objectIn(definition, 'dataset'),
    brought: Object.entries(objectIn(state, 'brought')).map(([type, time]) => ({ type, ...timesIn(time) })),
  }
}

/** Tells whether a text can be an IRI of a graph. */
export function isIri(text: string): boolean {
  return IRI.test(text)
}

function timesIn(value: JsonValue): Omit<Brought, 'type'> {
  if (!isJsonObject(value)) return {}
  const [from, to] = ['from', 'to'].map((name) => textOf(value, name))
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
}

function objectIn(document: JsonObject, name: string): JsonObject {
  const value = ownValue(document, name)
  return isJsonObject(value) ? value : {}
}
