import type { Tenant } from '../../core/model/tenant.ts'

/**
 * Puts registrations that take entities or attributes away from this hub (exclusive and redirect, CIM 009 v1.9.1, 4.3.6.3)
 * and writes of what they take one behind the other. A write waits for `decided`, notes the `generation`, shares out what
 * it writes, and keeps its own part only while that `stands`, which it asks in the same turn as it commits. A registration
 * begins, lets the commits under way settle, and looks only then whether the hub holds anything of what it takes.
 */
export interface Claims {
  /** Resolves once no registration is being decided; undefined: none is. */
  decided(tenant: Tenant): Promise<void> | undefined
  /** Grows whenever a registration that takes something away begins or ends to be decided. */
  generation(tenant: Tenant): number
  /** Tells whether what was shared out at this generation may be kept. */
  stands(tenant: Tenant, generation: number): boolean
  /** Begins to decide a registration, one after the other; the answer ends it. */
  begin(tenant: Tenant): Promise<() => void>
}

interface Deciding {
  generation: number
  open: number
  last: Promise<void>
}

/** Makes claims of which none is being decided. */
export function createClaims(): Claims {
  const tenants = new Map<Tenant, Deciding>()
  return {
    decided: (tenant) => {
      const deciding = tenants.get(tenant)
      return deciding && deciding.open > 0 ? allDecided(deciding) : undefined
    },
    generation: (tenant) => tenants.get(tenant)?.generation ?? 0,
    stands: (tenant, generation) => {
      const deciding = tenants.get(tenant)
      return deciding ? deciding.open === 0 && deciding.generation === generation : generation === 0
    },
    begin: async (tenant) => {
      const deciding = tenants.get(tenant) ?? { generation: 0, open: 0, last: Promise.resolve() }
      tenants.set(tenant, deciding)
      const before = deciding.last
      const { promise, resolve } = ended()
      deciding.last = promise
      deciding.generation++
      deciding.open++
      await before
      return () => {
        deciding.generation++
        deciding.open--
        resolve()
      }
    },
  }
}

async function allDecided(deciding: Deciding): Promise<void> {
  while (deciding.open > 0) await deciding.last
}

function ended(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((end) => {
    resolve = end
  })
  return { promise, resolve }
}
