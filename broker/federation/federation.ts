import type { Entity } from '../core/model/entity.ts'
import type { Iri } from '../core/model/iri.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { EntityQuery, TypeNode } from '../core/query/ast.ts'
import { attributesOf } from '../core/query/needs.ts'
import {
  type DiscoveredElsewhere,
  discoverSources,
  discoveryMatch,
  type FederatedDiscovery,
} from './discovery/discover-sources.ts'
import { askSource, type SourceAnswer, type SourceQuestion } from './forward/ask-source.ts'
import { type OnBehalf, type SourceDependencies, withSource } from './forward/source-connection.ts'
import { aliasOf, readVia } from './forward/via.ts'
import { failureWarnings, warning } from './forward/warning.ts'
import { passCsf } from './registry/match-csf.ts'
import { type Forward, type MatchRequest, matchRegistrations } from './registry/match-registrations.ts'
import type { Registration } from './registry/registration.ts'
import type { Registry } from './registry/registry.ts'
import type { SourceRecord } from './states/source-states.ts'

export interface FederationDependencies extends SourceDependencies {
  readonly registry: Registry
}

export interface FederatedRetrieve extends OnBehalf {
  readonly id: string
  readonly types?: TypeNode
  readonly attributes?: readonly Iri[]
}

export interface FederatedQuery extends OnBehalf {
  readonly query: EntityQuery
  /** The client's own parameters: its filters are handed on word for word. */
  readonly parameters: URLSearchParams
  /** At most so many entities are taken from each source. */
  readonly limit: number
  /**
   * The caller sees every attribute that the filters name in clear, so sources may apply them; otherwise they are
   * asked by type and id only, and the filters run here, on what the caller may see.
   */
  readonly pushable: boolean
}

export interface FederatedCopies {
  readonly copies: readonly Entity[]
  /** No registration matched: the answer is this hub's alone, until the registrations change. */
  readonly alone: boolean
  readonly warnings: readonly string[]
}

export interface FederatedEntities {
  readonly entities: readonly { readonly source: string; readonly entity: Entity }[]
  /** Values of `NGSILD-Warning` headers. */
  readonly warnings: readonly string[]
  /** No registration matched: the answer is this hub's alone, until the registrations change. */
  readonly alone: boolean
  /** Every source answered, and with all that it has. */
  readonly complete: boolean
}

/** A source, and how it does. */
export interface SourceReport extends SourceRecord {
  readonly id: string
  readonly name?: string
  readonly alias?: string
  readonly endpoint: string
  readonly mode: Registration['mode']
}

/** Other brokers as further sources of this one. Never throws because of a source. */
export interface Federation {
  /** Asks all sources that may know the entity (CIM 009 v1.9.1, 5.7.1.4). */
  retrieve(read: FederatedRetrieve): Promise<FederatedCopies>
  /**
   * Asks all matching sources (CIM 009 v1.9.1, 5.7.2.4). Sources keep no common order and no common place, so a page
   * over several of them is made here: each is read from its beginning, through its `next` links, until `limit`
   * entities are there; the asker merges them by id and cuts its page out of the result. For a page that starts at an
   * offset `limit` has to be offset + size + 1. `complete` tells whether the result is all there is; only then is a
   * count of it exact.
   */
  query(read: FederatedQuery): Promise<FederatedEntities>
  /** Asks all sources that tell which types or attributes they have (CIM 009 v1.9.1, 5.7.11). */
  discover(read: FederatedDiscovery): Promise<DiscoveredElsewhere>
  /** Tells whether `query` would ask any source. */
  asks(read: Omit<FederatedQuery, 'limit' | 'pushable'>): boolean
  /** Answers what is known about each source of the tenant. */
  sources(tenant: Tenant): readonly SourceReport[]
  /** This hub's pseudonym for the tenant. */
  alias(tenant: Tenant): string
  /** Grows with every change of the tenant's registrations. */
  generation(tenant: Tenant): number
}

/** More parts of sources than this are not asked for one request. */
const MAX_FORWARDS = 100

