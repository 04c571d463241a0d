import type { EntityQuery } from '../core/query/ast.ts'
import type { OnBehalf, SourceDependencies } from './forward/source-connection.ts'
import { aliasOf, readVia } from './forward/via.ts'
import { warning } from './forward/warning.ts'
import { passCsf } from './registry/match-csf.ts'
import { type Forward, type MatchRequest, matchRegistrations } from './registry/match-registrations.ts'
import type { Registry } from './registry/registry.ts'
import { byRank, isCurrent, withoutTakenPart } from './registry/taken-by.ts'

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
  const candidates = passCsf(csf, registry.candidates(tenant, request), table)
  if (candidates.length === 0) return NOBODY
  const own = aliasOf(alias, tenant)
  const chain = readVia(via)
  const now = clock()
  const matched = matchRegistrations(candidates, { ...request, via: chain, now })
  const forwards = matched.flatMap((forward) => untaken(forward) ?? []).sort(byRank)
  if (chain.includes(own) && forwards.length > 0) {
    return { forwards: [], warnings: [warning(199, own, 'Request came through this hub already')] }
  }
  if (forwards.length <= MAX_FORWARDS) return { forwards, warnings: [] }
  const left = forwards.length - MAX_FORWARDS
  return {
    forwards: forwards.slice(0, MAX_FORWARDS),
    warnings: [warning(199, own, `${left} of the matching sources were not asked`)],
  }

  /** What is open to more than single ids is taken as a whole by what is open to more than single ids. */
  function untaken(forward: Forward): Forward | undefined {
    const { types, ids = [] } = forward
    const proxied = registry.proxied(tenant, { ids, ...(types && { types }) })
    if (proxied.length === 0) return forward
    return withoutTakenPart(
      forward,
      proxied.filter((registration) => isCurrent(registration, now)),
    )
  }
}

const NOBODY: MatchedSources = { forwards: [], warnings: [] }
