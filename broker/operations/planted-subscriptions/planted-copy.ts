import type { JsonObject } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Store } from '../../store/port/store.ts'
import { walkDocuments } from '../../store/port/walk-documents.ts'
import { sourceNoticeId } from '../../subscriptions/source-notice.ts'

/** What the hub knows of a copy of a subscription at a source. A type, not an interface: JSON as it stands. */
export type PlantedCopy = {
  readonly subscriptionId: string
  readonly registrationId: string
  /** Names this planting: the id that it is planted under, and part of the address that the source notifies. */
  readonly name: string
  /** Its id at the source; absent: it is not known to be there. */
  readonly remoteId?: string
  /** Of what it says, as it was sent last. */
  readonly digest: string
  /** Members that it had then. */
  readonly members: readonly string[]
  /** When it ends at the source unless it is renewed. */
  readonly endsAt: Micros
  /** When it is to be renewed, or tried again. */
  readonly dueAt: Micros
  /** Somebody does something about it until then. */
  readonly busyUntil?: Micros
  /** So often in a row that failed. */
  readonly failures: number
  /** The registration as it was kept: what is gone here is taken away there too. */
  readonly registration: JsonObject
  /** In whose name it was planted, sealed. */
  readonly sealed: string
}

/** A copy as it is kept. */
export interface KeptCopy {
  readonly copy: PlantedCopy
  /** 0: not kept yet. */
  readonly version: number
}

const COLLECTION = 'planted'
const PAGE = 500
const HUB = { by: 'hub' }

/** Names the document of a copy. */
export function copyId({
  subscriptionId,
  registrationId,
}: Pick<PlantedCopy, 'subscriptionId' | 'registrationId'>): string {
  return `${subscriptionId} ${registrationId}`
}

/** Keeps a copy as it is now; undefined: another process did something about it meanwhile. @throws Problem */
export async function keepCopy(
  store: Store,
  tenant: Tenant,
  { copy, version }: KeptCopy,
  at: Micros,
): Promise<KeptCopy | undefined> {
  const unit = { collection: COLLECTION, id: copyId(copy), expectedVersion: version, at } as const
  const [result] = await store.commit(tenant, [{ ...unit, next: copy, origin: HUB, logged: false }])
  return result?.outcome === 'kept' ? { copy, version: result.version } : undefined
}

/** Forgets a copy, and what was told through it last. @throws Problem */
export async function forgetCopy(store: Store, tenant: Tenant, copy: PlantedCopy, at: Micros): Promise<void> {
  const common = { at, origin: HUB, logged: false } as const
  const own = sourceNoticeId(copy.subscriptionId, copy.registrationId)
  for (;;) {
    // the notification, and marks of what was seen
    const page = await store.documents(tenant, 'sourceNotice', { after: `${own}\u0000`, limit: PAGE })
    const marks = page.filter(({ id }) => id.startsWith(`${own} `))
    if (marks.length === 0) break
    await store.commit(
      tenant,
      marks.map(({ id }) => ({ collection: 'sourceNotice', id, ...common })),
    )
  }
  await store.commit(tenant, [
    { collection: 'sourceNotice', id: own, ...common },
    { collection: COLLECTION, id: copyId(copy), ...common },
  ])
}

/** Answers the copies of a subscription, or all of a tenant. */
export async function copiesOf(
  store: Store,
  tenant: Tenant,
  subscriptionId?: string,
): Promise<readonly KeptCopy[]> {
  const own = subscriptionId === undefined ? '' : `${subscriptionId} `
  const found: KeptCopy[] = []
  for await (const { document, version } of walkDocuments(store, tenant, COLLECTION, own))
    found.push({ copy: readCopy(document), version })
  return found
}

/** Finds one copy. */
export async function findCopy(
  store: Pick<Store, 'document'>,
  tenant: Tenant,
  of: Pick<PlantedCopy, 'subscriptionId' | 'registrationId'>,
): Promise<PlantedCopy | undefined> {
  const found = await store.document(tenant, COLLECTION, copyId(of))
  return found && readCopy(found.document)
}

function readCopy(document: JsonObject): PlantedCopy {
  return document as unknown as PlantedCopy // only this file writes such documents
}
