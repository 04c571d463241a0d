import type { TermTable } from '../../core/context/term-table.ts'
import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { TypeNode } from '../../core/query/ast.ts'
import { matchTypes } from '../../core/query/match-types.ts'
import { failed, isTired, type SourceFailure, type SourceResponse } from '../forward/exchange.ts'
import {
  type OnBehalf,
  type SourceDependencies,
  type SourceRequest,
  withSource,
} from '../forward/source-connection.ts'
import { typeText } from '../forward/type-text.ts'
import { aliasOf, readVia } from '../forward/via.ts'
import type { Claims } from '../registry/claims.ts'
import { passCsf } from '../registry/match-csf.ts'
import { type Forward, matchRegistrations } from '../registry/match-registrations.ts'
import type { Registration } from '../registry/registration.ts'
import type { Registry } from '../registry/registry.ts'
import { type SharedWrite, type Shares, type SourceShare, shareOut, supports } from '../registry/share-out.ts'
import { isProxied } from '../registry/taken-by.ts'
import { answeredTogether } from './answered-together.ts'
import { answeredPart, type PartOutcome, refusedPart, type Told, unansweredPart } from './part-outcome.ts'
import { type PurgeShare, type SharedPurge, sharePurge } from './share-purge.ts'

export interface DistributionDependencies extends SourceDependencies {
  readonly registry: Registry
}

/** A write of one entity that may be a matter of other hubs. */
export interface EntityWrite extends Omit<SharedWrite, 'via'> {
  readonly tenant: Tenant
  readonly id: string
  /** The `Via` header of the request, as it came. */
  readonly via: string | undefined
  /** datasetIds that are written, `@none` for the default one; absent: any. */
  readonly datasetIds?: readonly string[]
}

/** A purge that may be a matter of other hubs. */
export interface EntityPurge extends Omit<SharedPurge, 'via'> {
  /** The table of the client's @context. */
  readonly table: TermTable
  /** The `Via` header of the request, as it came. */
  readonly via: string | undefined
}

/** What is known of the types of an entity: those it has, or those that the request selects; neither: nothing. */
export interface KnownTypes {
  readonly types?: readonly Iri[]
  readonly selection?: TypeNode
}

/** What the requests for all parts of a write of one entity say. */
export interface WrittenEntity {
  readonly id: string
  readonly known: KnownTypes
}

/** Writes the request to a source for its part, in the terms of a table. */
export type WriteRequest = (share: SourceShare, table: TermTable) => SourceRequest

/** Hands writes on to other hubs (CIM 009 v1.9.1, 4.3.6): of single entities, and of each entity of a batch. */
export interface Distribution {
  /** Puts writes and registrations that take something away one behind the other. */
  readonly claims: Claims
  /** Tells that no source is registered that anything could be written to. */
  isIdle(tenant: Tenant): boolean
  /** Tells whether any source may have a part in it, whatever types the entity has: without one nothing else is to be done. */
  concerns(write: EntityWrite): boolean
  /** Shares out a write; undefined: all of it is this hub's. @throws Problem LoopDetected when it came through this hub before */
  share(write: EntityWrite, known: KnownTypes): Shares | undefined
  /** Shares out a purge among sources: this hub purges what it has in any case. @throws Problem LoopDetected */
  sharePurge(tenant: Tenant, purge: EntityPurge): readonly PurgeShare[]
  /** Has a source do its part: once, and never again by itself, for nobody knows what an unanswered write has done. Never throws because of it. */
  send(
    onBehalf: OnBehalf,
    part: { readonly id?: string; readonly share: SourceShare; readonly request: WriteRequest },
  ): Promise<PartOutcome>
  /** The same of parts in several entities, all in one request to their source; answers what became of each. */
  sendTogether(onBehalf: OnBehalf, together: PartsTogether): Promise<readonly PartOutcome[]>
}

/** Parts of one source that go there in one request, of an entity each. */
export interface PartsTogether {
  readonly registration: Registration
  readonly parts: readonly (Told & { readonly id: string })[]
  readonly request: (table: TermTable) => SourceRequest
}

