import type { Iri } from '../core/model/iri.ts'
import type { EntityQuery } from '../core/query/ast.ts'
import { attributesOf } from '../core/query/needs.ts'
import { askForwards, distinct, type ForwardedAnswers } from './ask-forwards.ts'
import type {
  FederatedCopies,
  FederatedEntities,
  FederatedQuery,
  FederatedRetrieve,
  FederationDependencies,
  ToldElsewhere,
} from './federation.ts'
import type { SourceQuestion } from './forward/ask-source.ts'
import { understandsFilters } from './forward/source-version.ts'
import { type MatchedSources, matchSources } from './match-sources.ts'
import type { Forward } from './registry/match-registrations.ts'
import { isProxied } from './registry/taken-by.ts'
import { type Untaken, untakenOf } from './registry/untaken.ts'

/** Asks all sources that may know the entity, each by an operation that it offers (CIM 009 v1.9.1, 5.7.1.4, 4.20). */
export async function retrieveCopies(
  dependencies: FederationDependencies,
  read: FederatedRetrieve,
): Promise<FederatedCopies> {
  const { types, attributes, id, tenant, holders, except } = read
  const subject = { ids: [id], ...(types && { types }) }
  const { forwards, warnings } = matchSources(dependencies, read, {
    operations: RETRIEVE,
    ...subject,
    ...(attributes && { attributes }),
  })
  const now = dependencies.clock()
  const own = untakenOf(dependencies.registry, { tenant, subjects: [subject], now })
  const questions = forwards.flatMap((forward) => {
    const { id: holder } = forward.registration
    if (holder === except || (holders && !holders.has(holder))) return []
    const entityMap = holders?.get(holder)
    return [{ forward, id, ...(entityMap !== undefined && { entityMap }) }]
  })
  const answers = await askForwards(dependencies, read, questions, own)
  return {
    copies: answers.copies,
    alone: forwards.length === 0 && !own,
    warnings: distinct([...warnings, ...answers.warnings]),
    ...(own && { own }),
  }
}

const RETRIEVE = ['retrieveEntity', 'queryEntity', 'queryBatch']
const QUERY = ['queryEntity', 'queryBatch']

/** Where a source does not filter by itself, at most so many of its entities are looked at here. */
const MOST_UNFILTERED = 10_000

/** Asks all sources that may have entities of a query (CIM 009 v1.9.1, 5.7.2.4). */
export async function queryCopies(
  dependencies: FederationDependencies,
  read: FederatedQuery,
): Promise<FederatedEntities> {
  const { questions, warnings, own } = queryQuestions(dependencies, read)
  const answers = await askForwards(dependencies, read, questions, own)
  return {
    copies: answers.copies,
    warnings: distinct([...warnings, ...answers.warnings]),
    alone: questions.length === 0 && !own,
    complete: warnings.length === 0 && answers.complete,
    ...(own && { own }),
    ...(read.together && { together: toldElsewhere(dependencies, questions, answers) }),
  }
}

function toldElsewhere(
  { apart = new Set() }: FederationDependencies,
  questions: readonly SourceQuestion[],
  { together }: ForwardedAnswers,
): ToldElsewhere {
  return {
    told: together.map(({ source, ...told }) => ({ ...told, alone: apart.has(source) })),
    all: together.length === questions.length,
  }
}

/** What sources are asked, and what proxied registrations leave of what this hub has itself. */
interface QueryQuestions extends Pick<MatchedSources, 'warnings'> {
  readonly questions: readonly SourceQuestion[]
  readonly own?: Untaken
}

/** Answers what the sources of a query are asked. */
export function queryQuestions(dependencies: FederationDependencies, read: FederatedQuery): QueryQuestions {
  const { forwards, ...matched } = matchQuery(dependencies, read)
  const judging = judgedBy(dependencies, read)
  const asked = read.byBody ? together(forwards) : forwards.map((forward) => ({ forward }))
  const questions = asked
    .map((given) => ({ ...given, ...judging(given.forward) }))
    .map((question) => ({
      ...question,
      ...(read.together && isCountable(question) && { together: true as const }),
      ...(read.byBody && { byBody: true as const }),
    }))
  return { questions, ...matched }
}

/** A source tells of a whole crowd, and only where it judges by itself what is asked for. */
function isCountable({ forward, more = [], unfiltered }: SourceQuestion): boolean {
  const { ids, idPattern, attributes } = forward
  return more.length === 0 && !unfiltered && !ids && idPattern === undefined && !attributes
}

