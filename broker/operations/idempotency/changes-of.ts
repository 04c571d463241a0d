import type { Collection, LogRecord } from '../../core/model/change.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Store } from '../../store/port/store.ts'

/** Which changes are looked for: those of one attempt, made in this stretch of time. */
export interface AttemptChanges {
  readonly tenant: Tenant
  readonly attempt: string
  readonly from: Micros
  readonly until: Micros
}

const PAGE = 500
/** What creations create; a hosted @context may come along with them. */
const CREATED: ReadonlySet<Collection> = new Set([
  'entity',
  'registration',
  'subscription',
  'registrationSubscription',
])

/** Names what an attempt changed, by the change log: ids in the order of the changes. */
export async function changesOf(
  store: Pick<Store, 'log'>,
  { tenant, attempt, from, until }: AttemptChanges,
): Promise<readonly string[]> {
  const ids: string[] = []
  let after = await placeBefore(store, tenant, from)
  for (;;) {
    const records = await store.log(tenant, after, PAGE)
    for (const { at, origin, collection, id } of records) {
      if (at > until) return ids
      if (CREATED.has(collection) && origin.requestId?.endsWith(attempt)) ids.push(id)
    }
    const last = records.at(-1)
    if (!last) return ids
    after = last.sequence
  }
}

/** Finds a place in the log with nothing behind it that is older: its records are in the order of time. */
async function placeBefore(store: Pick<Store, 'log'>, tenant: Tenant, from: Micros): Promise<number> {
  let low = 0
  let high = 1
  while (isOlder(await next(high))) {
    low = high
    high *= 2
  }
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2)
    if (isOlder(await next(middle))) low = middle
    else high = middle
  }
  return low

  async function next(after: number): Promise<LogRecord | undefined> {
    const [record] = await store.log(tenant, after, 1)
    return record
  }

  function isOlder(record: LogRecord | undefined): boolean {
    return record !== undefined && record.at < from
  }
}
