import type { Revocations } from '../../security/tokens/revocations.ts'
import type { PoliciesInForce } from '../operations/policies/policies-in-force.ts'
import type { Processes } from '../store/port/processes.ts'

/** What a process holds in memory of what the store keeps, and can read anew. */
interface Loaded {
  load(): Promise<void>
}

/** How the processes on a store keep in step. */
export interface InStep {
  readonly processes: Pick<Processes, 'alone' | 'tell' | 'hear'>
  /** Told that what another process wrote is not taken over yet. */
  readonly notTaken: (error: unknown, what: string) => void
}

/** Has every process take over what is revoked in one: a token that is good no more is so everywhere. */
export function toldRevocations(
  revocations: Revocations,
  { inStep: { processes, notTaken } }: { readonly inStep: InStep },
): Revocations {
  const what = 'revocations'
  processes.hear(what, () => {
    revocations.load().catch((error: unknown) => notTaken(error, what))
  })
  return {
    ...revocations,
    revoke: async (revocation) => {
      await revocations.revoke(revocation)
      await processes.tell(what)
    },
  }
}

/** Has every process read its policy files again when one of them was asked to. */
export function toldPolicies<T extends Pick<PoliciesInForce, 'reload'>>(
  policies: T,
  { processes }: InStep,
): T {
  const what = 'policies'
  processes.hear(what, () => {
    policies.reload('signal').catch(() => undefined) // what is wrong is logged and shown
  })
  return {
    ...policies,
    reload: async (cause) => {
      const version = await policies.reload(cause)
      await processes.tell(what)
      return version
    },
  }
}

/** Has every process read anew what one of them has written and read: what every view is compiled with is in force in all. */
export function toldToOthers<T extends Loaded>(loaded: T, what: string, { processes, notTaken }: InStep): T {
  processes.hear(what, () => {
    loaded.load().catch((error: unknown) => notTaken(error, what))
  })
  return {
    ...loaded,
    load: async () => {
      await loaded.load()
      await processes.tell(what)
    },
  }
}
