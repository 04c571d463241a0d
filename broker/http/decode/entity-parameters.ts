import { isLanguageKey } from '../../core/context/decode-value.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import { type Iri, isIri, NGSI_LD } from '../../core/model/iri.ts'
import { badRequestData, invalidRequest, Problem } from '../../core/model/problem.ts'
import { type Micros, parseDateTime } from '../../core/model/time.ts'
import type { EntityQuery, Projection, QNode } from '../../core/query/ast.ts'
import { attributesOf, linkedDepth, projectionDepth } from '../../core/query/needs.ts'
import { parseAttributeList } from '../../core/query/parse-attribute-list.ts'
import { parseGeoQuery } from '../../core/query/parse-geo-query.ts'
import { parseProjection } from '../../core/query/parse-projection.ts'
import { parseQ } from '../../core/query/parse-q.ts'
import { parseScopeQuery } from '../../core/query/parse-scope-query.ts'
import { parseTypeSelection } from '../../core/query/parse-type-selection.ts'
import { checkPattern } from '../../core/query/pattern.ts'
import { refuseOverlap } from '../../core/query/refuse-overlap.ts'
import type { RenderOptions } from '../../core/view/render-options.ts'
import { isRdf } from '../added-types.ts'
import type { MediaType } from '../route.ts'
import { datasetIds } from './dataset-parameters.ts'
import { refuseTooDeep } from './join-parameters.ts'
import { languages } from './language-parameters.ts'
import { listParameter } from './list-parameter.ts'

/** Parameters that say how an entity is written (CIM 009 v1.9.1, 6.4.3.2 and 6.5.3.1). */
export const RENDER_PARAMETERS = [
  'format',
  'options',
  'attrs',
  'pick',
  'omit',
  'lang',
  'datasetId',
  'geometryProperty',
] as const

/** Parameters that select entities (6.4.3.2). */
export const FILTER_PARAMETERS = [
  'id',
  'idPattern',
  'type',
  'q',
  'expandValues',
  'jsonKeys',
  'georel',
  'geometry',
  'coordinates',
  'geoproperty',
  'scopeQ',
  'csf',
] as const

/** Parameters of a page (6.3.10, 6.3.13). `after` is ours: the sealed place inside `next` links. */
export const PAGE_PARAMETERS = ['limit', 'offset', 'count', 'after'] as const

const FORMATS = {
  normalized: 'normalized',
  concise: 'concise',
  simplified: 'simplified',
  keyValues: 'simplified',
} as const

/** Reads `true` or `false`; any other word is refused. @throws Problem InvalidRequest */
export function flag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (text !== 'true' && text !== 'false') throw invalidRequest(`Parameter ${name} is neither true nor false`)
  return text === 'true'
}

/** Reads when something was observed, if it is said. @throws Problem BadRequestData */
export function observedAt(query: URLSearchParams): { observedAt?: Micros } {
  const text = query.get('observedAt')
  if (text === null) return {}
  const at = parseDateTime(text)
  if (at === undefined) throw badRequestData('Parameter observedAt is no DateTime in UTC')
  return { observedAt: at }
}

/** Reads the one language of the plain texts of a merge, if it is said (6.5.3.4). @throws Problem BadRequestData */
export function languageOfTexts(query: URLSearchParams): { lang?: string } {
  const lang = query.get('lang')
  if (lang === null) return {}
  if (!isLanguageKey(lang)) throw badRequestData(`Parameter lang is ${JSON.stringify(lang)}, no language tag`)
  return { lang }
}

