import type { TermTable } from '../../core/context/term-table.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Micros } from '../../core/model/time.ts'
import type { TypeNode } from '../../core/query/ast.ts'
import { attributesOf } from '../../core/query/needs.ts'
import type { View } from '../../core/view/view.ts'
import { typeText } from '../../federation/forward/type-text.ts'
import { readVia } from '../../federation/forward/via.ts'
import { matchCsf } from '../../federation/registry/match-csf.ts'
import { type Forward, matchRegistrations } from '../../federation/registry/match-registrations.ts'
import type { Registration } from '../../federation/registry/registration.ts'
import { looksBehind } from '../../subscriptions/match/judge-change.ts'
import type { StoredSubscription } from '../../subscriptions/stored-subscription.ts'
import type { Subscription } from '../../subscriptions/subscription.ts'
import { NOTHING_SENT } from '../../subscriptions/subscription-registry.ts'
import { encodeSubscription } from '../subscriptions/encode-subscription.ts'

/** A subscription as it is kept, and as the hub works with it. */
export interface Original {
  readonly stored: StoredSubscription
  readonly subscription: Subscription
  /** What its subscriber sees. */
  readonly view: View
}

/** What originals are reduced with. */
export interface Reducing {
  /** Names the members of the standard that a context source filter looks at. */
  readonly core: TermTable
  readonly now: Micros
}

/** What of a source a subscription is about. */
export interface Reduced {
  readonly registration: Registration
  /** What changes there notify. */
  readonly watched: readonly Forward[]
  /** What may be told of it. */
  readonly offered: readonly Forward[]
}

/**
 * Reduces a subscription to what a source registered (CIM 009 v1.9.1, 5.8.1.4); undefined: it is none for this source.
 * Pure.
 */
export function reduceSubscription(
  { stored, subscription }: Original,
  registration: Registration,
  { core, now }: Reducing,
): Reduced | undefined {
  const { csf, geo, scope, selectors = [{}] } = subscription.query
  if (registration.mode === 'auxiliary' || (csf && !matchCsf(csf, registration, core))) return undefined
  const { datasetIds } = subscription.options
  const common = {
    operations: ['createSubscription'],
    via: readVia(stored.via),
    now,
    ...(geo && { geo }),
    ...(scope && { scope }),
    ...(datasetIds && { datasetIds }),
  }
  const watched = subscription.watchedAttributes && { attributes: [...subscription.watchedAttributes] }
  const matches = (asked: { readonly attributes?: readonly Iri[] }): readonly Forward[] =>
    selectors.flatMap((selector) => matchRegistrations([registration], { ...common, ...asked, ...selector }))
  const forwards = matches({ ...watched })
  if (forwards.length === 0) return undefined
  return { registration, watched: forwards, offered: watched ? matches({}) : forwards }
}

/** How a copy is written. */
export interface WritingCopy {
  readonly table: TermTable
  readonly now: Micros
}

/** Writes the copy of a subscription for one source, without id, end and endpoint, in the terms of a table (5.8.1.4). */
export function writeReduced(
  { stored, subscription, view }: Original,
  { registration, watched, offered }: Reduced,
  { table, now }: WritingCopy,
): JsonObject {
  const written = encodeSubscription(stored, NOTHING_SENT, {
    table,
    now,
    sysAttrs: false,
    collection: 'subscription',
  })
  const entities = watched.flatMap((forward) => selectorsOf(forward, table))
  const names = namesOf(watched)
  const told = toldAttributes({ stored, subscription, view }, offered)
  const isPeriodic = subscription.timeInterval !== undefined
  const { notificationTrigger } = stored.members
  const isOpen = entities.length === 0 && (!names || isPeriodic)
  return {
    type: 'Subscription',
    ...(entities.length > 0 && { entities }),
    ...(names && !isPeriodic && { watchedAttributes: names.map(table.compact) }),
    ...picked(written, ['datasetId', 'timeInterval', 'throttling', 'isActive']),
    ...(notificationTrigger !== undefined && { notificationTrigger }),
    ...(mayFilter(subscription, view) &&
      picked(written, ['q', 'geoQ', 'scopeQ', 'expandValues', 'jsonKeys'])),
    ...(subscription.splitEntities && { splitEntities: true }),
    ...((registration.localOnly || isOpen) && { localOnly: true }),
    notification: {
      ...(told && { attributes: told.map(table.compact) }),
      format: 'normalized',
      sysAttrs: true,
    },
  }
}

/** Selectors that every version of the standard understands: one type and one id each, as far as that says the same. */
function selectorsOf({ types, ids, idPattern }: Forward, table: TermTable): readonly JsonObject[] {
  if (!types && !ids && idPattern === undefined) return []
  const named = types ? alternatives(types).map((node) => typeText(node, table)) : ['*']
  return named.flatMap((type): readonly JsonObject[] => {
    if (ids) return ids.map((id) => ({ id, type }))
    return [{ ...(idPattern !== undefined && { idPattern }), type }]
  })
}

function alternatives(node: TypeNode): readonly TypeNode[] {
  return node.kind === 'or' ? node.nodes.flatMap(alternatives) : [node]
}

/** What all parts name together; undefined: one of them is open. */
function namesOf(forwards: readonly Forward[]): readonly Iri[] | undefined {
  if (forwards.some(({ attributes }) => !attributes)) return undefined
  return [...new Set(forwards.flatMap(({ attributes = [] }) => attributes))]
}

/**
 * What is to be told: of what the source offers all that is told here or looked at by the filters; all of it where what
 * is told is put together first, or where somebody's view looks at more.
 */
function toldAttributes(
  { subscription, view }: Original,
  offered: readonly Forward[],
): readonly Iri[] | undefined {
  const names = namesOf(offered)
  const { query, options, join, splitEntities } = subscription
  const { pick } = options
  const isNarrow = pick && pick.attributes.size > 0 && view.unrestricted && !join && !splitEntities
  if (!isNarrow) return names
  const wanted = [...new Set([...pick.attributes.keys(), ...attributesOf(query)])]
  const kept = names ? names.filter((name) => wanted.includes(name)) : wanted
  return kept.length > 0 ? kept : names
}

/** Sources may filter by what the subscriber sees in clear, and where nothing is put together first. */
function mayFilter({ query, splitEntities }: Subscription, view: View): boolean {
  if (splitEntities || looksBehind(query)) return false
  return view.unrestricted || [...attributesOf(query)].every((name) => view.clearEverywhere(name))
}

function picked(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => (object[name] === undefined ? [] : [[name, object[name]] as const])),
  )
}
