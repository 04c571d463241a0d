import type { TermTable } from '../../core/context/term-table.ts'
import { parseDuration } from '../../core/model/duration.ts'
import { isIri, NGSI_LD_NULL } from '../../core/model/iri.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import type { SnapshotQuery } from '../../operations/snapshots/select-entities.ts'
import type { SnapshotMembers } from '../../operations/snapshots/snapshot.ts'
import { refuseTooWide, renderOptions } from './entity-parameters.ts'
import { joinOf } from './join-parameters.ts'
import { queryBody } from './query-body.ts'

/** What a body says of a Snapshot (CIM 009 v1.9.1, 5.2.41). */
export interface SnapshotBody {
  readonly id?: string
  readonly given: SnapshotMembers
  readonly lifetime?: Micros
  /** Members that are given as null. */
  readonly removed: readonly (keyof SnapshotMembers)[]
}

/** What only the hub writes; ignored in bodies. */
const READ_ONLY = new Set([
  ...['snapshotStatus', 'snapshotQueriesDetails', 'snapshotTemporalQueriesDetails', '@context'],
  ...['createdAt', 'modifiedAt', 'deletedAt', 'expiresAt', 'lastUsedAt'],
])
const QUERIES = ['snapshotQueries', 'snapshotTemporalQueries'] as const
const REMOVABLE = ['snapshotLifetime', 'snapshotPriority', 'endpoint', 'receiverInfo'] as const
const KNOWN: ReadonlySet<string> = new Set(['id', 'type', ...QUERIES, ...REMOVABLE])
const MOST_QUERIES = 20
const MOST_PAIRS = 50
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/
const HEADER_VALUE = /^[\x20-\x7e]{0,8192}$/

/** Reads a whole Snapshot with its queries. @throws Problem BadRequestData, OperationNotSupported, TooComplexQuery */
export function newSnapshotBody(
  body: JsonValue | undefined,
  table: TermTable,
): SnapshotBody & { readonly queries: readonly SnapshotQuery[] } {
  const { snapshotQueries: queries, snapshotTemporalQueries: temporal } = members(body)
  if (queries === undefined && temporal === undefined)
    throw badRequestData('Snapshot has neither snapshotQueries nor snapshotTemporalQueries')
  const given = { ...wholeBody(withoutQueries(body)) }
  const decoded =
    queries === undefined ? [] : list(queries, 'snapshotQueries').map((query) => snapshotQuery(query, table))
  if (temporal !== undefined) refuseTemporal(list(temporal, 'snapshotTemporalQueries'))
  if (!queries || decoded.length === 0)
    throw badRequestData('Snapshot member snapshotQueries is an empty list')
  return {
    ...given,
    given: { snapshotQueries: list(queries, 'snapshotQueries'), ...given.given },
    queries: decoded,
  }
}

/** Reads what is to be said of a clone: everything but queries. @throws Problem BadRequestData */
export function cloneBody(body: JsonValue | undefined): SnapshotBody {
  refuseQueries(members(body))
  return wholeBody(body)
}

/** Reads a Snapshot Fragment (5.16.4): null removes. @throws Problem BadRequestData */
export function snapshotFragment(body: JsonValue | undefined, id: string): SnapshotBody {
  refuseQueries(members(body))
  const fragment = decode(body)
  if (fragment.id !== undefined && fragment.id !== id)
    throw badRequestData('Snapshot id of the body is not the one of the path')
  return fragment
}

function wholeBody(body: JsonValue | undefined): SnapshotBody {
  const decoded = decode(body)
  if (members(body).type === undefined) throw badRequestData('Snapshot has no type "Snapshot"')
  const [removed] = decoded.removed
  if (removed !== undefined)
    throw badRequestData(`Snapshot member ${removed} is null, which only updates may ask for`)
  return decoded
}

function decode(body: JsonValue | undefined): SnapshotBody {
  const all = members(body)
  const unknown = Object.keys(all).find((name) => !KNOWN.has(name))
  if (unknown !== undefined) throw badRequestData(`Snapshot has a member ${unknown} that is not known here`)
  const removed = REMOVABLE.filter((name) => isNull(all[name]))
  const gone = new Set<string>(removed)
  const { id, type, ...rest } = Object.fromEntries(Object.entries(all).filter(([name]) => !gone.has(name)))
  if (type !== undefined && type !== 'Snapshot')
    throw badRequestData('Snapshot has another type than "Snapshot"')
  if (id !== undefined && (typeof id !== 'string' || !isIri(id)))
    throw badRequestData('Snapshot id is no URI')
  const lifetime = lifetimeOf(rest.snapshotLifetime)
  return {
    removed,
    given: { ...lifetimeText(rest), ...priority(rest), ...endpoint(rest), ...receiverInfo(rest) },
    ...(id !== undefined && { id }),
    ...(lifetime !== undefined && { lifetime }),
  }
}