/** Whether a source judges its entities by the filters, or all of them are fetched to be judged here. */
export function judgedBy(
  dependencies: FederationDependencies,
  read: FederatedQuery,
): (forward: Forward) => Pick<SourceQuestion, 'limit' | 'pushed' | 'unfiltered'> {
  const { limit, query, pushable, parameters } = read
  const { attributes, q, geo, scope, parts } = query
  const split = isSplit(dependencies, read)
  const needs = filterNeeds(query)
  const filters = [q, geo, scope, split ? attributes : undefined].some((filter) => filter !== undefined)
  return (forward) => {
    const unjudged = { limit: Math.max(limit, MOST_UNFILTERED), unfiltered: true as const }
    // what a source cannot judge is left to judge here, of more than a page
    if (!split && pushable && canFilter(forward, needs, parameters))
      return { ...(parts ? unjudged : { limit }), pushed: parameters }
    if (!filters) return { limit }
    return unjudged
  }
}

/** Entities may be in parts at several sources: nobody but this hub sees enough of them to judge them (4.3.6.7). */
function isSplit(
  { splitEntities: usual = false }: FederationDependencies,
  { splitEntities = usual }: Pick<FederatedQuery, 'splitEntities'>,
): boolean {
  return splitEntities
}

/** Selectors that a source can be asked for by one body are. */
function together(forwards: readonly Forward[]): readonly Pick<SourceQuestion, 'forward' | 'more'>[] {
  const groups = new Map<string, [Forward, ...Forward[]]>()
  forwards.forEach((forward, at) => {
    const { registration, attributes } = forward
    const alone = registration.operations.has('queryBatch') ? '' : at
    const key = JSON.stringify([registration.id, attributes ?? null, alone])
    const group = groups.get(key)
    if (group) group.push(forward)
    else groups.set(key, [forward])
  })
  return [...groups.values()].map(([forward, ...more]) => ({ forward, more }))
}

/** Answers which sources a query is forwarded to, and what proxied registrations leave of what it finds here. */
export function matchQuery(
  dependencies: FederationDependencies,
  read: Omit<FederatedQuery, 'limit' | 'pushable'> & Partial<Pick<FederatedQuery, 'pushable'>>,
): MatchedSources & { readonly own?: Untaken } {
  const { query, parameters, tenant, pushable = true } = read
  const datasetIds = parameters.get('datasetId')?.split(',')
  const split = isSplit(dependencies, read)
  const wanted = split ? undefined : query.attributes
  const attributes = wanted && [...new Set([...wanted, ...attributesOf(query)])]
  const common = {
    operations: QUERY,
    ...(query.csf && { csf: query.csf }),
    ...(attributes && { attributes }),
    ...(datasetIds && { datasetIds }),
    // scope and place of an entity may be told by another source than its attributes
    ...(query.scope && !split && { scope: query.scope }),
    // what is coarsened may lie outside the area of its source
    ...(query.geo && pushable && !split && { geo: query.geo }),
  }
  const subjects = (query.selectors ?? [query]).map(({ types, ids, idPattern }) => ({
    ...(types && { types }),
    ...(ids && { ids }),
    ...(idPattern !== undefined && { idPattern }),
  }))
  const matched = subjects.map((subject) => matchSources(dependencies, read, { ...common, ...subject }))
  const own = untakenOf(dependencies.registry, { tenant, subjects, now: dependencies.clock() })
  return {
    forwards: matched.flatMap(({ forwards }) => forwards),
    warnings: distinct(matched.flatMap(({ warnings }) => warnings)),
    ...(own && { own }),
  }
}

/** What the filters look at, besides the list of attributes that is wanted. */
function filterNeeds({ attributes: _, ...filters }: EntityQuery): ReadonlySet<Iri> {
  return attributesOf(filters)
}

/**
 * A filter on what a source did not register would hide the part that it did register; and where an exclusive or redirect
 * registration names attributes, its source has no whole entities to judge.
 */
function canFilter(
  { attributes, registration }: Forward,
  needs: ReadonlySet<Iri>,
  filters: URLSearchParams,
): boolean {
  if (!understandsFilters(registration, filters)) return false
  if (isProxied(registration) && registration.information.some((info) => info.attributes.length > 0))
    return false
  return attributes === undefined || [...needs].every((name) => attributes.includes(name))
}