/** Makes the distribution of writes over a registry that is loaded already. */
export function createDistribution(dependencies: DistributionDependencies): Distribution {
  return {
    claims: dependencies.registry.claims,
    isIdle: (tenant) => !dependencies.registry.takesWrites(tenant),
    concerns: (write) => {
      for (const _ of matched(dependencies, write, {})) return true
      return false
    },
    share: (write, known) => {
      const forwards = [...matched(dependencies, write, known)]
      if (forwards.length === 0) return undefined
      const chain = readVia(write.via)
      const own = aliasOf(dependencies.alias, write.tenant)
      refuseLoop(chain, own)
      return shareOut(forwards, { ...write, via: [...chain, own] })
    },
    sharePurge: (tenant, { via, ...purge }) => {
      const forwards = matchedPurge(dependencies, tenant, purge)
      if (forwards.length === 0) return []
      const chain = readVia(via)
      const own = aliasOf(dependencies.alias, tenant)
      refuseLoop(chain, own)
      return sharePurge(forwards, { ...purge, via: [...chain, own] })
    },
    send: async (onBehalf, { id, share, request }) => {
      const told = { share, ...(id !== undefined && { id }) }
      const refused = refusedPart(told)
      if (refused) return refused
      const { registration } = share
      const called = await withSource<{ readonly outcome: PartOutcome }>(dependencies, onBehalf, {
        registration,
        work: async ({ table, send }) => {
          const response = await send(narrowed(request(share, table), registration))
          if (failed(response)) return { failure: response }
          const failure = troubleOf(response)
          return { outcome: answeredPart(told, response, table), ...(failure && { failure }) }
        },
      })
      return 'outcome' in called ? called.outcome : unansweredPart(share, called.failure)
    },
    sendTogether: async (onBehalf, { registration, parts, request }) => {
      const called = await withSource<{ readonly outcomes: readonly PartOutcome[] }>(dependencies, onBehalf, {
        registration,
        work: async ({ table, send }) => {
          const response = await send(narrowed(request(table), registration))
          if (failed(response)) return { failure: response }
          const failure = troubleOf(response)
          return { outcomes: answeredTogether(parts, response, table), ...(failure && { failure }) }
        },
      })
      if ('outcomes' in called) return called.outcomes
      return parts.map(({ share }) => unansweredPart(share, called.failure))
    },
  }
}

/** What a source registered of the entity, unless it could have no part in this: its operation is missing, and nobody minds. */
function* matched(
  { registry, clock }: DistributionDependencies,
  { tenant, id, datasetIds, ...write }: EntityWrite,
  { types, selection }: KnownTypes,
): Generator<Forward> {
  const asked = types ? anyOf(types) : selection
  const request = {
    ids: [id],
    via: [],
    now: clock(),
    ...(!types && selection && { types: selection }),
    ...(datasetIds && { datasetIds }),
  }
  for (const registration of registry.writable(tenant, { ids: [id], ...(asked && { types: asked }) })) {
    if (!mayWrite(registration, write)) continue
    for (const forward of matchRegistrations([registration], request)) {
      // an entity with several types is one of those that have all the registered ones
      if (!types || !forward.types || matchTypes(forward.types, types)) yield forward
    }
  }
}

/** A purge has no part in what an inclusive source did not offer to purge. */
function matchedPurge(
  { registry, clock }: DistributionDependencies,
  tenant: Tenant,
  { query, table }: Omit<EntityPurge, 'via'>,
): readonly Forward[] {
  const { types, ids, idPattern } = query
  const asked = {
    ...(types && { types }),
    ...(ids && { ids }),
    ...(idPattern !== undefined && { idPattern }),
  }
  const attributes = query.attributes && [...query.attributes]
  const candidates = passCsf(query.csf, registry.writable(tenant, asked), table)
  return matchRegistrations(
    [...candidates].filter((registration) => mayWrite(registration, { operation: 'purgeEntity' })),
    { ...asked, ...(attributes && { attributes }), via: [], now: clock() },
  )
}

function mayWrite(registration: Registration, write: Pick<EntityWrite, 'operation' | 'instead'>): boolean {
  return isProxied(registration) || supports(registration, write)
}

function anyOf(types: readonly Iri[]): TypeNode {
  return { kind: 'or', nodes: types.map((type) => ({ kind: 'type', type })) }
}

/** What has been through this hub has had its effect here: done again it would be done twice (CIM 009 v1.9.1, 6.3.17 and 6.3.18). */
function refuseLoop(chain: readonly string[], own: string): void {
  if (chain.includes(own))
    throw new Problem('LoopDetected', 'Request came through this hub already, and would be handed on again')
}

function narrowed(request: SourceRequest, { localOnly }: Registration): SourceRequest {
  if (!localOnly) return request
  const parameters = new URLSearchParams(request.parameters)
  parameters.set('local', 'true')
  return { ...request, parameters }
}

/** A refusal of what was written is an answer as it should be; the others speak of the source. */
function troubleOf(response: SourceResponse): SourceFailure | undefined {
  const { status } = response
  if (status < 500 && status !== 401 && status !== 403 && status !== 429) return undefined
  if (status === 508) return undefined
  return { code: 299, text: `answered with status ${status}`, tired: isTired(response) }
}

/**
 * Writes the `type` parameter of a part: that of the client, else the registered types where those of the entity are not
 * known here. A source that registered this very entity needs none: who registered it says of what type it is.
 */
export function typeParameter(
  { id, known: { types: known, selection } }: WrittenEntity,
  { registration, types }: SourceShare,
  table: TermTable,
): Readonly<Record<string, string>> {
  const named = registration.information.some(({ entities }) => entities.some((entity) => entity.id === id))
  const node = selection ?? (known || named ? undefined : types)
  return node && node.kind !== 'any' ? { type: typeText(node, table) } : {}
}
