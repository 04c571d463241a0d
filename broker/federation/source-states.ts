import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { Registration } from './registry/registration.ts'

/** What the hub observed of a source (CIM 009 v1.9.1, 5.2.9-2); since its start, in memory. */
export interface SourceState {
  readonly timesSent: number
  readonly timesFailed: number
  readonly lastSuccess?: Micros
  readonly lastFailure?: Micros
  readonly status?: 'ok' | 'failed'
  readonly latencyMs?: number
  /** Until then it is not asked again. */
  readonly coolingUntil?: Micros
}

/** How one request to a source ended. `tired`: it gave no answer, or one that says it is in trouble. */
export interface Outcome {
  readonly at: Micros
  readonly latencyMs: number
  readonly failed: boolean
  readonly tired: boolean
}

/** Remembers how sources behave, and for how long each is left alone after failures. */
export interface SourceStates {
  of(tenant: Tenant, id: string): SourceState
  cooling(tenant: Tenant, id: string, now: Micros): boolean
  record(tenant: Tenant, registration: Registration, outcome: Outcome): void
  forget(tenant: Tenant, id: string): void
}

/** Without `management.cooldown` a source rests after so many failures in a row, for so long. */
const FAILURES_IN_A_ROW = 3
const REST_MS = 2000

const UNKNOWN: SourceState = { timesSent: 0, timesFailed: 0 }

/** Makes the memory of source states. */
export function createSourceStates(): SourceStates {
  const states = new Map<string, SourceState & { readonly inARow: number }>()
  const key = (tenant: Tenant, id: string): string => `${tenant}\n${id}`
  return {
    of: (tenant, id) => {
      const { inARow: _, ...state } = states.get(key(tenant, id)) ?? { ...UNKNOWN, inARow: 0 }
      return state
    },
    cooling: (tenant, id, now) => (states.get(key(tenant, id))?.coolingUntil ?? now) > now,
    record: (tenant, registration, outcome) => {
      const before = states.get(key(tenant, registration.id)) ?? { ...UNKNOWN, inARow: 0 }
      const inARow = outcome.tired ? before.inARow + 1 : 0
      const { coolingUntil: _, ...kept } = before
      states.set(key(tenant, registration.id), {
        ...kept,
        inARow,
        timesSent: before.timesSent + 1,
        timesFailed: before.timesFailed + (outcome.failed ? 1 : 0),
        status: outcome.failed ? 'failed' : 'ok',
        latencyMs: outcome.latencyMs,
        ...(outcome.failed ? { lastFailure: outcome.at } : { lastSuccess: outcome.at }),
        ...(outcome.tired && rest(registration, inARow, outcome.at)),
      })
    },
    forget: (tenant, id) => states.delete(key(tenant, id)),
  }
}

function rest({ cooldownMs }: Registration, inARow: number, at: Micros): { readonly coolingUntil?: Micros } {
  const milliseconds = cooldownMs ?? (inARow >= FAILURES_IN_A_ROW ? REST_MS : 0)
  return milliseconds > 0 ? { coolingUntil: at + milliseconds * 1000 } : {}
}
