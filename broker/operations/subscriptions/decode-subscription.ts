import type { TermTable } from '../../core/context/term-table.ts'
import { isIri, isName, NGSI_LD_NULL } from '../../core/model/iri.ts'
import { isJsonArray, isJsonObject, itemsOf, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { type Micros, parseDateTime } from '../../core/model/time.ts'
import type { EntitySelector, QNode } from '../../core/query/ast.ts'
import { QUERY_LIMITS, tooComplex } from '../../core/query/limits.ts'
import { linkedDepth } from '../../core/query/needs.ts'
import { parseGeoQuery } from '../../core/query/parse-geo-query.ts'
import { parseQ, renamedQ } from '../../core/query/parse-q.ts'
import { parseScopeQuery } from '../../core/query/parse-scope-query.ts'
import { parseSourceTime } from '../../core/query/parse-source-time.ts'
import { parseTypeSelection } from '../../core/query/parse-type-selection.ts'
import { checkPattern } from '../../core/query/pattern.ts'
import type { ParsedMembers, SubscriptionCollection } from '../../subscriptions/stored-subscription.ts'
import type { EndpointSecrets } from './check-endpoint.ts'
import { decodeNotification } from './decode-notification.ts'
import { checkShape, OUTPUT_ONLY, SUBSCRIPTION_MEMBERS } from './subscription-schema.ts'

/** What a subscription says, or a fragment of one. */
export interface SubscriptionParts {
  /** As everybody may read them: names expanded, credentials hidden. */
  readonly members: JsonObject
  readonly parsed: ParsedMembers
  readonly endpoint?: EndpointSecrets
}

export interface SubscriptionFragment extends SubscriptionParts {
  /** Only in updates: given as null. */
  readonly removed: readonly string[]
}

/** What a body is read with. */
export interface SubscriptionDecoding {
  readonly table: TermTable
  readonly now: Micros
  readonly collection: SubscriptionCollection
  /** What the fragment is for: `q` of the fragment is read with `expandValues` and `jsonKeys` that are there. */
  readonly current?: SubscriptionParts
}

/** Decodes a Subscription or a fragment of one (CIM 009 v1.9.1, 5.2.12, 5.8.2). @throws Problem */
export function decodeSubscription(
  body: JsonValue | undefined,
  decoding: SubscriptionDecoding,
): SubscriptionFragment {
  if (!isJsonObject(body)) throw badRequestData('Subscription is no JSON object')
  const known = Object.entries(body).filter(([name]) => SUBSCRIPTION_MEMBERS.has(name))
  const removed = known.filter(([, value]) => isNull(value)).map(([name]) => name)
  const given = Object.fromEntries(
    known
      .filter(([, value]) => !isNull(value))
      .map(([name, value]) => [name, name === 'notification' ? withoutOutput(value) : value]),
  )
  checkShape(given)
  checkAbout(given, decoding.collection)
  checkTexts(given, decoding.now)
  return { ...decodeMembers(given, decoding, removed), removed }
}

function isNull(value: JsonValue): boolean {
  return value === null || value === NGSI_LD_NULL
}

function withoutOutput(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => !OUTPUT_ONLY.has(name)))
}

/** What only entities or only registrations can be asked for. @throws Problem BadRequestData */
function checkAbout({ temporalQ, notification }: JsonObject, collection: SubscriptionCollection): void {
  if (collection === 'subscription') {
    if (temporalQ !== undefined)
      throw badRequestData('Subscription has temporalQ, which is for subscriptions to registrations')
    return
  }
  const endpoint = isJsonObject(notification) ? notification.endpoint : undefined
  if (isJsonObject(endpoint) && endpoint.accept === 'application/geo+json')
    throw badRequestData('Subscription to registrations accepts GeoJSON, which has no form for them')
}

