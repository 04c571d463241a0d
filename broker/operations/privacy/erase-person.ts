import { deleteEntity } from '../../core/merge/delete-entity.ts'
import { purgeAttributes } from '../../core/merge/purge-attributes.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import { isHidden, type Tenant, visibleTenant } from '../../core/model/tenant.ts'
import { change, parseEntity } from '../../store/port/change.ts'
import type { EvolutionUnit } from '../../store/port/evolution.ts'
import type { PastSelection } from '../../store/port/past-selection.ts'
import type { DocumentUnit } from '../../store/port/store.ts'
import { readSnapshot } from '../snapshots/keep-snapshot.ts'
import { contentOf } from '../snapshots/snapshot.ts'
import { findTraces } from './find-traces.ts'
import {
  type HeldText,
  type Holding,
  heldNames,
  heldTexts,
  isHeld,
  keepsOf,
  noteErased,
} from './legal-holds.ts'
import type { ErasureDependencies, OfPerson } from './privacy-dependencies.ts'
import { choiceOf, type DocumentTrace, type EntityTrace, hersOf, type Traces } from './traces.ts'

/** How much was erased in one place, or is left there. */
export interface ErasedPlace {
  readonly tenant: Tenant
  readonly counts: Readonly<Record<string, number>>
}

/** What came of erasing a person at this hub. */
export interface Erased {
  readonly places: readonly ErasedPlace[]
  /** What was found when it was searched again, by place: nothing, or what somebody has to look at. */
  readonly left: readonly ErasedPlace[]
  readonly held: readonly HeldText[]
  /** Documents that went though nobody could tell whether a hold was about them, by collection. */
  readonly unjudged: Readonly<Record<string, number>>
  /** Nothing of it is in log and files of the store any more; false: somebody reads from them, they go later by themselves. */
  readonly finished: boolean
  /** Ids of entities that were about her, and are nobody else's now: those too that were deleted before. */
  readonly about: ReadonlyMap<Tenant, readonly string[]>
}

type Counts = Record<string, number>

/** Documents that go as they are: records and copies that nobody works with. */
const DISPOSABLE: ReadonlySet<string> = new Set([
  'quarantine',
  'entityMap',
  'deadLetter',
  'idempotency',
  'snapshot',
])
/** Documents that others work with: their owners go through the hub's own operations. */
const OWNED: ReadonlySet<string> = new Set(['subscription', 'registrationSubscription', 'registration'])

/**
 * Erases what is a person's in these tenants, as far as the caller sees it: of entities by the choice for their types, in
 * the present and in the past, in snapshots and documents, and out of the log. To repeat it does no harm.
 */
export async function erasePerson(
  dependencies: ErasureDependencies,
  command: OfPerson,
  tenants: readonly Tenant[],
): Promise<Erased> {
  const { store, forgetAnswers } = dependencies
  const about = new Map<Tenant, readonly string[]>()
  const places: ErasedPlace[] = []
  const left: ErasedPlace[] = []
  const holding: Holding = { held: new Map(), unjudged: {} }
  let finished = true
  for (const tenant of tenants) {
    for (const traces of await findTraces(dependencies, { ...command, tenant })) {
      if (!isHidden(traces.tenant)) about.set(tenant, await aboutHer(dependencies, traces))
      const erasing = eraseTraces(dependencies, command, traces, holding)
      const counts = await erasing.catch(unlessGone(traces.tenant))
      if (Object.keys(counts).length > 0) places.push({ tenant: traces.tenant, counts })
      finished = (await store.finishErasing(traces.tenant)) && finished
    }
    for (const traces of await findTraces(dependencies, { ...command, tenant })) {
      const counts = countTraces(traces)
      if (Object.keys(counts).length > 0) left.push({ tenant: traces.tenant, counts })
    }
  }
  forgetAnswers()
  return {
    places: byVisible(places),
    left: byVisible(left),
    held: heldTexts(holding),
    unjudged: holding.unjudged,
    finished,
    about,
  }
}

