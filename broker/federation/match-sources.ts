import type { EntityQuery } from '../core/query/ast.ts'
import type { OnBehalf, SourceDependencies } from './forward/source-connection.ts'
import { aliasOf, readVia } from './forward/via.ts'
import { warning } from './forward/warning.ts'
import { passCsf } from './registry/match-csf.ts'
import { type Forward, type MatchRequest, matchRegistrations } from './registry/match-registrations.ts'
import type { Registration } from './registry/registration.ts'
import type { Registry } from './registry/registry.ts'
import { byRank, isCurrent, isProxied, withoutTakenPart } from './registry/taken-by.ts'

/** What matching needs. */
export interface MatchDependencies extends Pick<SourceDependencies, 'alias' | 'clock'> {
  readonly registry: Registry
}

/** Which sources are to be asked for what, and what is to be told of those that are not. */
export interface MatchedSources {
  readonly forwards: readonly Forward[]
  readonly warnings: readonly string[]
}

/** More parts of sources than this are not asked for one request. */
const MAX_FORWARDS = 100

/**
 * Answers which sources a request is forwarded to (CIM 009 v1.9.1, 5.12), each narrowed to what it registered and to what no
 * exclusive or redirect registration takes (4.3.6.3). A request that came through this hub already asks nobody again
 * (4.3.6.4).
 */
export function matchSources(
  { registry, alias, clock }: MatchDependencies,
  { tenant, via, table }: OnBehalf,
  { csf, ...request }: Omit<MatchRequest, 'via' | 'now'> & Pick<EntityQuery, 'csf'>,
): MatchedSources {
  const now = clock()
  const own = aliasOf(alias, tenant)
  const chain = readVia(via)
  // one that turns out to be this hub is not asked either
  const asked = { ...request, via: [...chain, own], now }
  const forwards: Forward[] = []
  for (const registration of passCsf(csf, candidates(), table)) {
    if (forwards.length > MAX_FORWARDS) break
    for (const matched of matchRegistrations([registration], asked)) {
      const forward = untaken(matched)
      if (forward) forwards.push(forward)
    }
  }
  if (forwards.length === 0) return NOBODY
  if (chain.includes(own)) {
    return { forwards: [], warnings: [warning(199, own, 'Request came through this hub already')] }
  }
  if (forwards.length <= MAX_FORWARDS) return { forwards: forwards.sort(byRank), warnings: [] }
  return {
    forwards: forwards.slice(0, MAX_FORWARDS).sort(byRank),
    warnings: [warning(199, own, `More than ${MAX_FORWARDS} sources match: the others were not asked`)],
  }

  /** Where there are too many, those come first that others must not be asked instead of. */
  function* candidates(): Generator<Registration> {
    if (!request.temporal) yield* registry.proxied(tenant, request)
    for (const registration of registry.candidates(tenant, request)) {
      if (request.temporal || !isProxied(registration)) yield registration
    }
  }

  /** What is open to more than single ids is taken as a whole by what is open to more than single ids. */
  function untaken(forward: Forward): Forward | undefined {
    const { types, ids = [] } = forward
    const proxied = [...registry.proxied(tenant, { ids, ...(types && { types }) })]
    if (proxied.length === 0) return forward
    return withoutTakenPart(
      forward,
      proxied.filter((registration) => isCurrent(registration, now)),
    )
  }
}

const NOBODY: MatchedSources = { forwards: [], warnings: [] }
