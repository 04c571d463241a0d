import type { Iri } from '../model/iri.ts'
import { canonicalJson } from '../model/json.ts'
import { Problem } from '../model/problem.ts'
import type { Tenant } from '../model/tenant.ts'
import type { EntityQuery, QNode } from '../query/ast.ts'
import type { View } from './view.ts'

/** Entities that a caller may count together, and see none of: what the obligation `aggregateOnly` of a rule leaves. */
export interface Crowd extends CrowdTelling {
  /** The only types that are in it; absent: any. */
  readonly types?: ReadonlySet<Iri>
  /** What a count may ask for besides the type: by the value as this view shows it. */
  readonly by: ReadonlySet<Iri>
  /** A count may ask for one scope too. */
  readonly byScope: boolean
  /** Sees the entities that are counted. What it sees is never shown. */
  readonly view: View
  /** What of their history is told in groups; absent: nothing. */
  readonly history?: CrowdHistory
  /** Said of each count that has noise; absent: none has. */
  readonly noise?: string
}

/** What is told of the history of a crowd: averages of those who look alike in `by`. */
export interface CrowdHistory {
  readonly of: ReadonlySet<Iri>
  /** The only periods that there are averages of. */
  readonly every: CrowdPeriod
}

export type CrowdPeriod = 'hour' | 'day' | 'month'

/** Entities that were counted; `first` is the place of the one that comes first, absent where there is none. */
export interface Counted {
  readonly count: number
  readonly first?: string | undefined
}

/** How numbers of entities of a crowd are told. */
export interface CrowdTelling {
  /** Answers the place of an entity among all, by a key and its id. */
  place(id: string): string
  /** Answers a number that is told: nothing of few and, without noise, never more than there are. */
  told(counted: Counted, question: string): number
}

/** Tells whether a query may select entities of a crowd. */
export function asksCrowd({ types }: EntityQuery, crowd: Pick<Crowd, 'types'>): boolean {
  if (types?.kind !== 'type' || !crowd.types) return true
  return crowd.types.has(types.type)
}

/**
 * Refuses a query whose answer could be told from that of another one by few entities: what is asked for is one type, and one
 * value of each attribute that the obligation names. No ids, areas, alternatives, negations, ranges or patterns.
 * @throws Problem Forbidden
 */
export function refuseTelling(query: EntityQuery, { by, byScope }: Pick<Crowd, 'by' | 'byScope'>): void {
  const { types, scope, q, attributes = [], ids, idPattern, selectors, geo } = query
  const plain =
    types?.kind === 'type' && !ids && idPattern === undefined && !selectors && !geo && attributes.length === 0
  const placed = scope === undefined || (byScope && scope.kind === 'scope' && !scope.levels.includes('+'))
  const named = q ? namesAsked(q) : []
  const apart = named !== undefined && new Set(named).size === named.length
  if (plain && placed && apart && named.every((name) => by.has(name))) return
  throw new Problem(
    'Forbidden',
    `Caller may only ask for these entities together, by one type and single values of: ${[...by, ...(byScope ? ['scope'] : [])].join(', ')}`,
  )
}

/** Names what a query asks for that `refuseTelling` lets through: the same, in whatever order and words, is one text. */
export function questionOf(tenant: Tenant, { types, scope, q }: EntityQuery): string {
  const values = q ? valuesAsked(q).sort() : []
  return canonicalJson([
    tenant,
    types?.kind === 'type' ? types.type : null,
    scope?.kind === 'scope' ? [...scope.levels, scope.below] : null,
    values,
  ])
}

/** What is compared with what: a number and its text are one. */
function valuesAsked(node: QNode): string[] {
  if (node.kind === 'and') return node.nodes.flatMap(valuesAsked)
  if (node.kind !== 'compare' || node.value.kind === 'list' || node.value.kind === 'range') return []
  return [canonicalJson([...node.path.attributes, String(node.value.value)])]
}

/** Attributes of a conjunction of equalities; undefined: it is something else. */
function namesAsked(node: QNode): readonly Iri[] | undefined {
  if (node.kind === 'and') {
    const parts = node.nodes.map(namesAsked)
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined
  }
  if (node.kind !== 'compare' || node.operator !== '==') return undefined
  const { path, value } = node
  const single = value.kind !== 'list' && value.kind !== 'range'
  const whole = path.attributes.length === 1 && !path.member && !path.value && !path.linked
  return single && whole ? path.attributes : undefined
}
