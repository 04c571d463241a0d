import { isJsonObject, type JsonObject } from '../core/model/json.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { DocumentUnit, Store } from '../store/port/store.ts'
import type { SubscriptionRecord } from './subscription-state.ts'

/**
 * Where a tenant's notifications stand: every change up to `matched` was looked at, and all that was due then is settled,
 * but for the subscriptions named, each of which stands where it says.
 */
export type Positions = {
  readonly matched: number
  readonly behind: Readonly<Record<string, Behind>>
}

export type Behind = {
  readonly position: number
  /** Settled in spite of standing behind that. */
  readonly settled?: readonly number[]
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
const PAGE = 500
const HUB = { by: 'hub' }

/** Reads what is kept of a tenant's notifications. */
export async function readKept(store: Store, tenant: Tenant): Promise<Kept> {
  const records = new Map<string, SubscriptionRecord>()
  let positions: Positions | undefined
  let after: string | undefined
  do {
    const page = await store.documents(tenant, 'delivery', {
      limit: PAGE,
      ...(after !== undefined && { after }),
    })
    for (const { id, document } of page) {
      if (id === POSITIONS) positions = trusted(document)
      else records.set(id.slice(OF_SUBSCRIPTION.length), trusted(document))
    }
    after = page.length < PAGE ? undefined : page.at(-1)?.id
  } while (after !== undefined)
  return { records, ...(positions && { positions }) }
}

/** Only this file writes these documents. */
function trusted<T>(document: JsonObject): T {
  if (!isJsonObject(document)) throw new Error('Document of the collection delivery is no object')
  return document as unknown as T
}

/** Answers the unit that keeps the positions of a tenant. */
export function positionsUnit(positions: Positions, at: Micros): DocumentUnit {
  return { ...unit(POSITIONS, at), next: positions }
}

/** Answers the unit that keeps how a subscription fared; without it, the one that forgets it. */
export function recordUnit(subscriptionId: string, at: Micros, record?: SubscriptionRecord): DocumentUnit {
  return {
    ...unit(`${OF_SUBSCRIPTION}${subscriptionId}`, at),
    ...(record && { next: record as unknown as JsonObject }),
  }
}

function unit(id: string, at: Micros): DocumentUnit {
  return { collection: 'delivery', id, at, origin: HUB, logged: false }
}
