import type { TermTable } from '../../core/context/term-table.ts'
import { isIri } from '../../core/model/iri.ts'
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ownValue,
} from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import type { EntityQuery, EntitySelector } from '../../core/query/ast.ts'
import { QUERY_LIMITS, tooComplex } from '../../core/query/limits.ts'
import { parseTypeSelection } from '../../core/query/parse-type-selection.ts'
import { checkPattern } from '../../core/query/pattern.ts'
import { entityQuery } from './entity-parameters.ts'

/** Members of a Query body that mean the same as the URL parameter of that name; lists are joined by commas. */
const TEXTS = ['q', 'csf', 'scopeQ', 'lang', 'join', 'entityMapLifetime'] as const
const LISTS = ['attrs', 'pick', 'omit', 'datasetId', 'expandValues', 'jsonKeys', 'containedBy'] as const
const GEO = ['georel', 'geometry', 'geoproperty'] as const
const KNOWN: ReadonlySet<string> = new Set([
  'type',
  '@context',
  'entities',
  'geoQ',
  'joinLevel',
  'entityMap',
  'splitEntities',
  'ordering',
  ...TEXTS,
  ...LISTS,
])

/** A Query body, read into the same form as the parameters of a GET. */
export interface QueryBody {
  readonly query: EntityQuery
  /** The URL parameters of the request with those of the body added. */
  readonly parameters: URLSearchParams
}

/** Reads a Query (CIM 009 v1.9.1, 5.2.23). @throws Problem BadRequestData */
export function queryBody(body: JsonValue | undefined, url: URLSearchParams, table: TermTable): QueryBody {
  if (!isJsonObject(body)) throw badRequestData('Body is no Query object')
  if (body.type !== 'Query') throw badRequestData('Query has no type "Query"')
  const unknown = Object.keys(body).find((name) => !KNOWN.has(name))
  if (unknown !== undefined) throw badRequestData(`Query has a member ${unknown} that is not known here`)
  const parameters = new URLSearchParams(url)
  for (const name of TEXTS) addText(parameters, name, ownValue(body, name))
  for (const name of LISTS) addList(parameters, name, ownValue(body, name))
  addNumber(parameters, 'joinLevel', ownValue(body, 'joinLevel'))
  for (const name of ['entityMap', 'splitEntities']) addFlag(parameters, name, ownValue(body, name))
  addGeo(parameters, ownValue(body, 'geoQ'))
  addOrdering(parameters, ownValue(body, 'ordering'))
  const selectors = entitySelectors(ownValue(body, 'entities'), table)
  const [only, ...others] = selectors ?? []
  if (only && others.length === 0)
    return { query: { ...entityQuery(parameters, table), ...only }, parameters }
  return { query: { ...entityQuery(parameters, table), ...(selectors && { selectors }) }, parameters }
}

/** Sets a parameter to the text of a member, if it is there. @throws Problem BadRequestData */
export function addText(parameters: URLSearchParams, name: string, value: JsonValue | undefined): void {
  if (value === undefined) return
  if (typeof value !== 'string' || value === '')
    throw badRequestData(`Member ${name} of the Query is no text`)
  parameters.set(name, value)
}

/** Sets a parameter to the number of a member, if it is there. @throws Problem BadRequestData */
export function addNumber(parameters: URLSearchParams, name: string, value: JsonValue | undefined): void {
  if (value === undefined) return
  if (typeof value !== 'number') throw badRequestData(`Member ${name} of the Query is no number`)
  parameters.set(name, String(value))
}

function addFlag(parameters: URLSearchParams, name: string, value: JsonValue | undefined): void {
  if (value === undefined) return
  if (typeof value !== 'boolean')
    throw badRequestData(`Member ${name} of the Query is neither true nor false`)
  parameters.set(name, String(value))
}

/** Sets a parameter to the names of a member, joined by commas, if it is there. @throws Problem BadRequestData */
export function addList(parameters: URLSearchParams, name: string, value: JsonValue | undefined): void {
  if (value === undefined) return
  const items: readonly JsonValue[] = Array.isArray(value) ? value : [value]
  if (items.length === 0 || !items.every((item) => typeof item === 'string' && item !== '')) {
    throw badRequestData(`Member ${name} of the Query is no list of names`)
  }
  parameters.set(name, items.join(','))
}

function addGeo(parameters: URLSearchParams, value: JsonValue | undefined): void {
  if (value === undefined) return
  if (!isJsonObject(value)) throw badRequestData('Member geoQ of the Query is no object')
  for (const name of GEO) addText(parameters, name, ownValue(value, name))
  const coordinates = ownValue(value, 'coordinates')
  if (coordinates === undefined) return
  parameters.set('coordinates', typeof coordinates === 'string' ? coordinates : JSON.stringify(coordinates))
}

/** OrderingParams (5.2.43); `coordinates` and `geometry` are other parameters than those of geoQ. */
function addOrdering(parameters: URLSearchParams, value: JsonValue | undefined): void {
  if (value === undefined) return
  if (!isJsonObject(value)) throw badRequestData('Member ordering of the Query is no object')
  const { orderBy, coordinates, geometry, collation, ...others } = value
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw badRequestData(`Member ordering of the Query has a member ${unknown}`)
  if (orderBy === undefined) throw badRequestData('Member ordering of the Query has no orderBy')
  addList(parameters, 'orderBy', orderBy)
  addText(parameters, 'orderGeometry', geometry)
  addText(parameters, 'collation', collation)
  if (coordinates === undefined) return
  if (!isJsonArray(coordinates))
    throw badRequestData('Member ordering of the Query has coordinates that are no array')
  parameters.set('orderFrom', JSON.stringify(coordinates))
}

function entitySelectors(
  value: JsonValue | undefined,
  table: TermTable,
): readonly EntitySelector[] | undefined {
  if (value === undefined) return undefined
  if (!isJsonArray(value) || value.length === 0)
    throw badRequestData('Member entities of the Query is no list, or an empty one')
  if (value.length > QUERY_LIMITS.selectors) throw tooComplex('entities', 'selectors', QUERY_LIMITS)
  return value.map((item, at) => {
    if (!isJsonObject(item)) throw badRequestData(`Item ${at} of entities is no object`)
    return entitySelector(item, at, table)
  })
}

function entitySelector(item: JsonObject, at: number, table: TermTable): EntitySelector {
  const type = ownValue(item, 'type')
  if (typeof type !== 'string') throw badRequestData(`Item ${at} of entities has no type`)
  const id = ownValue(item, 'id')
  const ids: readonly JsonValue[] | undefined = id === undefined ? undefined : Array.isArray(id) ? id : [id]
  if (ids && ids.length > QUERY_LIMITS.ids) throw tooComplex('entities', 'ids', QUERY_LIMITS)
  if (ids && !ids.every((each): each is string => typeof each === 'string' && isIri(each))) {
    throw badRequestData(`Item ${at} of entities has an id that is no URI`)
  }
  const idPattern = ownValue(item, 'idPattern')
  if (idPattern !== undefined && typeof idPattern !== 'string') {
    throw badRequestData(`Item ${at} of entities has an idPattern that is no text`)
  }
  if (idPattern !== undefined) checkPattern(idPattern)
  return {
    types: parseTypeSelection(type, table),
    ...(ids && { ids: ids as readonly string[] }), // checked above
    ...(!ids && idPattern !== undefined && { idPattern }),
  }
}