/** Who saw what is held stays on record too. */
async function aboutHer(
  dependencies: ErasureDependencies,
  { tenant, entities }: Traces,
): Promise<readonly string[]> {
  const about: string[] = []
  for (const trace of entities) {
    const { id, whole, now, named } = trace
    if (!whole || keepsOf(dependencies, trace)) continue
    if (now.size > 0 || named || !(await dependencies.store.read(tenant, id))) about.push(id)
  }
  return about
}

/** Answers how much there is, by place. */
export function countTraces({ tenant, entities, documents }: Traces): Counts {
  const counts: Counts = {}
  const copy = isHidden(tenant) ? 'snapshot.' : ''
  for (const { now, past, named } of entities) {
    if (now.size > 0 || named) add(counts, `${copy}entities`, 1)
    add(counts, `${copy}attributes`, now.size)
    if (past.size > 0) add(counts, `${copy}histories`, 1)
    if (named) add(counts, `${copy}ids`, 1)
  }
  for (const { collection, now, records } of documents) {
    if (now) add(counts, `${copy}${collection}`, 1)
    add(counts, `${copy}log`, records.length)
  }
  return counts
}

async function eraseTraces(
  dependencies: ErasureDependencies,
  command: OfPerson,
  { tenant, entities, documents }: Traces,
  holding: Holding,
): Promise<Counts> {
  const counts: Counts = {}
  const copy = isHidden(tenant) ? 'snapshot.' : ''
  const at = { ...command, tenant }
  for (const trace of entities) {
    const kept = heldNames(dependencies, trace, holding)
    if (kept === 'all') continue
    const { deleted, attributes } = await erasePresent(dependencies, at, trace, kept)
    add(counts, `${copy}entitiesDeleted`, deleted ? 1 : 0)
    add(counts, `${copy}entitiesChanged`, attributes > 0 ? 1 : 0)
    add(counts, `${copy}attributes`, attributes)
    add(counts, `${copy}instances`, await erasePast(dependencies, at, trace, kept))
  }
  for (const trace of documents) {
    if (isHeld(dependencies, trace, holding)) continue
    const erased = trace.now && (await eraseDocument(dependencies, at, trace))
    if (erased) add(counts, `${copy}${trace.collection}`, 1)
    if (erased && DISPOSABLE.has(trace.collection)) noteErased(dependencies, trace, holding)
    // of a document that went, old pages may be left too
    if (erased || trace.records.length > 0) await forgetRecords(dependencies, at, trace)
    add(counts, `${copy}log`, trace.records.length)
  }
  return counts
}

/** It is decided on what is there when it is written: somebody else may have written meanwhile. */
async function erasePresent(
  { store, clock, ...search }: ErasureDependencies,
  { tenant, caller, person, origin }: OfPerson,
  { id, types, now, named }: EntityTrace,
  kept: ReadonlySet<Iri>,
): Promise<{ readonly deleted: boolean; readonly attributes: number }> {
  if (now.size === 0 && !named) return { deleted: false, attributes: 0 }
  const isPerson = choiceOf(search.rules().choices, types).erase === 'entity'
  const view = caller.view(visibleTenant(tenant))
  let done = { deleted: false, attributes: 0 }
  await change(store, { tenant, id, origin }, (current) => {
    done = { deleted: false, attributes: 0 }
    const hers = current && hersOf(search, { person, view }, current)
    if (!hers || (hers.names.size === 0 && !hers.whole)) return {}
    if (hers.whole && (isPerson || person.mention(id)) && kept.size === 0) {
      done = { deleted: true, attributes: 0 }
      return deleteEntity(current, clock())
    }
    const names = new Set([...hers.names].filter((name) => !kept.has(name)))
    done = { deleted: false, attributes: names.size }
    return names.size === 0 ? {} : purgeAttributes(current, names, clock())
  })
  return done
}

