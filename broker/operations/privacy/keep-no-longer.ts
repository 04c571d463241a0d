import { randomUUID } from 'node:crypto'
import { purgeInstances } from '../../core/merge/purge-instances.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import { isHidden, type Tenant, visibleTenant } from '../../core/model/tenant.ts'
import { formatDateTime } from '../../core/model/time.ts'
import { change } from '../../store/port/change.ts'
import type { EvolutionUnit } from '../../store/port/evolution.ts'
import { findOverdue, type Overdue } from './find-overdue.ts'
import type { ErasureDependencies } from './privacy-dependencies.ts'
import {
  type Classes,
  type ClassRetention,
  isOver,
  type RetentionLaw,
  retentionLaw,
} from './retention-law.ts'

type Dependencies = Pick<
  ErasureDependencies,
  'store' | 'clock' | 'rules' | 'hub' | 'reportKey' | 'audit' | 'forgetAnswers' | 'keepReport'
> &
  Classes & {
    readonly retain: () => readonly ClassRetention[]
  }

/** How much of one attribute of entities of some types went by one rule, or is held. */
interface Count {
  readonly tenant: Tenant
  readonly rule: number
  readonly types: readonly Iri[]
  readonly attribute: Iri
  readonly reason?: string
  entities: number
  /** Instances of the current state, and of history. */
  values: number
  instances: number
}

/** What came of one run. */
interface Run {
  readonly law: RetentionLaw
  readonly signal: AbortSignal
  readonly counts: Map<string, Count>
  /** What was dealt with already, of whom: the log tells of it again. */
  readonly done: Set<string>
  finished: boolean
}

const ORIGIN = { by: 'hub' }

/**
 * Erases personal data that is kept longer than the rules for its class say: out of the current state as any change does,
 * out of history and out of the log. What a legal hold is on stays. What was erased is proved by a signed report and is
 * on record; answers the report, or nothing where nothing was too old. To repeat it does no harm; what is cut off goes on
 * with the next run.
 */
export const keepNoLonger =
  (dependencies: Dependencies) =>
  async (signal: AbortSignal): Promise<JsonObject | undefined> => {
    const { store, clock, rules, retain, classOf, retentionOf, forgetAnswers } = dependencies
    if (retain().length === 0) return undefined
    const startedAt = clock()
    const law = retentionLaw(retain(), rules().holds, { now: startedAt, classOf, retentionOf })
    const run: Run = { law, signal, counts: new Map(), done: new Set(), finished: true }
    let failure: unknown
    try {
      for (const tenant of [...(await store.hiddenTenants()), ...(await store.tenants())])
        await eraseOverdue(dependencies, tenant, run).catch(unlessGone(tenant))
    } catch (error) {
      // what went until then is proved all the same
      failure = error
    }
    if (failure !== undefined || signal.aborted) run.finished = false
    const erased = [...run.counts.values()].filter(({ reason }) => reason === undefined)
    const report =
      erased.length === 0 ? undefined : dependencies.reportKey.sign(reportOf(dependencies, run, startedAt))
    if (report) {
      forgetAnswers()
      await prove(dependencies, report, { erased, failed: failure !== undefined })
    }
    if (failure !== undefined) throw failure
    return report
  }

async function eraseOverdue(dependencies: Dependencies, tenant: Tenant, run: Run): Promise<void> {
  const { store } = dependencies
  let any = false
  for await (const overdue of findOverdue({ ...dependencies, signal: run.signal }, tenant, run.law))
    any = (await eraseOf(dependencies, { tenant, overdue }, run)) || any
  if (any) run.finished = (await store.finishErasing(tenant)) && run.finished
}

/** Answers whether something of the entity went. */
async function eraseOf(
  dependencies: Dependencies,
  { tenant, overdue }: { readonly tenant: Tenant; readonly overdue: Overdue },
  run: Run,
): Promise<boolean> {
  const { id, types, terms } = overdue
  const fresh = [...terms].filter(([name]) => !run.done.has(`${tenant} ${id} ${name}`))
  for (const [name] of fresh) run.done.add(`${tenant} ${id} ${name}`)
  const doomed = fresh.filter(([, { hold }]) => !hold)
  for (const [attribute, { rule, hold }] of fresh)
    if (hold) add(run, { tenant, rule, types, attribute, reason: hold.reason }, {})
  if (doomed.length === 0) return false
  const values = await erasePresent(dependencies, { tenant, id }, run.law)
  const instances = await erasePast(dependencies, { tenant, id }, doomed)
  for (const [at, [attribute, { rule }]] of doomed.entries())
    add(
      run,
      { tenant, rule, types, attribute },
      { values: values.get(attribute) ?? 0, instances: instances[at] ?? 0 },
    )
  return true
}

