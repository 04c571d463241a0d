import type { Iri } from '../core/model/iri.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { EntityQuery, TypeNode } from '../core/query/ast.ts'
import { distinct } from './ask-forwards.ts'
import type { Copy } from './combine/combine-copies.ts'
import {
  type DiscoveredElsewhere,
  discoverSources,
  discoveryMatch,
  type FederatedDiscovery,
} from './discovery/discover-sources.ts'
import type { ToldTogether } from './forward/ask-source.ts'
import type { OnBehalf, SourceDependencies } from './forward/source-connection.ts'
import { aliasOf } from './forward/via.ts'
import { type FederatedCandidates, findCandidates } from './maps/find-candidates.ts'
import { type FederatedHeld, type HeldCopies, heldCopies } from './maps/held-copies.ts'
import { matchSources } from './match-sources.ts'
import { matchQuery, queryCopies, retrieveCopies } from './read-sources.ts'
import type { Registration } from './registry/registration.ts'
import type { Registry } from './registry/registry.ts'
import type { Untaken } from './registry/untaken.ts'
import type { SourceRecord } from './states/source-states.ts'
import {
  type FederatedEvolutions,
  type FederatedTemporal,
  findEvolutions,
} from './temporal/find-evolutions.ts'

export interface FederationDependencies extends SourceDependencies {
  readonly registry: Registry
  /** What `FederatedQuery.splitEntities` is where a query does not say; false unless given. */
  readonly splitEntities?: boolean
  /** Registrations of sources of whose entities nobody else has any. */
  readonly apart?: ReadonlySet<string>
}

export interface FederatedRetrieve extends OnBehalf {
  readonly id: string
  readonly types?: TypeNode
  readonly attributes?: readonly Iri[]
  /**
   * Only these registrations are asked, as an EntityMap has it (CIM 009 v1.9.1, 5.7.1.4); each with the EntityMap of its
   * source, where that made one.
   */
  readonly holders?: ReadonlyMap<string, string | undefined>
  /** Registration of a source that is not asked: what it has is known. */
  readonly except?: string
}

export interface FederatedQuery extends OnBehalf {
  readonly query: EntityQuery
  /** The client's own parameters: its filters are handed on word for word. */
  readonly parameters: URLSearchParams
  /** At most so many entities are taken from each source that filters by itself, or where there is nothing to filter. */
  readonly limit: number
  /**
   * The caller sees every attribute that the filters name in clear, so sources may apply them; otherwise they are
   * asked by type and id only, and the filters run here, on what the caller may see.
   */
  readonly pushable: boolean
  /**
   * Entities are in parts at several sources: no filter goes to any of them, and all run here, on the assembled entities
   * (CIM 009 v1.9.1, 4.3.6.7).
   */
  readonly splitEntities?: boolean
  /** The client asked by a body. */
  readonly byBody?: boolean
  /** How many there are is asked too, of which the caller sees none. */
  readonly together?: true
}

/** What sources tell of entities that the caller sees none of. */
export interface ToldElsewhere {
  /** What each of them told; `alone`: nobody else has any of its entities. */
  readonly told: readonly (ToldTogether & { readonly alone: boolean })[]
  /** All that may have some were asked and told. */
  readonly all: boolean
}

export interface FederatedCopies {
  /** What sources answered, without what proxied registrations take. */
  readonly copies: readonly Copy[]
  /**
   * What of this hub's own copies counts; absent: all of it, since no exclusive or redirect registration matches the request
   * (CIM 009 v1.9.1, 4.3.6.3).
   */
  readonly own?: Untaken
  /** No registration matched: the answer is this hub's alone, until the registrations change. */
  readonly alone: boolean
  /** Values of `NGSILD-Warning` headers. */
  readonly warnings: readonly string[]
}

export interface FederatedEntities extends FederatedCopies {
  /** Every source answered, and with all that it has. */
  readonly complete: boolean
  /** Present where that was asked. */
  readonly together?: ToldElsewhere
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
  /** Asks all sources that may know the entity (CIM 009 v1.9.1, 5.7.1.4), all at once. */
  retrieve(read: FederatedRetrieve): Promise<FederatedCopies>
  /**
   * Asks all matching sources (CIM 009 v1.9.1, 5.7.2.4). Sources keep no common order and no common place, so a page
   * over several of them is made here: each is read from its beginning, through its `next` links, until `limit`
   * entities are there; the asker merges them by id and cuts its page out of the result. For a page that starts at an
   * offset `limit` has to be offset + size + 1. `complete` tells whether the result is all there is; only then is a
   * count of it exact.
   */
  query(read: FederatedQuery): Promise<FederatedEntities>
  /** Asks all matching sources which entities they have of a query, for an EntityMap (CIM 009 v1.9.1, 5.14.4). */
  candidates(read: FederatedQuery): Promise<FederatedCandidates>
  /** Asks for entities of which it is known who has them (CIM 009 v1.9.1, 5.5.14). */
  held(read: FederatedHeld): Promise<HeldCopies>
  /** Asks all sources that have history of a time for what they have of it (CIM 009 v1.9.1, 5.7.3.4, 5.7.4.4). */
  temporal(read: FederatedTemporal): Promise<FederatedEvolutions>
  /** Asks all sources that tell which types or attributes they have (CIM 009 v1.9.1, 5.7.11). */
  discover(read: FederatedDiscovery): Promise<DiscoveredElsewhere>
  /** Tells whether the answer of `query` may be another than this hub's own. */
  asks(read: Omit<FederatedQuery, 'limit' | 'pushable'>): boolean
  /** Answers what is known about each source of the tenant. */
  sources(tenant: Tenant): readonly SourceReport[]
  /** This hub's pseudonym for the tenant. */
  alias(tenant: Tenant): string
  /** Grows with every change of the tenant's registrations. */
  generation(tenant: Tenant): number
}

/** Makes the federation over a registry that is loaded already. */
export function createFederation(dependencies: FederationDependencies): Federation {
  const { registry, states, alias, clock } = dependencies
  return {
    retrieve: (read) => retrieveCopies(dependencies, read),
    query: (read) => queryCopies(dependencies, read),
    candidates: (read) => findCandidates(dependencies, read),
    held: (read) => heldCopies(dependencies, read),
    temporal: (read) => findEvolutions(dependencies, read),
    discover: async (read) => {
      const { forwards, warnings } = matchSources(dependencies, read, discoveryMatch(read.question))
      const found = await discoverSources(dependencies, read, forwards)
      return { ...found, warnings: distinct([...warnings, ...found.warnings]) }
    },
    asks: (read) => {
      const { forwards, own } = matchQuery(dependencies, read)
      return forwards.length > 0 || own !== undefined
    },
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