/** What is left of the entity now may be somebody else's: of the same attributes only what is older is erased. */
async function erasePast(
  { store, clock, rules }: ErasureDependencies,
  { tenant, origin }: OfPerson,
  { id, types, now, past, whole }: EntityTrace,
  kept: ReadonlySet<Iri>,
): Promise<number> {
  const stored = await store.read(tenant, id)
  const current = stored && parseEntity(stored.text)
  const isPerson = whole && !current && kept.size === 0 && choiceOf(rules().choices, types).erase === 'entity'
  const names = [...new Set([...now, ...past])].filter((name) => !kept.has(name))
  const selections: readonly PastSelection[] = isPerson ? [{}] : pastOf(names, current)
  let erased = 0
  for (const what of selections) {
    const unit: EvolutionUnit = {
      collection: 'evolution',
      id,
      at: clock(),
      origin,
      change: { action: 'erase', what },
    }
    const [result] = await store.commit(tenant, [unit])
    if (result?.outcome === 'kept') erased += result.erased ?? 0
  }
  return erased
}

function pastOf(names: readonly Iri[], current: Entity | undefined): readonly PastSelection[] {
  const gone = names.filter((name) => !current?.attributes[name])
  const others = names.flatMap((name): PastSelection[] => {
    const instances = current?.attributes[name]
    if (!instances) return []
    const to = Math.min(...instances.map(({ modifiedAt }) => modifiedAt))
    return [{ attributes: [name], window: { property: 'modifiedAt', to } }]
  })
  return gone.length > 0 ? [{ attributes: gone }, ...others] : others
}

async function eraseDocument(
  { store, clock, remove }: ErasureDependencies,
  { tenant, origin, person }: OfPerson,
  { collection, id }: DocumentTrace,
): Promise<boolean> {
  const stored = await store.document(tenant, collection, id)
  if (!stored) return false
  if (OWNED.has(collection)) return remove(tenant, { collection, id }).catch(goneMeanwhile)
  const base = { collection, id, at: clock(), origin, logged: false } as const
  if (collection === 'sourceNotice') {
    const { entities = [] } = stored.document
    const others = Array.isArray(entities) ? entities.filter((each) => !person.mention(each)) : []
    const unit: DocumentUnit = {
      ...base,
      expectedVersion: stored.version,
      next: { ...stored.document, entities: others },
    }
    return (await store.commit(tenant, [unit]))[0]?.outcome === 'kept'
  }
  if (!DISPOSABLE.has(collection)) return false
  await store.commit(tenant, [base])
  if (collection === 'snapshot') await store.dropHidden(contentOf(readSnapshot(stored.document), tenant))
  return true
}

/** Its records tell no more of her; what the document is now stays. */
async function forgetRecords(
  { store, clock }: ErasureDependencies,
  { tenant, origin }: OfPerson,
  { collection, id, records }: DocumentTrace,
): Promise<void> {
  await store.commit(tenant, [{ collection, id, at: clock(), origin, logged: false, forgets: records }])
}

/** The names of snapshots are nobody's business: what was in them counts for the tenant that they were taken of. */
function byVisible(places: readonly ErasedPlace[]): readonly ErasedPlace[] {
  const sums = new Map<Tenant, Counts>()
  for (const { tenant, counts } of places) {
    const visible = visibleTenant(tenant)
    const sum = sums.get(visible) ?? {}
    for (const [name, count] of Object.entries(counts)) add(sum, name, count)
    sums.set(visible, sum)
  }
  return [...sums].map(([tenant, counts]) => ({ tenant, counts }))
}

/** Two processes may erase the same at once. */
function goneMeanwhile(error: unknown): false {
  if (error instanceof Problem && error.code === 'ResourceNotFound') return false
  throw error
}

/** A snapshot may end while it is gone through. */
function unlessGone(tenant: Tenant): (error: unknown) => Counts {
  return (error) => {
    if (isHidden(tenant) && error instanceof Problem && error.code === 'ResourceNotFound') return {}
    throw error
  }
}

function add(counts: Counts, name: string, count: number): void {
  if (count > 0) counts[name] = (counts[name] ?? 0) + count
}