/** Answers the members of the body that are not the hub's own. */
function members(body: JsonValue | undefined): JsonObject {
  if (!isJsonObject(body)) throw badRequestData('Body is no Snapshot object')
  return Object.fromEntries(Object.entries(body).filter(([name]) => !READ_ONLY.has(name)))
}

function withoutQueries(body: JsonValue | undefined): JsonObject {
  const kept = Object.entries(members(body)).filter(([name]) => !QUERIES.some((query) => query === name))
  return Object.fromEntries(kept)
}

function refuseQueries(all: JsonObject): void {
  const name = QUERIES.find((query) => all[query] !== undefined)
  if (name !== undefined)
    throw badRequestData(`Snapshot member ${name} can only be set when a snapshot is created`)
}

function refuseTemporal(queries: readonly JsonObject[]): never {
  const at = queries.findIndex((query) => query.temporalQ === undefined)
  if (at >= 0) throw badRequestData(`Item ${at} of snapshotTemporalQueries has no temporalQ`)
  throw new Problem(
    'OperationNotSupported',
    'Snapshot has snapshotTemporalQueries, but this hub takes snapshots of the current state only',
  )
}

function snapshotQuery(body: JsonObject, table: TermTable): SnapshotQuery {
  if (body['@context'] !== undefined) throw badRequestData('Query of a snapshot has an @context of its own')
  const { query, parameters } = queryBody(body, new URLSearchParams(), table)
  if (joinOf(parameters))
    throw new Problem(
      'OperationNotSupported',
      'Query of a snapshot has join: name the linked entities in a query',
    )
  refuseTooWide(query, false)
  return { query, parameters, table, options: renderOptions(parameters, table, 'application/json') }
}

function list(value: JsonValue, name: string): readonly JsonObject[] {
  if (!isJsonArray(value) || !value.every(isJsonObject))
    throw badRequestData(`Snapshot member ${name} is no list of Query objects`)
  if (value.length > MOST_QUERIES)
    throw new Problem('TooComplexQuery', `Snapshot has more than ${MOST_QUERIES} queries`)
  return value
}

function isNull(value: JsonValue | undefined): boolean {
  return value === null || value === NGSI_LD_NULL
}

function lifetimeOf(value: JsonValue | undefined): Micros | undefined {
  if (value === undefined) return undefined
  const lifetime = typeof value === 'string' ? parseDuration(value) : undefined
  if (lifetime === undefined)
    throw badRequestData('Snapshot member snapshotLifetime is no ISO 8601 duration such as PT1H')
  return lifetime
}

function lifetimeText({ snapshotLifetime }: JsonObject): SnapshotMembers {
  return typeof snapshotLifetime === 'string' ? { snapshotLifetime } : {}
}

function priority({ snapshotPriority: value }: JsonObject): SnapshotMembers {
  if (value === undefined) return {}
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 10)
    throw badRequestData('Snapshot member snapshotPriority is no whole number from 1 to 10')
  return { snapshotPriority: value }
}

function endpoint({ endpoint: value }: JsonObject): SnapshotMembers {
  if (value === undefined) return {}
  const url =
    typeof value === 'string' && value.length <= 4096 && URL.canParse(value) ? new URL(value) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw badRequestData('Snapshot member endpoint is no http or https URL without credentials')
  return { endpoint: `${value}` }
}

function receiverInfo({ receiverInfo: value }: JsonObject): SnapshotMembers {
  if (value === undefined) return {}
  if (!isJsonArray(value) || value.length > MOST_PAIRS)
    throw badRequestData(`Snapshot member receiverInfo is no list of at most ${MOST_PAIRS} pairs`)
  return { receiverInfo: value.map(pair) }
}

/** Headers that belong to the connection are not the sender's to set. */
const CONNECTION =
  /^(?:host|connection|content-length|transfer-encoding|upgrade|te|trailer|keep-alive|proxy-.*)$/i

function pair(item: JsonValue, at: number): { readonly key: string; readonly value: string } {
  const { key, value } = isJsonObject(item) ? item : {}
  const fits =
    typeof key === 'string' && HEADER_NAME.test(key) && typeof value === 'string' && HEADER_VALUE.test(value)
  if (!fits || CONNECTION.test(key))
    throw badRequestData(`Item ${at} of receiverInfo is no pair of texts that can be a header`)
  return { key, value }
}