/** Makes the federation over a registry that is loaded already. */
export function createFederation(dependencies: FederationDependencies): Federation {
  const { registry, states, alias, clock } = dependencies
  return {
    retrieve: async (read) => {
      const { types, attributes, id } = read
      const asked = { ids: [id], ...(types && { types }), ...(attributes && { attributes }) }
      const { forwards, warnings } = match(dependencies, read, { ...asked, operation: 'retrieveEntity' })
      const answers = await ask(dependencies, read, forwards, (forward) => ({ forward, id }))
      return {
        copies: answers.flatMap(({ entities }) => entities),
        alone: forwards.length === 0,
        warnings: distinct([...warnings, ...answers.flatMap((answer) => answer.warnings)]),
      }
    },
    query: async (read) => {
      const { limit } = read
      const { forwards, warnings } = matchQuery(dependencies, read)
      const needs = filterNeeds(read.query)
      const answers = await ask(dependencies, read, forwards, (forward) => {
        const pushed = read.pushable && offersAll(forward, needs) ? { pushed: read.parameters } : {}
        return { forward, limit, ...pushed }
      })
      return {
        entities: answers.flatMap(({ entities, source }) => entities.map((entity) => ({ source, entity }))),
        warnings: distinct([...warnings, ...answers.flatMap((answer) => answer.warnings)]),
        alone: forwards.length === 0,
        complete: warnings.length === 0 && answers.every(({ complete }) => complete),
      }
    },
    discover: async (read) => {
      const { forwards, warnings } = match(dependencies, read, discoveryMatch(read.question))
      const found = await discoverSources(dependencies, read, forwards)
      return { ...found, warnings: distinct([...warnings, ...found.warnings]) }
    },
    asks: (read) => matchQuery(dependencies, read).forwards.length > 0,
    sources: (tenant) => {
      const now = clock()
      registry.dropExpired(tenant, now)
      return registry.all(tenant).map((registration) => {
        const { id, name, alias: pseudonym, endpoint, mode } = registration
        return {
          id,
          endpoint,
          mode,
          ...(name !== undefined && { name }),
          ...(pseudonym !== undefined && { alias: pseudonym }),
          ...states.record(tenant, registration, now),
        }
      })
    },
    alias: (tenant) => aliasOf(alias, tenant),
    generation: (tenant) => registry.generation(tenant),
  }
}

interface Matched {
  readonly forwards: readonly Forward[]
  readonly warnings: readonly string[]
}

/** A request that came through this hub already asks nobody again (CIM 009 v1.9.1, 4.3.6.4). */
function match(
  { registry, alias, clock }: FederationDependencies,
  { tenant, via, table }: OnBehalf,
  { csf, ...request }: Omit<MatchRequest, 'via' | 'now'> & Pick<EntityQuery, 'csf'>,
): Matched {
  const candidates = passCsf(csf, registry.candidates(tenant, request), table)
  if (candidates.length === 0) return { forwards: [], warnings: [] }
  const own = aliasOf(alias, tenant)
  const chain = readVia(via)
  const looped = chain.includes(own)
  const forwards = matchRegistrations(candidates, { ...request, via: chain, now: clock() })
  if (looped && forwards.length > 0) {
    return { forwards: [], warnings: [warning(199, own, 'Request came through this hub already')] }
  }
  if (forwards.length <= MAX_FORWARDS) return { forwards, warnings: [] }
  const left = forwards.length - MAX_FORWARDS
  return {
    forwards: forwards.slice(0, MAX_FORWARDS),
    warnings: [warning(199, own, `${left} of the matching sources were not asked`)],
  }
}

function matchQuery(
  dependencies: FederationDependencies,
  read: Omit<FederatedQuery, 'limit' | 'pushable'>,
): Matched {
  const { query, parameters } = read
  const datasetIds = parameters.get('datasetId')?.split(',')
  const attributes = query.attributes && [...new Set([...query.attributes, ...attributesOf(query)])]
  const common = {
    operation: 'queryEntity',
    ...(query.csf && { csf: query.csf }),
    ...(attributes && { attributes }),
    ...(datasetIds && { datasetIds }),
  }
  const matched = (query.selectors ?? [query]).map(({ types, ids, idPattern }) =>
    match(dependencies, read, {
      ...common,
      ...(types && { types }),
      ...(ids && { ids }),
      ...(idPattern !== undefined && { idPattern }),
    }),
  )
  return {
    forwards: matched.flatMap(({ forwards }) => forwards),
    warnings: distinct(matched.flatMap(({ warnings }) => warnings)),
  }
}

/** What the filters look at, besides the list of attributes that is wanted. */
function filterNeeds({ attributes: _, ...filters }: EntityQuery): ReadonlySet<Iri> {
  return attributesOf(filters)
}

/** A filter on what a source did not register would hide the part that it did register. */
function offersAll({ attributes }: Forward, needs: ReadonlySet<Iri>): boolean {
  return attributes === undefined || [...needs].every((name) => attributes.includes(name))
}

interface NamedAnswer extends Pick<SourceAnswer, 'entities' | 'complete'> {
  readonly source: string
  readonly warnings: readonly string[]
}

/** All forwards at once: none waits for another. */
function ask(
  dependencies: FederationDependencies,
  read: OnBehalf,
  forwards: readonly Forward[],
  question: (forward: Forward) => SourceQuestion,
): Promise<readonly NamedAnswer[]> {
  return Promise.all(forwards.map((forward) => askOne(dependencies, read, question(forward))))
}

async function askOne(
  dependencies: FederationDependencies,
  read: OnBehalf,
  question: SourceQuestion,
): Promise<NamedAnswer> {
  const { registration } = question.forward
  const { failure, ...answer } = await withSource<SourceAnswer>(dependencies, read, {
    registration,
    work: (connection) => askSource(dependencies, connection, question),
  })
  const { entities, complete, warnings } = { ...NOTHING, ...answer }
  const own = aliasOf(dependencies.alias, read.tenant)
  const told = failureWarnings(own, registration, failure)
  return { source: registration.id, entities, complete, warnings: [...told, ...warnings] }
}

const NOTHING: SourceAnswer = { entities: [], complete: false, warnings: [] }

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)]
}