/** Reads the selection of entities out of the parameters. @throws Problem BadRequestData, InvalidRequest, TooComplexQuery */
export function entityQuery(query: URLSearchParams, table: TermTable): EntityQuery {
  const text = (name: (typeof FILTER_PARAMETERS)[number]): string | undefined => query.get(name) ?? undefined
  const ids = listParameter(query, 'id', 'ids')
  for (const id of ids ?? [])
    if (!isIri(id)) throw badRequestData(`Parameter id holds ${JSON.stringify(id)}, which is no URI`)
  const type = text('type')
  const q = readQ(query, table)
  const scope = text('scopeQ')
  const csf = text('csf')
  const attrs = query.get('attrs') ?? undefined
  const idPattern = ids ? undefined : text('idPattern')
  if (idPattern !== undefined) checkPattern(idPattern)
  const geo = parseGeoQuery(
    Object.fromEntries(
      (['georel', 'geometry', 'coordinates', 'geoproperty'] as const).map((name) => [name, text(name)]),
    ),
    table,
  )
  return {
    ...(ids && { ids }),
    ...(idPattern !== undefined && { idPattern }),
    ...(type !== undefined && { types: parseTypeSelection(type, table) }),
    ...(attrs !== undefined && { attributes: parseAttributeList(attrs, table) }),
    ...(q && { q }),
    ...(geo && { geo }),
    ...(scope !== undefined && { scope: parseScopeQuery(scope) }),
    ...(csf !== undefined && { csf: readCsf(csf, table) }),
  }
}

/** Reads q; it may look into linked entities as deep as they come along (5.7.2.4). @throws Problem BadRequestData */
function readQ(query: URLSearchParams, table: TermTable): QNode | undefined {
  const text = query.get('q')
  if (text === null) return undefined
  const names = (parameter: string): readonly string[] => listParameter(query, parameter) ?? []
  const q = parseQ(text, { table, expandValues: names('expandValues'), jsonKeys: names('jsonKeys') })
  refuseTooDeep('q', linkedDepth(q), query)
  return q
}

/** Reads a context source filter: on the source itself, behind which nothing is linked. @throws Problem BadRequestData */
function readCsf(text: string, table: TermTable): QNode {
  const csf = parseQ(text, { table, parameter: 'csf' })
  if (linkedDepth(csf) > 0) throw badRequestData('Parameter csf looks into linked entities')
  return csf
}

const SYSTEM_NAMES: ReadonlySet<Iri> = new Set(
  ['createdAt', 'modifiedAt', 'deletedAt', 'expiresAt'].map((name) => NGSI_LD + name),
)

/** All types together are for this hub's own data only (6.4.3.2). @throws Problem BadRequestData when that is denied */
export function localOnly(parameters: URLSearchParams, { types }: EntityQuery): boolean {
  const local = flag(parameters, 'local')
  if (types?.kind !== 'any') return local ?? false
  if (local === false) throw badRequestData('Parameter type is "*", which excludes local=false')
  return true
}

/**
 * Refuses a query that would select everything (4.21 and 5.7.2): it needs a type, an attribute, q on an attribute,
 * a geoquery, or `local=true`. @throws Problem BadRequestData
 */
export function refuseTooWide(query: EntityQuery, local: boolean): void {
  if (
    local ||
    query.types ||
    query.selectors ||
    query.geo ||
    [...attributesOf(query)].some((name) => !SYSTEM_NAMES.has(name))
  )
    return
  throw badRequestData('Query selects too much: give type, attrs, q, georel or local=true')
}

/** Reads how entities are to be written. @throws Problem BadRequestData, InvalidRequest or TooComplexQuery */
export function renderOptions(query: URLSearchParams, table: TermTable, accept: MediaType): RenderOptions {
  const words = (query.get('options') ?? '').split(',').filter((word) => word !== '')
  for (const word of words) {
    if (word !== 'sysAttrs' && !Object.hasOwn(FORMATS, word))
      throw invalidRequest(`Option ${word} is not known here`)
  }
  const format = formatOf(query.get('format'), words)
  return {
    ...(isRdf(accept) ? graphOptions(format) : { format }),
    ...(words.includes('sysAttrs') && { sysAttrs: true }),
    ...languages(query),
    ...datasetIds(query),
    ...projections(query, table),
    ...geometryProperty(query.get('geometryProperty'), table, accept),
  }
}

