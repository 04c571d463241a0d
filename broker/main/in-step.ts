import { setTimeout as pause } from 'node:timers/promises'
import type { IdentityProvider } from '../../security/identity/identity-provider.ts'
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
  /** Nothing is taken over any more. */
  readonly ending: AbortSignal
}

const AGAIN_MILLISECONDS = 1000

/** Has every process take over what is revoked in one: a token that is good no more is so everywhere. */
export function toldRevocations(
  revocations: Revocations,
  { inStep }: { readonly inStep: InStep },
): Revocations {
  const what = 'revocations'
  inStep.processes.hear(what, takingOver(revocations, what, inStep))
  return {
    ...revocations,
    revoke: async (revocation) => {
      await revocations.revoke(revocation)
      await inStep.processes.tell(what)
    },
  }
}

/** Has every process sign and verify with the keys that one of them was told to, and with none that were taken back. */
export function toldKeys(provider: IdentityProvider, inStep: InStep): IdentityProvider {
  const what = 'signing keys'
  const takeOver = takingOver({ load: provider.loadKeys }, what, inStep)
  inStep.processes.hear(what, takeOver)
  return {
    ...provider,
    rotateKeys: async (how) => {
      try {
        await provider.rotateKeys(how)
      } catch (error) {
        takeOver() // nobody knows what became of it
        throw error
      } finally {
        await inStep.processes.tell(what)
      }
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
export function toldToOthers<T extends Loaded>(loaded: T, what: string, inStep: InStep): T {
  const takeOver = takingOver(loaded, what, inStep)
  inStep.processes.hear(what, takeOver)
  const load = (): Promise<void> =>
    loaded.load().catch((error: unknown) => {
      takeOver()
      throw error
    })
  return {
    ...loaded,
    load: async () => {
      // what is written is so for all, whether or not it can be read here now
      await Promise.all([load(), inStep.processes.tell(what)])
    },
  }
}

/** Has every process forget its answers where one does: they may tell of somebody who was erased. */
export function toldForgetting(forget: () => void, { processes }: InStep): () => void {
  const what = 'answers'
  processes.hear(what, forget)
  return () => {
    forget()
    void processes.tell(what) // which never fails
  }
}

/** Reads anew whenever it is called, and until that succeeds: what is taken away elsewhere shall not stay in force here. */
function takingOver({ load }: Loaded, what: string, { notTaken, ending }: InStep): () => void {
  let [wanted, taken] = [0, 0]
  let isRunning = false
  const run = async (): Promise<void> => {
    while (taken < wanted && !ending.aborted) {
      const upTo = wanted
      try {
        await load()
        taken = upTo
      } catch (error) {
        if (!ending.aborted) notTaken(error, what)
        await pause(AGAIN_MILLISECONDS, undefined, { ref: false, signal: ending }).catch(() => undefined)
      }
    }
    isRunning = false
  }
  return () => {
    wanted++
    if (isRunning) return
    isRunning = true
    void run()
  }
}
