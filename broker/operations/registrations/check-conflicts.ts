import { atTime } from '../../core/merge/at-time.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { findOverlap, takenBy, takes } from '../../federation/registry/overlaps.ts'
import type { Registration } from '../../federation/registry/registration.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { Store } from '../../store/port/store.ts'
import type { RegistrationDependencies } from './registration-dependencies.ts'

/**
 * Checks that a proxied registration takes nothing that another one has or that this hub holds itself (CIM 009 v1.9.1,
 * 5.9.2.4 and 5.9.3.4); what this hub is about to hold settles first. Only while no other such registration is being
 * decided. @throws Problem Conflict, or TooComplexQuery where too much would have to be looked at
 */
export async function checkConflicts(
  { store, registry, maxRows }: Pick<RegistrationDependencies, 'store' | 'registry' | 'maxRows'>,
  tenant: Tenant,
  { registration, now }: { readonly registration: Registration; readonly now: Micros },
): Promise<void> {
  const other = findOverlap(registration, (seeking) => registry.proxied(tenant, seeking), now)
  if (other) {
    throw new Problem(
      'Conflict',
      `Registration takes attributes of an entity that registration ${other.id} of mode ${other.mode} has already`,
    )
  }
  await store.settled(tenant)
  for (const query of takenBy(registration, now)) {
    if (await holds(store, tenant, { query, now, maxRows }))
      throw new Problem(
        'Conflict',
        `Registration of mode ${registration.mode} takes what this hub holds itself`,
      )
  }
}

interface Look {
  readonly query: EntityQuery
  readonly now: Micros
  readonly maxRows: number
}

const PAGE = 100

async function holds(store: Store, tenant: Tenant, { query, now, maxRows }: Look): Promise<boolean> {
  let rowsLeft = maxRows
  let after: string | undefined
  do {
    const page = await store.query(tenant, {
      query,
      limit: PAGE,
      maxRows: rowsLeft,
      ...(after !== undefined && { after }),
    })
    const alive = page.rows.flatMap(({ text }) => atTime(parseEntity(text), now) ?? [])
    if (alive.some((entity) => takes(query, entity))) return true
    rowsLeft -= page.rows.length
    after = page.next
  } while (after !== undefined)
  return false
}