/** A graph is made of what the normalized form says. @throws Problem InvalidRequest */
function graphOptions(format: RenderOptions['format']): Pick<RenderOptions, 'format' | 'expanded'> {
  if (format === 'simplified') throw invalidRequest('Format simplified says too little to make RDF of it')
  return { format: 'normalized', expanded: true }
}

function formatOf(format: string | null, options: readonly string[]): RenderOptions['format'] {
  const word = format ?? options.find((option) => option !== 'sysAttrs') ?? 'normalized'
  if (!Object.hasOwn(FORMATS, word))
    throw invalidRequest(`Format ${word} is not one of ${Object.keys(FORMATS).join(', ')}`)
  return FORMATS[word as keyof typeof FORMATS] // checked above
}

/** Reads which members are wanted: attrs, or pick and omit (4.21). @throws Problem BadRequestData, TooComplexQuery */
export function projections(query: URLSearchParams, table: TermTable): Pick<RenderOptions, 'pick' | 'omit'> {
  const [attrs, pick, omit] = ['attrs', 'pick', 'omit'].map((name) => query.get(name))
  if (attrs && (pick || omit))
    throw badRequestData('Parameter attrs is given together with pick or omit: use one of both')
  const picked = attrs ? attributesAndIdentity(attrs, table) : projection('pick', query, table)
  const omitted = projection('omit', query, table)
  if (picked && omitted) refuseOverlap(picked, omitted)
  return { ...(picked && { pick: picked }), ...(omitted && { omit: omitted }) }
}

/** A projection looks into linked entities as deep as they come along (5.7.1.4). @throws Problem BadRequestData */
function projection(
  parameter: 'pick' | 'omit',
  query: URLSearchParams,
  table: TermTable,
): Projection | undefined {
  const text = query.get(parameter)
  if (!text) return undefined
  const parsed = parseProjection(text, table, { parameter })
  refuseTooDeep(parameter, projectionDepth(parsed), query)
  return parsed
}

/** Deprecated `attrs` keeps id, type and scope besides the attributes. */
function attributesAndIdentity(attrs: string, table: TermTable): Projection {
  const attributes = new Map(parseAttributeList(attrs, table).map((attribute) => [attribute, undefined]))
  return { members: new Set(['id', 'type', 'scope', 'createdAt', 'modifiedAt', 'expiresAt']), attributes }
}

function geometryProperty(
  name: string | null,
  table: TermTable,
  accept: MediaType,
): Pick<RenderOptions, 'geometryProperty'> {
  if (name === null) return {}
  if (accept !== 'application/geo+json' && accept !== 'application/geo+json-seq') {
    throw badRequestData('Parameter geometryProperty is only for answers of type application/geo+json')
  }
  return { geometryProperty: table.expand(name) }
}

/** What part of the result is wanted. */
export interface PageRequest {
  readonly limit: number
  /** Present when the client pages by offset. */
  readonly offset?: number
  readonly count: boolean
  /** The sealed place of a `next` link. */
  readonly after?: string
}

/** Reads the page that is asked for. @throws Problem BadRequestData, InvalidRequest or TooManyResults */
export function pageRequest(
  query: URLSearchParams,
  limits: { readonly standard: number; readonly most: number },
): PageRequest {
  const limit = wholeNumber(query, 'limit') ?? limits.standard
  const offset = wholeNumber(query, 'offset')
  const after = query.get('after') ?? undefined
  const count = flag(query, 'count') ?? false
  if (limit > limits.most)
    throw new Problem(
      'TooManyResults',
      `Limit ${limit} is above ${limits.most}, the most that one page holds`,
    )
  if (limit === 0 && !count) throw badRequestData('Limit 0 is only for requests with count=true')
  if (offset !== undefined && after !== undefined)
    throw invalidRequest('Parameters offset and after exclude each other')
  return { limit, count, ...(offset !== undefined && { offset }), ...(after !== undefined && { after }) }
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (!/^\d{1,9}$/.test(text)) throw badRequestData(`Parameter ${name} is not a whole number of 0 or more`)
  return Number(text)
}
