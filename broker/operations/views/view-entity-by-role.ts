import type { TermTable } from '../../core/context/term-table.ts'
import { atTime } from '../../core/merge/at-time.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { disclosureOf } from '../../core/view/disclosure.ts'
import { render } from '../../core/view/render.ts'
import { see } from '../../core/view/see.ts'
import type { View } from '../../core/view/view.ts'
import { combineCopies, copiesOf } from '../../federation/combine/combine-copies.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { Command } from '../command.ts'
import type { ReadDependencies } from '../entities/read-dependencies.ts'

/** How one role sees the tenant's entities. */
export interface RoleView {
  readonly role: string
  readonly view: View
}

export interface ViewEntityByRole extends Command {
  readonly id: string
  readonly table: TermTable
}

export interface EntityByRole {
  readonly id: string
  /** Entity null: the role does not see it at all. */
  readonly views: readonly { readonly role: string; readonly entity: JsonObject | null }[]
}

type Dependencies = Pick<ReadDependencies, 'store' | 'clock' | 'federation'> & {
  readonly roleViews: (tenant: Tenant) => readonly RoleView[]
}

/**
 * Shows one entity as each role sees it, to who may read the policies. The caller's own view comes first: nobody sees
 * more through another role than alone. @throws Problem ResourceNotFound
 */
export const viewEntityByRole =
  ({ store, clock, federation, roleViews }: Dependencies) =>
  async ({ id, table, caller, tenant, disclose }: ViewEntityByRole): Promise<EntityByRole> => {
    caller.check('read', tenant, { resource: 'policy' })
    caller.check('read', tenant, { resource: 'entity', id })
    const stored = await store.read(tenant, id)
    const own = stored && atTime(parseEntity(stored.text), clock())
    const remote = await federation.retrieve({ tenant, id, caller, table, via: undefined })
    const all = copiesOf(own, remote)
    const seen = all.length === 0 ? undefined : see(combineCopies(all), caller.view(tenant))
    if (!seen) throw new Problem('ResourceNotFound', `Entity ${id} does not exist`)
    disclose?.(disclosureOf(seen, caller.view(tenant)), seen.types)
    return {
      id,
      views: roleViews(tenant).map(({ role, view }) => ({
        role,
        entity: simplified(see(seen, view), table),
      })),
    }
  }

function simplified(entity: Entity | undefined, table: TermTable): JsonObject | null {
  const text = entity && render(entity, { options: { format: 'simplified' }, table })
  return text === undefined ? null : JSON.parse(text)
}
