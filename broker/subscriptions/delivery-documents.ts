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
  const own = PREFIXES[kind] + OF_SUBSCRIPTION
  for await (const { id, document } of walkDocuments(store, tenant, 'delivery')) {
    if (id === PREFIXES[kind] + POSITIONS) positions = trusted(document)
    else if (id.startsWith(own)) records.set(id.slice(own.length), trusted(document))
  }
  return { records, ...(positions && { positions }) }
}

/** Only this file writes these documents. */
function trusted<T>(document: JsonObject): T {
  if (!isJsonObject(document)) throw new Error('Document of the collection delivery is no object')
  return document as unknown as T
}

/** Answers the unit that keeps the positions of a tenant. */
export function positionsUnit(kind: SubscriptionCollection, positions: Positions, at: Micros): DocumentUnit {
  return { ...unit(PREFIXES[kind] + POSITIONS, at), next: positions }
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
