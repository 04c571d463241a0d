import { randomUUID } from 'node:crypto'
import type { JsonObject } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { type Called, withSource } from '../../federation/forward/source-connection.ts'
import type { Registration } from '../../federation/registry/registration.ts'
import { type CopyOutcome, removeCopy } from './copy-at-source.ts'
import { copiesOf, copyId, forgetCopy, type KeptCopy, keepCopy, type PlantedCopy } from './planted-copy.ts'
import type { PlantingDependencies } from './planting-dependencies.ts'
import type { Reduced } from './reduced-subscription.ts'
import { digestOf, sendCopy, writtenHere } from './send-copy.ts'
import { endOf, type Wanted, wantedCopies } from './wanted-copies.ts'

/** A copy ends by itself so long after it was renewed last, and not before so many renewals were missed. */
const LEASE: Micros = 24 * 3_600_000_000
const MISSED_RENEWALS = 10
const FIRST_DELAY: Micros = 500_000
const LONGEST_DELAY: Micros = 60_000_000
/** So long nothing is asked of a source again that it refused. */
const REFUSED_DELAY: Micros = 600_000_000
/** No call of a source takes longer: whoever began it and says nothing until then is dead. */
const CLAIM: Micros = 40_000_000

/**
 * Brings the copies of one subscription at sources to what they should be, and answers when it is to be looked at again;
 * undefined: there is nothing to look after. @throws Problem
 */
export async function reconcileCopies(
  dependencies: PlantingDependencies,
  tenant: Tenant,
  subscriptionId: string,
): Promise<Micros | undefined> {
  const { store } = dependencies
  const found = await store.document(tenant, 'subscription', subscriptionId)
  const wanted = found && wantedCopies(dependencies, tenant, found.document)
  const copies = await copiesOf(store, tenant, subscriptionId)
  const known = new Map(copies.map((kept) => [kept.copy.registrationId, kept]))
  const registrations = new Set([...known.keys(), ...(wanted?.reduced.keys() ?? [])])
  // no source waits for another
  const next = await Promise.all(
    [...registrations].map((registrationId) => {
      const reduced = wanted?.reduced.get(registrationId)
      const kept = known.get(registrationId)
      if (wanted && reduced) return tend(dependencies, { tenant, wanted, reduced }, kept)
      return kept && withdraw(dependencies, tenant, kept)
    }),
  )
  const times = next.filter((at) => at !== undefined)
  return times.length > 0 ? Math.min(...times) : undefined
}

interface Tending {
  readonly tenant: Tenant
  readonly wanted: Wanted
  readonly reduced: Reduced
}

/** Plants, changes or renews one copy, as it needs; answers when it is to be looked at again. */
async function tend(
  dependencies: PlantingDependencies,
  tending: Tending,
  kept: KeptCopy | undefined,
): Promise<Micros | undefined> {
  const { tenant, wanted, reduced } = tending
  const { registration } = reduced
  const now = dependencies.clock()
  if (!kept && !wanted.subscription.isActive) return undefined
  if (isBusy(kept, now)) return kept?.copy.busyUntil
  if (kept && hasMoved(dependencies, tenant, kept, registration)) {
    // what is left behind there ends by itself
    await callRemoval(dependencies, tenant, kept.copy)
    await forgetCopy(dependencies.store, tenant, kept.copy, now)
    return tend(dependencies, tending, undefined)
  }
  const table = await dependencies.contexts.resolve(wanted.subscription.jsonldContext, tenant)
  const here = writtenHere(wanted, reduced, { table, now })
  const digest = digestOf(here, registration)
  const change = kept?.copy.digest === digest ? 'none' : 'some'
  if (kept && change === 'none' && kept.copy.dueAt > now) return kept.copy.dueAt
  const copy = { ...(kept?.copy ?? newCopy(tending)), ...(await asOfNow(dependencies, tending)) }
  const claimed = await claim(dependencies, tenant, { copy, version: kept?.version ?? 0 })
  if (!claimed) return now + FIRST_DELAY
  const endsAt = endOf(wanted, now, Math.max(LEASE, MISSED_RENEWALS * dependencies.renewal))
  const called = await withSource<CopyOutcome>(
    dependencies,
    { tenant, caller: wanted.caller, table, via: wanted.stored.via },
    {
      registration,
      work: (connection) =>
        sendCopy(dependencies, connection, { ...tending, copy: claimed.copy, change, endsAt }),
    },
  )
  const at = dependencies.clock()
  const sent = { digest, members: Object.keys(here), endsAt }
  const next = { ...free(claimed.copy), ...settled(called, { ...sent, copy: claimed.copy, at }) }
  const isRenewed = registration.operations.has('updateSubscription')
  const due =
    next.failures > 0
      ? next
      : { ...next, dueAt: at + (isRenewed ? dependencies.renewal : Math.floor((endsAt - at) / 2)) }
  await keepCopy(dependencies.store, tenant, { copy: due, version: claimed.version }, at)
  return due.dueAt
}

