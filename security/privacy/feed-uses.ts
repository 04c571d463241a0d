import type { JsonObject } from '../../broker/core/model/json.ts'
import { isJsonObject } from '../../broker/core/model/json.ts'
import type { Tenant } from '../../broker/core/model/tenant.ts'
import type { Store } from '../../broker/store/port/store.ts'
import { walkDocuments } from '../../broker/store/port/walk-documents.ts'
import type { FeedUse, FeedUses } from '../policy/feed-rules.ts'
import { policiesUnder } from '../policy/policies-under.ts'
import type { PolicySet } from '../policy/rule.ts'
import { textsIn } from './register.ts'

/** What the feeds of a hub declare of the use of their data, in memory: every view is compiled with it. */
export interface DeclaredUses {
  /** undefined: no feed declares any. */
  current(): FeedUses | undefined
  /** Takes over what is kept now; where that says what was kept before, what is current stays the same object. */
  load(): Promise<void>
}

const FEED = 'feed:'

/** Reads what the states of feeds declare. */
export async function openDeclaredUses(store: Pick<Store, 'tenants' | 'documents'>): Promise<DeclaredUses> {
  let generation = 0
  let current: FeedUses | undefined
  let known = '[]'
  let loading: Promise<void> = Promise.resolve()
  const read = async (): Promise<void> => {
    const tenants = new Map<Tenant, readonly FeedUse[]>()
    for (const tenant of await store.tenants()) {
      const uses: FeedUse[] = []
      for await (const { id, document } of walkDocuments(store, tenant, 'feed', FEED))
        uses.push(...(useIn(id.slice(FEED.length), document) ?? []))
      if (uses.length > 0) tenants.set(tenant, uses)
    }
    const now = JSON.stringify([...tenants].map(([tenant, uses]) => [tenant, uses.map(written)]))
    if (now === known) return
    known = now
    generation++
    current = tenants.size === 0 ? undefined : { generation, of: (tenant) => tenants.get(tenant) ?? [] }
  }
  // one after the other: what was read earlier may not go over what is newer
  const load = (): Promise<void> => {
    loading = loading.catch(() => undefined).then(read)
    return loading
  }
  await load()
  return { current: () => current, load }
}

function written({ purposes, ...use }: FeedUse): object {
  return { ...use, purposes: [...purposes] }
}

/** Answers what the state of a feed declares of the use of its data, nothing or one; undefined: it is not whole. */
export function useIn(feed: string, { definition }: JsonObject): readonly FeedUse[] | undefined {
  const { use, source } = isJsonObject(definition) ? definition : {}
  if (use === undefined) return []
  if (!isJsonObject(use) || typeof source !== 'string') return undefined
  const [purposes, types] = [textsIn(use, 'purposes'), textsIn(use, 'types')]
  const isWhole = purposes.length > 0 && types.length > 0
  return isWhole ? [{ feed, source, purposes: new Set(purposes), types }] : undefined
}

/** Answers policies that are others as soon as what feeds declare is: whatever was compiled from them is compiled anew. */
export function underDeclaredUses(policies: () => PolicySet, uses: DeclaredUses['current']): () => PolicySet {
  return policiesUnder(policies, uses, (from, under) =>
    under === undefined
      ? from
      : { ...from, moment: `${from.moment ?? ''}.f${under.generation}`, uses: under },
  )
}