interface Place {
  readonly tenant: Tenant
  readonly id: string
}

/** It is judged by what is there when it is written: somebody may have written meanwhile. Answers how many went of which. */
async function erasePresent(
  { store, clock }: Dependencies,
  place: Place,
  law: RetentionLaw,
): Promise<ReadonlyMap<Iri, number>> {
  const counts = new Map<Iri, number>()
  await change(store, { ...place, origin: ORIGIN }, (current) => {
    counts.clear()
    return purgeInstances(
      current,
      (name, instance) => {
        const term = law.termOf(name, current?.types ?? [])
        const goes = term !== undefined && !term.hold && isOver(term, instance)
        if (goes) counts.set(name, (counts.get(name) ?? 0) + 1)
        return goes
      },
      clock(),
    )
  })
  return counts
}

/** Answers how many instances of history went, attribute by attribute. */
async function erasePast(
  { store, clock }: Dependencies,
  { tenant, id }: Place,
  doomed: readonly (readonly [Iri, { readonly before: number }])[],
): Promise<readonly number[]> {
  const units = doomed.map(([name, { before }]): EvolutionUnit => {
    const what = { attributes: [name], window: { to: before } }
    return { collection: 'evolution', id, at: clock(), origin: ORIGIN, change: { action: 'erase', what } }
  })
  const results = await store.commit(tenant, units)
  return results.map((result) => (result.outcome === 'kept' ? (result.erased ?? 0) : 0))
}

function add(
  { counts }: Run,
  about: Omit<Count, 'entities' | 'values' | 'instances'>,
  { values = 0, instances = 0 }: Partial<Pick<Count, 'values' | 'instances'>>,
): void {
  const tenant = visibleTenant(about.tenant)
  const key = JSON.stringify([tenant, about.rule, about.types, about.attribute, about.reason])
  const count = counts.get(key) ?? { ...about, tenant, entities: 0, values: 0, instances: 0 }
  count.entities++
  count.values += values
  count.instances += instances
  counts.set(key, count)
}

function reportOf(
  { hub, clock }: Dependencies,
  { law, counts, finished }: Run,
  startedAt: number,
): JsonObject {
  const all = [...counts.values()]
  return {
    kind: 'retention',
    id: `urn:ngsi-ld:RetentionReport:${randomUUID()}`,
    hub: hub.name,
    city: hub.city,
    startedAt: formatDateTime(startedAt),
    endedAt: formatDateTime(clock()),
    rules: law.rules.map(({ class: of, types, retention, days }, at): JsonObject => {
      return {
        class: of,
        ...(types && { types: [...types] }),
        ...(retention && { retention: [...retention] }),
        days,
        before: formatDateTime(law.before[at] ?? 0),
      }
    }),
    erased: all.flatMap((each) => (each.reason === undefined ? [told(each)] : [])),
    held: all.flatMap((each) => (each.reason === undefined ? [] : [told(each)])),
    finished,
    notSearched: ['backups', 'quarantine', 'files of feeds', 'what was delivered, read or downloaded before'],
  }
}

function told({ values, instances, ...count }: Count): JsonObject {
  return { ...count, ...(count.reason === undefined && { values, instances }) }
}

async function prove(
  { audit, keepReport }: Dependencies,
  report: JsonObject,
  { erased, failed }: { readonly erased: readonly Count[]; readonly failed: boolean },
): Promise<void> {
  const sum = (name: 'values' | 'instances'): number => erased.reduce((all, count) => all + count[name], 0)
  const id = String(report.id)
  await keepReport(id.slice(id.lastIndexOf(':') + 1), report)
  await audit?.record({
    operation: 'privacy.retain',
    outcome: failed ? 'failed' : 'done',
    details: { report: id, values: sum('values'), instances: sum('instances') },
  })
}

/** A snapshot may end while it is gone through. */
function unlessGone(tenant: Tenant): (error: unknown) => void {
  return (error) => {
    if (isHidden(tenant) && error instanceof Problem && error.code === 'ResourceNotFound') return
    throw error
  }
}
