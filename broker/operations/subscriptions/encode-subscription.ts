import { isDeepStrictEqual } from 'node:util'
import type { TermTable } from '../../core/context/term-table.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import { formatDateTime, type Micros } from '../../core/model/time.ts'
import type { QNode } from '../../core/query/ast.ts'
import { type ParseQOptions, parseQ } from '../../core/query/parse-q.ts'
import { writeQ } from '../../core/query/write-q.ts'
import { typeText } from '../../federation/forward/type-text.ts'
import { DEFAULT_TRIGGERS } from '../../subscriptions/read-subscription.ts'
import type {
  ParsedMembers,
  StoredProjection,
  StoredSubscription,
  SubscriptionCollection,
} from '../../subscriptions/stored-subscription.ts'
import type { SubscriptionState } from '../../subscriptions/subscription-registry.ts'
import { statusAt } from './life-cycle.ts'

/** How a subscription is to be written. */
export interface SubscriptionView {
  readonly table: TermTable
  readonly sysAttrs: boolean
  readonly now: Micros
  readonly collection: SubscriptionCollection
}

/** Writes a subscription in the terms of the caller, with its read-only members (CIM 009 v1.9.1, 5.2.12). */
export function encodeSubscription(
  { id, members, parsed, createdAt, modifiedAt, defaultContext }: StoredSubscription,
  state: SubscriptionState,
  { table, sysAttrs, now, collection }: SubscriptionView,
): JsonObject {
  const { jsonldContext, ...others } = members
  const notification = isJsonObject(members.notification) ? members.notification : {}
  const plain = collection === 'registrationSubscription'
  return {
    id,
    ...others,
    ...encodeNames(members, parsed, table),
    // nothing that was not given is shown of a subscription to registrations
    ...(!(plain && defaultContext) && jsonldContext !== undefined && { jsonldContext }),
    ...(!plain && { notificationTrigger: members.notificationTrigger ?? DEFAULT_TRIGGERS }),
    notification: { ...encodeNotification(notification, parsed, table), ...encodeState(state) },
    status: statusAt(members, now),
    ...(sysAttrs && { createdAt: formatDateTime(createdAt), modifiedAt: formatDateTime(modifiedAt) }),
  }
}

function encodeNames(members: JsonObject, parsed: ParsedMembers, table: TermTable): JsonObject {
  const { entities, watchedAttributes, q, csf, geoQ, expandValues, jsonKeys } = members
  const names = { table, expandValues: listOf(expandValues), jsonKeys: listOf(jsonKeys) }
  return {
    ...(typeof q === 'string' && parsed.q && { q: queryText(q, parsed.q, names) }),
    ...(typeof csf === 'string' && parsed.csf && { csf: queryText(csf, parsed.csf, { table }) }),
    ...(entities !== undefined && { entities: encodeEntities(entities, parsed, table) }),
    ...(watchedAttributes !== undefined && { watchedAttributes: compacted(watchedAttributes, table) }),
    ...(isJsonObject(geoQ) &&
      typeof geoQ.geoproperty === 'string' && {
        geoQ: { ...geoQ, geoproperty: table.compact(geoQ.geoproperty) },
      }),
    ...compactedList('expandValues', expandValues, table),
    ...compactedList('jsonKeys', jsonKeys, table),
  }
}

/** A query stays as it was given as long as it means the same in the terms of the reader. */
function queryText(text: string, node: QNode, names: ParseQOptions): string {
  try {
    if (isDeepStrictEqual(parseQ(text, names), node)) return text
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  }
  return writeQ(node, names.table)
}

function listOf(value: JsonValue | undefined): readonly string[] {
  return typeof value === 'string' ? value.split(',') : []
}

function encodeEntities(entities: JsonValue, { entities: selectors }: ParsedMembers, table: TermTable) {
  if (!isJsonArray(entities)) return entities
  return entities.filter(isJsonObject).map(({ type, ...others }, at) => {
    const types = selectors?.[at]?.types
    return { type: types ? typeText(types, table) : (type ?? null), ...others }
  })
}

function encodeNotification(
  notification: JsonObject,
  { notification: parsed }: ParsedMembers,
  table: TermTable,
) {
  const { attributes, pick, omit } = notification
  return {
    ...notification,
    ...(attributes !== undefined && { attributes: compacted(attributes, table) }),
    ...(pick !== undefined && parsed?.pick && { pick: projectionTexts(parsed.pick, table) }),
    ...(omit !== undefined && parsed?.omit && { omit: projectionTexts(parsed.omit, table) }),
  }
}

function projectionTexts({ members, attributes }: StoredProjection, table: TermTable): readonly string[] {
  const names = attributes.map(([name, nested]) =>
    nested ? `${table.compact(name)}{${projectionTexts(nested, table).join(',')}}` : table.compact(name),
  )
  return [...members, ...names]
}

function compacted(value: JsonValue, table: TermTable): JsonValue {
  return isJsonArray(value) ? value.map((name) => table.compact(`${name}`)) : value
}

function compactedList(name: string, value: JsonValue | undefined, table: TermTable): JsonObject {
  if (typeof value !== 'string') return {}
  return { [name]: value.split(',').map(table.compact).join(',') }
}

/** What was never sent has no state to show (CIM 009 v1.9.1, 5.2.14.2). */
function encodeState(state: SubscriptionState): JsonObject {
  const { timesSent, timesFailed, status } = state
  if (timesSent === 0) return {}
  return {
    ...(status && { status }),
    timesSent,
    ...(timesFailed > 0 && { timesFailed }),
    ...time('lastNotification', state.lastNotification),
    ...time('lastSuccess', state.lastSuccess),
    ...time('lastFailure', state.lastFailure),
  }
}

function time(name: string, at: Micros | undefined): JsonObject {
  return at === undefined ? {} : { [name]: formatDateTime(at) }
}