function checkTexts({ id, expiresAt, datasetId, jsonldContext }: JsonObject, now: Micros): void {
  if (typeof id === 'string' && !isIri(id)) throw badRequestData('Subscription id is no URI')
  if (typeof expiresAt === 'string') {
    const at = parseDateTime(expiresAt)
    if (at === undefined)
      throw badRequestData('Subscription member expiresAt is no DateTime such as 2026-01-31T08:00:00Z')
    if (at <= now) throw badRequestData('Subscription member expiresAt lies in the past')
  }
  if (typeof jsonldContext === 'string' && !isWebUrl(jsonldContext))
    throw badRequestData('Subscription member jsonldContext is no http or https URL')
  for (const name of itemsOf(datasetId)) {
    if (name !== '@none' && !isIri(`${name}`))
      throw badRequestData('Subscription member datasetId holds a text that is neither a URI nor "@none"')
  }
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

function decodeMembers(
  given: JsonObject,
  { table, current }: SubscriptionDecoding,
  removed: readonly string[],
): SubscriptionParts {
  const { entities, watchedAttributes, geoQ, scopeQ, csf, expandValues, jsonKeys, notification } = given
  const sourceTime = isJsonObject(given.temporalQ) ? parseSourceTime(given.temporalQ) : undefined
  const names = {
    ...(expandValues !== undefined && { expandValues: expandList(expandValues, table).join(',') }),
    ...(jsonKeys !== undefined && { jsonKeys: expandList(jsonKeys, table).join(',') }),
  }
  const selectors = isJsonArray(entities) ? selectorsOf(entities, table) : undefined
  const q = queryOf(given, { ...current?.members, ...names }, { table, removed, current })
  const geo = isJsonObject(geoQ) ? geoQueryOf(geoQ, table) : undefined
  const sending = isJsonObject(notification) ? decodeNotification(notification, table) : undefined
  return {
    members: {
      ...given,
      ...names,
      ...(watchedAttributes !== undefined && { watchedAttributes: expandList(watchedAttributes, table) }),
      ...(geo && isJsonObject(geoQ) && { geoQ: { ...geoQ, ...shownProperty(geoQ, geo.property) } }),
      ...(sending && { notification: sending.shown }),
    },
    parsed: {
      ...(selectors && { entities: selectors }),
      ...(q && { q }),
      ...(geo && { geoQ: geo }),
      ...(typeof scopeQ === 'string' && { scopeQ: parseScopeQuery(scopeQ) }),
      ...(typeof csf === 'string' && { csf: csfOf(csf, table) }),
      ...(sourceTime && { temporalQ: sourceTime }),
      ...(sending && { notification: sending.parsed }),
    },
    ...(sending && { endpoint: sending.endpoint }),
  }
}

function expandList(value: JsonValue, table: TermTable): readonly string[] {
  const names = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : itemsOf(value)
  return names.map((name) => {
    if (typeof name === 'string' && isName(name) && !isNull(name)) return table.expand(name)
    throw badRequestData(`Subscription names ${JSON.stringify(name)}, which is no name of an attribute`)
  })
}

/** EntitySelector (CIM 009 v1.9.1, 5.2.33): ids go before a pattern. */
function selectorsOf(entities: readonly JsonValue[], table: TermTable): readonly EntitySelector[] {
  return entities.filter(isJsonObject).map(({ type, id, idPattern }) => {
    const ids = id === undefined ? undefined : itemsOf(id).map(String)
    if (ids && ids.length > QUERY_LIMITS.ids) throw tooComplex('entities', 'ids', QUERY_LIMITS)
    if (ids?.some((each) => !isIri(each)))
      throw badRequestData('Subscription names an entity id that is no URI')
    if (typeof idPattern === 'string') checkPattern(idPattern)
    return {
      types: parseTypeSelection(`${type}`, table),
      ...(ids && { ids }),
      ...(!ids && typeof idPattern === 'string' && { idPattern }),
    }
  })
}

interface QDecoding {
  readonly table: TermTable
  readonly removed: readonly string[]
  readonly current: SubscriptionParts | undefined
}

/** What expandValues and jsonKeys say holds for the q that is there, whichever of them comes (CIM 009 v1.9.1, 4.9). */
function queryOf(
  { q, expandValues, jsonKeys }: JsonObject,
  members: JsonObject,
  { table, removed, current }: QDecoding,
): QNode | undefined {
  const list = (name: string): readonly string[] => {
    const value = removed.includes(name) ? undefined : members[name]
    return typeof value === 'string' ? value.split(',') : []
  }
  const names = { table, expandValues: list('expandValues'), jsonKeys: list('jsonKeys') }
  if (typeof q === 'string') return parseQ(q, names)
  const kept = removed.includes('q') ? undefined : current?.parsed.q
  const renames =
    expandValues !== undefined ||
    jsonKeys !== undefined ||
    removed.some((name) => name === 'expandValues' || name === 'jsonKeys')
  return kept && renames ? renamedQ(kept, names) : undefined
}

function geoQueryOf({ georel, geometry, coordinates, geoproperty }: JsonObject, table: TermTable) {
  const geo = parseGeoQuery(
    {
      georel: `${georel}`,
      geometry: `${geometry}`,
      coordinates: typeof coordinates === 'string' || isJsonArray(coordinates) ? coordinates : undefined,
      ...(typeof geoproperty === 'string' && { geoproperty }),
    },
    table,
  )
  if (!geo) throw badRequestData('Subscription member geoQ says nothing')
  return geo
}

function shownProperty({ geoproperty }: JsonObject, expanded: string): JsonObject {
  return geoproperty === undefined ? {} : { geoproperty: expanded }
}

/** A context source filter is on the source itself, behind which nothing is linked. */
function csfOf(text: string, table: TermTable): QNode {
  const csf = parseQ(text, { table, parameter: 'csf' })
  if (linkedDepth(csf) > 0) throw badRequestData('Subscription member csf looks into linked entities')
  return csf
}
