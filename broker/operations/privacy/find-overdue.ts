import { setImmediate } from 'node:timers/promises'
import type { LogRecord } from '../../core/model/change.ts'
import type { Attributes, Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { canonicalJson, type JsonObject } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { EvolutionHead } from '../../store/port/evolution.ts'
import type { Store } from '../../store/port/store.ts'
import { isOver, type RetentionLaw, type Term } from './retention-law.ts'

/** An entity that has, or had, something that is kept no longer. */
export interface Overdue {
  readonly id: string
  readonly types: readonly Iri[]
  readonly terms: ReadonlyMap<Iri, Term>
}

interface Dependencies {
  readonly store: Store
  readonly clock: () => Micros
  /** Ends the search after the page that it is at. */
  readonly signal: AbortSignal
}

const PAGE = 100
const COLLECTION = 'retention'

/** Finds what is kept too long in one tenant: in the current state, in history, and in records that nothing else tells of. */
export async function* findOverdue(
  dependencies: Dependencies,
  tenant: Tenant,
  law: RetentionLaw,
): AsyncGenerator<Overdue> {
  yield* inState(dependencies, tenant, law)
  yield* inHistory(dependencies, tenant, law)
  yield* inLog(dependencies, tenant, law)
}

async function* inState(
  { store, signal }: Dependencies,
  tenant: Tenant,
  law: RetentionLaw,
): AsyncGenerator<Overdue> {
  let after: string | undefined
  do {
    const page = await store.query(tenant, {
      query: { types: { kind: 'any' } },
      limit: PAGE,
      maxRows: Number.MAX_SAFE_INTEGER,
      ...(after !== undefined && { after }),
    })
    for (const { text } of page.rows) {
      const { id, types, attributes } = parseEntity(text)
      const terms = termsOf(law, types, attributes)
      if (terms.size > 0) yield { id, types, terms }
    }
    after = page.next
    await setImmediate()
  } while (after !== undefined && !signal.aborted)
}

async function* inHistory(
  { store, signal }: Dependencies,
  tenant: Tenant,
  law: RetentionLaw,
): AsyncGenerator<Overdue> {
  let after: string | undefined
  do {
    const heads: readonly EvolutionHead[] = await store.evolutions(tenant, {
      limit: PAGE,
      stateless: true,
      ...(after !== undefined && { after }),
    })
    for (const { id, types } of heads) {
      const terms = await termsOfHistory(store, { tenant, id, types }, law)
      if (terms.size > 0) yield { id, types, terms }
    }
    after = heads.length < PAGE ? undefined : heads.at(-1)?.id
    await setImmediate()
  } while (after !== undefined && !signal.aborted)
}

/** The oldest instance of each attribute tells, and totals of what no instance tells any more. */
async function termsOfHistory(
  store: Store,
  { tenant, id, types }: { readonly tenant: Tenant; readonly id: string; readonly types: readonly Iri[] },
  law: RetentionLaw,
): Promise<ReadonlyMap<Iri, Term>> {
  const to = Math.max(...law.before)
  const oldest = await store.instances(tenant, id, { order: 'oldest', perAttribute: 1, window: { to } })
  const condensed = await store.condensed(tenant, id, { to })
  const terms = new Map<Iri, Term>()
  const note = (attribute: Iri, at: Micros): void => {
    const term = law.termOf(attribute, types)
    if (term && at < term.before) terms.set(attribute, term)
  }
  for (const { attribute, observedAt, deletedAt, modifiedAt } of oldest)
    note(attribute, observedAt ?? deletedAt ?? modifiedAt)
  for (const { attribute, first } of condensed) note(attribute, first)
  return terms
}

/**
 * What history does not keep, or keeps no longer, the log still holds. Each record is looked at for each rule when it
 * has become as old as the rule says, up to the first that has not; all of them again when the rules or the holds in force are others.
 */
async function* inLog(
  { store, clock, signal }: Dependencies,
  tenant: Tenant,
  law: RetentionLaw,
): AsyncGenerator<Overdue> {
  const named = nameOf(law)
  const kept = await store.document(tenant, COLLECTION, COLLECTION)
  const { law: of, positions } = kept?.document ?? {}
  const from = of === named && Array.isArray(positions) ? positions.map(Number) : []
  for (const [rule, before] of law.before.entries()) {
    const start = from[rule] ?? 0
    let walked = start
    let young: number | undefined
    for (let more = true; more; ) {
      const records = await store.log(tenant, walked, PAGE)
      const old = records.filter(({ at }) => at < before)
      yield* overdueIn(old, law, rule)
      young ??= records.find(({ at }) => at >= before)?.sequence
      walked = records.at(-1)?.sequence ?? walked
      more = old.length > 0 && records.length === PAGE && !signal.aborted
      await setImmediate()
    }
    // clocks of processes differ: what was younger here is looked at again, with what follows it
    const position = young === undefined ? walked : young - 1
    from[rule] = position
    if (position === start && of === named) continue
    const next = { law: named, positions: law.rules.map((_, at) => from[at] ?? 0) }
    await store.commit(tenant, [
      { collection: COLLECTION, id: COLLECTION, next, at: clock(), origin: { by: 'hub' }, logged: false },
    ])
  }
}

function overdueIn(records: readonly LogRecord[], law: RetentionLaw, rule: number): readonly Overdue[] {
  const found = new Map<string, { id: string; types: readonly Iri[]; terms: Map<Iri, Term> }>()
  for (const { collection, id, before, after, attributes = [] } of records) {
    if (collection !== 'entity') continue
    const states = [before, after].flatMap((state) => (state ? [state as Entity] : [])) // records of entities have these
    const types = states.at(-1)?.types ?? []
    const told = attributes.map(({ attribute, before: was, after: is }): Attributes => {
      return { [attribute]: [...(was ? [was] : []), ...(is ? [is] : [])] }
    })
    for (const each of [...states.map((state) => state.attributes), ...told]) {
      for (const [attribute, term] of termsOf(law, types, each)) {
        if (term.rule !== rule) continue
        const noted = found.get(id) ?? { id, types, terms: new Map<Iri, Term>() }
        noted.terms.set(attribute, term)
        found.set(id, noted)
      }
    }
  }
  return [...found.values()]
}

function termsOf(law: RetentionLaw, types: readonly Iri[], attributes: Attributes): ReadonlyMap<Iri, Term> {
  const terms = new Map<Iri, Term>()
  for (const [name, instances] of Object.entries(attributes)) {
    const term = law.termOf(name, types)
    if (term && instances.some((instance) => isOver(term, instance))) terms.set(name, term)
  }
  return terms
}

/** Two laws of one name let the same go, each in its time. */
function nameOf({ rules, holds }: RetentionLaw): string {
  const said = ({
    types,
    attributes,
    retention,
  }: {
    types?: ReadonlySet<Iri>
    attributes?: ReadonlySet<Iri>
    retention?: ReadonlySet<string>
  }): JsonObject => ({
    ...(types && { types: [...types] }),
    ...(retention && { retention: [...retention] }),
    ...(attributes && { attributes: [...attributes] }),
  })
  return canonicalJson({
    rules: rules.map((rule) => ({ class: rule.class, days: rule.days, ...said(rule) })),
    holds: holds.map((hold) => said(hold)),
  })
}
