import type { Caller, Target } from '../../core/model/caller.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { mayRead } from '../may.ts'

/** What it takes to know whether somebody still may do what it began. */
export interface StandingDependencies {
  readonly clock: () => Micros
  /** A caller with the rights that are left now of a delegation; undefined: none are. */
  readonly delegate: (delegation: JsonObject) => Caller | undefined
}

/** A caller with its rights of now, or why it has none any more. */
export type Standing = { readonly caller: Caller } | { readonly reason: string }

/** Answers what is left of the rights of somebody who follows changes, as often as it is asked. */
export function standingOf(
  { clock, delegate }: StandingDependencies,
  begun: Caller,
  about: { readonly tenant: Tenant; readonly targets: readonly Target[] },
): () => Standing {
  const delegation = begun.delegation()
  const end = begun.validUntil ?? Number.POSITIVE_INFINITY
  return () => {
    if (clock() >= end) return { reason: 'Access token is expired' }
    if (begun.isRevoked?.()) return { reason: 'Access token is revoked' }
    const caller = delegate(delegation)
    return caller && about.targets.every((target) => mayRead(caller, about.tenant, target))
      ? { caller }
      : { reason: 'Policies do not let this caller follow these changes any more' }
  }
}
