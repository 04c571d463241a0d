import { meet } from '../../core/geo/bounding-box.ts'
import { searchBoxes } from '../../core/geo/search-boxes.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'
import type { GeoQuery, ScopeNode, TypeNode } from '../../core/query/ast.ts'
import { matchScopes } from '../../core/query/match-scopes.ts'
import type { SourceTime } from '../../core/query/parse-source-time.ts'
import { matchPattern } from '../../core/query/pattern.ts'
import { narrowTypes } from './narrow-types.ts'
import type { EntityInfo, Registration, RegistrationInfo } from './registration.ts'

/** What a request is about, as far as registrations tell. Absent members do not narrow. */
export interface MatchRequest {
  /** Names of 4.20, of which the source has to support one. */
  readonly operations?: readonly string[]
  readonly types?: TypeNode
  readonly ids?: readonly string[]
  readonly idPattern?: string
  readonly attributes?: readonly Iri[]
  readonly datasetIds?: readonly string[]
  /** Sources that registered scopes have to have one of these. */
  readonly scope?: ScopeNode
  /** Sources that registered an area are left out where nothing of it can match. */
  readonly geo?: GeoQuery
  /** Present: sources of history for this time; absent: sources of the current state (5.10.2.4). */
  readonly temporal?: SourceTime
  /** Pseudonyms of those that the request came through. */
  readonly via: readonly string[]
  readonly now: Micros
}

/** The part of a request that one source may be asked for: never more than it registered. */
export interface Forward {
  readonly registration: Registration
  readonly types?: TypeNode
  readonly ids?: readonly string[]
  readonly idPattern?: string
  readonly attributes?: readonly Iri[]
}

/**
 * Matches registrations and narrows the request to each (CIM 009 v1.9.1, 5.12). Pure. A source with several
 * registered parts that cannot be asked for in one request gets several forwards.
 */
export function matchRegistrations(
  registrations: Iterable<Registration>,
  request: MatchRequest,
): readonly Forward[] {
  const forwards: Forward[] = []
  for (const registration of registrations) {
    if (!takesPart(registration, request)) continue
    const parts = registration.information.flatMap((info) => narrowInformation(info, request))
    for (const part of unite(parts)) forwards.push({ registration, ...part })
  }
  return forwards
}

function takesPart(registration: Registration, request: MatchRequest): boolean {
  const { operations, via, now, datasetIds } = request
  if (registration.expiresAt !== undefined && registration.expiresAt <= now) return false
  if (registration.alias !== undefined && via.includes(registration.alias)) return false
  if (operations && !operations.some((name) => registration.operations.has(name))) return false
  if (!coversTime(registration, request.temporal)) return false
  if (request.scope && registration.scopes.length > 0 && !matchScopes(request.scope, registration.scopes))
    return false
  if (request.geo && !coversArea(registration, request.geo)) return false
  if (!datasetIds || registration.datasetIds.length === 0) return true
  return datasetIds.some((datasetId) => registration.datasetIds.includes(datasetId))
}

/** Boxes around areas tell: they pass over no source that may know something (5.10.2.4). */
function coversArea({ areas }: Registration, geo: GeoQuery): boolean {
  const area = areas.get(geo.property)
  const boxes = area && searchBoxes(geo)
  return !area || !boxes || boxes.some((box) => meet(box, area))
}

/** A source may know of the time that is asked for where that overlaps its interval, also for `before` and `after` (5.10.2.4). */
function coversTime(registration: Registration, temporal: SourceTime | undefined): boolean {
  const { observationInterval, managementInterval } = registration
  if (!temporal) return !observationInterval && !managementInterval
  const interval = temporal.interval === 'observation' ? observationInterval : managementInterval
  if (!interval) return false
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = temporal
  return interval.startAt <= to && (interval.endAt === undefined || interval.endAt >= from)
}

type Part = Omit<Forward, 'registration'>

const ANY_ENTITY: EntityInfo = { types: [] }

function narrowInformation(info: RegistrationInfo, request: MatchRequest): readonly Part[] {
  const attributes = narrowAttributes(info.attributes, request.attributes)
  if (!attributes) return []
  const entities = info.entities.length > 0 ? info.entities : [ANY_ENTITY]
  return entities.flatMap((entity) => {
    const types = narrowTypes(request.types, entity.types)
    const ids = types && narrowIds(entity, request)
    return types && ids ? [{ ...types, ...ids, ...attributes }] : []
  })
}

function narrowAttributes(
  registered: readonly Iri[],
  asked: readonly Iri[] | undefined,
): Pick<Part, 'attributes'> | undefined {
  if (registered.length === 0) return asked ? { attributes: asked } : {}
  const attributes = asked ? registered.filter((name) => asked.includes(name)) : registered
  return attributes.length > 0 ? { attributes } : undefined
}

/** Where both sides have a pattern the source is asked with its own; who asked filters by the other afterwards. */
function narrowIds(
  entity: EntityInfo,
  request: Pick<MatchRequest, 'ids' | 'idPattern'>,
): Pick<Part, 'ids' | 'idPattern'> | undefined {
  const ids = request.ids ?? (entity.id === undefined ? undefined : [entity.id])
  if (ids) {
    const kept = ids.filter((id) => offersId(entity, id) && asksForId(request, id))
    return kept.length > 0 ? { ids: kept } : undefined
  }
  const idPattern = entity.idPattern ?? request.idPattern
  return idPattern === undefined ? {} : { idPattern }
}

/** Tells whether a source may know an entity of this id; an id takes precedence over a pattern (5.2.8). */
export function offersId(entity: EntityInfo, id: string): boolean {
  if (entity.id !== undefined) return entity.id === id
  return entity.idPattern === undefined || matchPattern(entity, entity.idPattern, id)
}

function asksForId(request: Pick<MatchRequest, 'ids' | 'idPattern'>, id: string): boolean {
  if (request.ids) return request.ids.includes(id)
  return request.idPattern === undefined || matchPattern(request, request.idPattern, id)
}

/** Puts parts together that differ in their ids or in their types only. */
function unite(parts: readonly Part[]): readonly Part[] {
  const sameTypes = alike(parts, ({ types, attributes, ids, idPattern }) => [
    types,
    attributes,
    ids ? 'ids' : { idPattern },
  ])
  return alike(sameTypes.map(joinIds), ({ ids, idPattern, attributes }) => [ids, idPattern, attributes]).map(
    joinTypes,
  )
}

type Parts = readonly [Part, ...Part[]]

/** Parts by what is the same of them, in their order. */
function alike(parts: readonly Part[], same: (part: Part) => readonly unknown[]): readonly Parts[] {
  const found = new Map<string, [Part, ...Part[]]>()
  for (const part of parts) {
    const key = JSON.stringify(same(part))
    const others = found.get(key)
    if (others) others.push(part)
    else found.set(key, [part])
  }
  return [...found.values()]
}

/** Either all of them have ids, or none has. */
function joinIds(parts: Parts): Part {
  const [first] = parts
  return first.ids ? { ...first, ids: [...new Set(parts.flatMap(({ ids = [] }) => ids))] } : first
}

function joinTypes(parts: Parts): Part {
  const [{ types: _, ...anyType }] = parts
  const nodes = new Map<string, TypeNode>()
  for (const { types } of parts) {
    if (!types) return anyType
    for (const node of types.kind === 'or' ? types.nodes : [types]) nodes.set(JSON.stringify(node), node)
  }
  const [only, ...others] = nodes.values()
  return only
    ? { ...anyType, types: others.length === 0 ? only : { kind: 'or', nodes: [...nodes.values()] } }
    : anyType
}
