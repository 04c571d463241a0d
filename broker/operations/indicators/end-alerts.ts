import { alertsToEnd, endByTime } from '../../core/indicators/alert-end.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { change, parseEntity } from '../../store/port/change.ts'
import type { Store, StoredEntity } from '../../store/port/store.ts'

const HUB = { by: 'hub' }
const PAGE = 100
const MOST_ROWS = 100_000

/**
 * Ends the active alerts of all tenants whose `endsAt` has passed without anybody telling, and takes that back where it was moved on since. To
 * repeat it changes nothing, so it is done again whenever, by however many. @throws Problem
 */
export async function endAlerts({
  store,
  clock,
}: {
  readonly store: Store
  readonly clock: () => Micros
}): Promise<void> {
  const queries = alertsToEnd(clock())
  for (const tenant of await store.tenants())
    for (const query of queries)
      for await (const { id, text } of selectedAlerts(store, tenant, query))
        if (endByTime(parseEntity(text), clock()).change)
          await change(store, { tenant, id, origin: HUB }, (current) => endByTime(current, clock()))
}

async function* selectedAlerts(
  store: Store,
  tenant: Tenant,
  query: EntityQuery,
): AsyncGenerator<StoredEntity> {
  let after: string | undefined
  do {
    const plan = { query, limit: PAGE, maxRows: MOST_ROWS, ...(after !== undefined && { after }) }
    const page = await store.query(tenant, plan)
    yield* page.rows
    after = page.next
  } while (after !== undefined)
}