/** Takes one copy away from its source, and forgets it then; one that cannot be taken away ends by itself. */
async function withdraw(
  dependencies: PlantingDependencies,
  tenant: Tenant,
  kept: KeptCopy,
): Promise<Micros | undefined> {
  const { clock, store } = dependencies
  const now = clock()
  if (isBusy(kept, now)) return kept.copy.busyUntil
  const isWaiting = kept.copy.digest === WITHDRAWN && kept.copy.dueAt > now
  if (isWaiting) return kept.copy.dueAt
  const failures = kept.copy.digest === WITHDRAWN ? kept.copy.failures : 0
  const claimed = await claim(dependencies, tenant, {
    ...kept,
    copy: { ...kept.copy, digest: WITHDRAWN, failures },
  })
  if (!claimed) return now + FIRST_DELAY
  const called = await callRemoval(dependencies, tenant, claimed.copy)
  const at = clock()
  if (!called || 'outcome' in called || claimed.copy.endsAt <= at) {
    await forgetCopy(store, tenant, claimed.copy, at)
    return undefined
  }
  const copy = { ...free(claimed.copy), failures: failures + 1, dueAt: at + delayAfter(failures) }
  await keepCopy(store, tenant, { copy, version: claimed.version }, at)
  return copy.dueAt
}

interface Sent extends Pick<PlantedCopy, 'digest' | 'members' | 'endsAt'> {
  readonly copy: PlantedCopy
  readonly at: Micros
}

/** Answers what is known of a copy after it was sent; what a source does not want it is not asked for all the time. */
function settled(
  called: Called<CopyOutcome>,
  { copy, at, ...sent }: Sent,
): Pick<PlantedCopy, 'failures' | 'dueAt'> & Partial<PlantedCopy> {
  if ('outcome' in called && called.outcome === 'done')
    return { ...sent, remoteId: called.remoteId, failures: 0, dueAt: at }
  const failures = copy.failures + 1
  const isRefused = 'outcome' in called && called.outcome === 'refused'
  if (!isRefused) return { failures, dueAt: at + delayAfter(copy.failures) }
  return { digest: sent.digest, failures, dueAt: at + REFUSED_DELAY }
}

/** Digest of a copy that is to go: nothing that is wanted has it. */
const WITHDRAWN = ''

/** Asks a source to take a copy away, in the name that it was planted in; undefined: nobody may, or the source does not offer it. */
async function callRemoval(
  dependencies: PlantingDependencies,
  tenant: Tenant,
  copy: PlantedCopy,
): Promise<Called<CopyOutcome> | undefined> {
  const { registrationSecrets, delegate, contexts } = dependencies
  const registration = registrationSecrets.read(copy.registration, tenant)
  const delegation = openDelegation(dependencies, tenant, copy)
  const caller = delegation && delegate(delegation)
  if (!caller || !registration.operations.has('deleteSubscription')) return undefined
  return withSource<CopyOutcome>(
    dependencies,
    { tenant, caller, table: contexts.core, via: undefined },
    { registration, work: (connection) => removeCopy(connection, copy.remoteId ?? copy.name) },
  )
}

function newCopy({ wanted, reduced }: Tending): Omit<PlantedCopy, 'registration' | 'sealed'> {
  return {
    subscriptionId: wanted.subscription.id,
    registrationId: reduced.registration.id,
    name: `urn:ngsi-ld:Subscription:${randomUUID()}`,
    digest: WITHDRAWN,
    members: [],
    endsAt: 0,
    dueAt: 0,
    failures: 0,
  }
}

/** What it takes to take the copy away once subscription and registration are gone. */
async function asOfNow(
  { store, seal }: PlantingDependencies,
  { tenant, wanted, reduced }: Tending,
): Promise<Pick<PlantedCopy, 'registration' | 'sealed'>> {
  const { registration } = reduced
  const kept = await store.document(tenant, 'registration', registration.id)
  const of = { subscriptionId: wanted.subscription.id, registrationId: registration.id }
  return {
    registration: kept?.document ?? registration.document,
    sealed: seal.close(JSON.stringify(wanted.subscription.delegation), boundTo(tenant, of)),
  }
}

function openDelegation(
  { seal }: PlantingDependencies,
  tenant: Tenant,
  copy: PlantedCopy,
): JsonObject | undefined {
  const text = seal.open(copy.sealed, boundTo(tenant, copy))
  return text === undefined ? undefined : (JSON.parse(text) as JsonObject) // what asOfNow closed
}

function boundTo(tenant: Tenant, copy: Parameters<typeof copyId>[0]): string {
  return `${tenant} ${copyId(copy)}`
}

function hasMoved(
  { registrationSecrets }: PlantingDependencies,
  tenant: Tenant,
  { copy }: KeptCopy,
  registration: Registration,
): boolean {
  const before = registrationSecrets.read(copy.registration, tenant)
  return before.endpoint !== registration.endpoint || before.tenant !== registration.tenant
}

function isBusy(kept: KeptCopy | undefined, now: Micros): boolean {
  return kept?.copy.busyUntil !== undefined && kept.copy.busyUntil > now
}

function claim(
  { store, clock }: PlantingDependencies,
  tenant: Tenant,
  kept: KeptCopy,
): Promise<KeptCopy | undefined> {
  const now = clock()
  return keepCopy(store, tenant, { ...kept, copy: { ...kept.copy, busyUntil: now + CLAIM } }, now)
}

function free({ busyUntil: _, ...copy }: PlantedCopy): PlantedCopy {
  return copy
}

function delayAfter(failures: number): Micros {
  return Math.min(FIRST_DELAY * 2 ** Math.min(failures, 20), LONGEST_DELAY)
}
