import type { TermTable } from '../../core/context/term-table.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { View } from '../../core/view/view.ts'
import type { DiscoveredElsewhere } from '../../federation/discovery/discover-sources.ts'
import type { DiscoveryQuestion, Finding } from '../../federation/discovery/read-findings.ts'
import type { Federation } from '../../federation/federation.ts'
import { reapExpired } from '../../store/port/reap-expired.ts'
import type { Counters, Store } from '../../store/port/store.ts'
import type { Command } from '../command.ts'
import { type CollectedFindings, collectFindings } from './collect-findings.ts'
import { seenFindings } from './seen-findings.ts'

/** What discovery works with. */
export interface DiscoveryDependencies {
  readonly store: Store
  readonly clock: () => Micros
  readonly federation: Federation
}

/** Who wants to know, and of whom. */
export interface Discover extends Command {
  readonly table: TermTable
  /** Only this hub's own data. */
  readonly local: boolean
  readonly via: string | undefined
  /** Headers of the request, some of which a registration may hand on (4.3.6.5). */
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** What there is, as far as the caller may know of it. */
export interface Discovered extends CollectedFindings {
  /**
   * How many entities of the type, or instances of the attribute, that was asked for: an estimate where several hubs hold
   * some. Only for those who see everything, since numbers tell of rows that one does not see, and only where every hub
   * that was asked told its own.
   */
  readonly count?: number
  readonly warnings: readonly string[]
}

/** What an answer to discovery says besides. */
export type Warned<T> = T & { readonly warnings: readonly string[] }

/**
 * Answers which types and attributes there are (CIM 009 v1.9.1, 5.7.11): this hub's own from the store's counters,
 * without a scan where the caller sees every entity of a type, and those of other hubs that offer the operation. Types that
 * the caller sees no entity of are left out, and attributes that it sees on none of them.
 */
export async function discover(
  dependencies: DiscoveryDependencies,
  { caller, tenant, table, local, via, headers }: Discover,
  question: DiscoveryQuestion,
): Promise<Discovered> {
  caller.check('read', tenant, { resource: 'entity' })
  const view = caller.view(tenant)
  const asked = { tenant, caller, table, via, question, typed: !view.unrestricted }
  const [counters, elsewhere] = await Promise.all([
    ownCounters(dependencies, tenant),
    local ? NOWHERE : dependencies.federation.discover({ ...asked, ...(headers && { headers }) }),
  ])
  const own = await seenOf(dependencies, { tenant, view, question }, ownFindings(counters))
  const found = collectFindings([...own, ...elsewhere.findings], view)
  const count = view.unrestricted ? total(ownCount(counters, question), elsewhere) : undefined
  return { ...found, warnings: elsewhere.warnings, ...(count !== undefined && { count }) }
}

const NOWHERE: DiscoveredElsewhere = { findings: [], count: 0, warnings: [] }

async function ownCounters(
  { store, clock }: DiscoveryDependencies,
  tenant: Command['tenant'],
): Promise<Counters> {
  // what has expired counts until it is reaped (4.22); where it cannot be now, the answer is a minute behind
  await reapExpired(store, tenant, clock()).catch(() => {})
  return store.counters(tenant)
}

function ownFindings({ types, kinds }: Counters): readonly Finding[] {
  const existing = new Set([...types].flatMap(([type, count]) => (count > 0 ? [type] : [])))
  const attributes = [...kinds].flatMap(([attribute, byType]) =>
    [...byType].map(([type, kindsOfType]) => ({ type, attribute, kinds: [...kindsOfType] })),
  )
  return [
    ...[...existing].map((type) => ({ type, kinds: [] })),
    ...attributes.filter(({ type }) => existing.has(type)),
  ]
}

/** Counters tell of what they count to those only who see all of it. */
async function seenOf(
  dependencies: DiscoveryDependencies,
  {
    tenant,
    view,
    question,
  }: { readonly tenant: Tenant; readonly view: View; readonly question: DiscoveryQuestion },
  findings: readonly Finding[],
): Promise<readonly Finding[]> {
  const { about, name } = question
  const mayBe = ({ type }: Finding) =>
    type !== undefined &&
    view.types?.has(type) !== false &&
    (about === 'attributes' || !name || type === name)
  const seen: Finding[] = []
  const hidden = new Map<Iri, number>()
  for (const finding of findings.filter(mayBe)) {
    const { type = '', attribute, kinds } = finding
    if (view.admitsAll(type)) seen.push(finding)
    else hidden.set(type, (hidden.get(type) ?? 0) + (attribute === undefined ? 0 : kinds.length))
  }
  for (const [type, pairs] of hidden)
    seen.push(...(await seenFindings(dependencies, { tenant, view, type, pairs })))
  return seen
}

function ownCount({ types, instances }: Counters, { about, name }: DiscoveryQuestion): number | undefined {
  if (name === undefined) return undefined
  return (about === 'types' ? types : instances).get(name) ?? 0
}

function total(own: number | undefined, { count }: DiscoveredElsewhere): number | undefined {
  return own === undefined || count === undefined ? undefined : own + count
}
