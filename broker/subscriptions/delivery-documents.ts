import { isJsonObject, type JsonObject } from '../core/model/json.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { DocumentUnit, Store } from '../store/port/store.ts'
import { walkDocuments } from '../store/port/walk-documents.ts'
import type { Standing } from './ledger.ts'
import type { SubscriptionCollection } from './stored-subscription.ts'
import type { SubscriptionRecord } from './subscription-state.ts'

/**
 * Where a tenant's notifications stand: every change up to `matched` was looked at, and all that was due then is settled,
 * but for the subscriptions named, each of which stands where it says.
 */
export type Positions = {
  readonly matched: number
  readonly behind: Readonly<Record<string, Standing>>
}

/** What is kept of a tenant's notifications. */
export interface Kept {
  readonly positions?: Positions
  /** In which version the positions are kept; 0: they are not. */
  readonly version: number
  /** Subscription id → how it fared. */
  readonly records: ReadonlyMap<string, SubscriptionRecord>
}

const POSITIONS = 'positions'
/** No subscription id begins with it: a URI has a scheme. */
const OF_SUBSCRIPTION = ' '
/** What ids of documents of each kind of subscription begin with. */
const PREFIXES: Readonly<Record<SubscriptionCollection, string>> = {
  subscription: '',
  registrationSubscription: 'registrations',
}
const HUB = { by: 'hub' }

/** Reads what is kept of a tenant's notifications. */
export async function readKept(store: Store, tenant: Tenant, kind: SubscriptionCollection): Promise<Kept> {
  const records = new Map<string, SubscriptionRecord>()
  let positions: Positions | undefined
  let kept = 0
  const own = PREFIXES[kind] + OF_SUBSCRIPTION
  for await (const { id, version, document } of walkDocuments(store, tenant, 'delivery')) {
    if (id === PREFIXES[kind] + POSITIONS) {
      positions = trusted(document)
      kept = version
    } else if (id.startsWith(own)) records.set(id.slice(own.length), trusted(document))
  }
  return { records, version: kept, ...(positions && { positions }) }
}

/** Reads where a tenant's notifications stand, and in which version that is kept; 0: it is not. */
export async function readPositions(
  store: Pick<Store, 'document'>,
  tenant: Tenant,
  kind: SubscriptionCollection,
): Promise<{ readonly positions?: Positions; readonly version: number }> {
  const kept = await store.document(tenant, 'delivery', PREFIXES[kind] + POSITIONS)
  return kept ? { positions: trusted(kept.document), version: kept.version } : { version: 0 }
}

/** Reads how a subscription fared; undefined: nothing was ever sent. */
export async function readRecord(
  store: Pick<Store, 'document'>,
  tenant: Tenant,
  { kind, id }: { readonly kind: SubscriptionCollection; readonly id: string },
): Promise<SubscriptionRecord | undefined> {
  const kept = await store.document(tenant, 'delivery', `${PREFIXES[kind]}${OF_SUBSCRIPTION}${id}`)
  return kept && trusted(kept.document)
}

/** Only this file writes these documents. */
function trusted<T>(document: JsonObject): T {
  if (!isJsonObject(document)) throw new Error('Document of the collection delivery is no object')
  return document as unknown as T
}

/** Answers the unit that keeps the positions of a tenant, in place of those of this version where one is given. */
export function positionsUnit(
  kind: SubscriptionCollection,
  positions: Positions,
  { at, expectedVersion }: { readonly at: Micros; readonly expectedVersion: number | undefined },
): DocumentUnit {
  return {
    ...unit(PREFIXES[kind] + POSITIONS, at),
    next: positions,
    ...(expectedVersion !== undefined && { expectedVersion }),
  }
}

/** Answers the unit that keeps how a subscription fared; without it, the one that forgets it. */
export function recordUnit(
  { kind, id }: { readonly kind: SubscriptionCollection; readonly id: string },
  at: Micros,
  record?: SubscriptionRecord,
): DocumentUnit {
  return {
    ...unit(`${PREFIXES[kind]}${OF_SUBSCRIPTION}${id}`, at),
    ...(record && { next: record as unknown as JsonObject }),
  }
}

function unit(id: string, at: Micros): DocumentUnit {
  return { collection: 'delivery', id, at, origin: HUB, logged: false }
}
