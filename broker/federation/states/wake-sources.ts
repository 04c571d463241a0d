import type { TermTable } from '../../core/context/term-table.ts'
import type { Caller } from '../../core/model/caller.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { connectSource } from '../forward/connect-source.ts'
import { failed, statusFailure } from '../forward/exchange.ts'
import type { SourceDependencies } from '../forward/source-connection.ts'
import type { Registration } from '../registry/registration.ts'
import type { Rest } from './source-states.ts'

/** What finding out how sources do needs. */
export interface WakingDependencies extends SourceDependencies {
  /** In whose name sources are asked who they are: the hub's own. */
  readonly caller: Caller
  readonly table: () => Promise<TermTable>
  /** Answers a registration as it is now; undefined: it is gone. */
  readonly current: (tenant: Tenant, id: string) => Registration | undefined
}

/** So many sources are asked at a time; the others have to wait for a second. */
const AT_A_TIME = 8
const AGAIN_MS = 1000
/** A timer cannot be set for longer than some weeks. */
const LONGEST_WAIT_MS = 86_400_000
const TIMEOUT_MS = 5000
const MAX_BYTES = 65_536

/**
 * Asks each source that rested who it is (CIM 009 v1.9.1, 5.15.1) when its rest is over: no caller has to wait for one that
 * is still away, and one that is back is found out though nobody asks. Any answer will do that does not say that it is in
 * trouble. What it answers stops that.
 */
export function wakeSources(dependencies: WakingDependencies): () => void {
  const { states, clock } = dependencies
  const timers = new Set<NodeJS.Timeout>()
  let asking = 0
  states.watch((rest) => waitFor(rest, (rest.until - clock()) / 1000))
  return () => {
    for (const timer of timers) clearTimeout(timer)
  }

  function waitFor(rest: Rest, milliseconds: number): void {
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        void wake(rest)
      },
      Math.min(Math.max(milliseconds, 0), LONGEST_WAIT_MS),
    )
    timers.add(timer.unref())
  }

  async function wake(begun: Rest): Promise<void> {
    const registration = dependencies.current(begun.tenant, begun.registration.id)
    if (!registration) return
    const rest = { ...begun, registration }
    if (rest.until - clock() > AGAIN_MS * 1000) return waitFor(rest, (rest.until - clock()) / 1000)
    if (asking >= AT_A_TIME) return waitFor(rest, AGAIN_MS)
    asking++
    const found = await isAwake(dependencies, rest)
    asking--
    states.woken(rest, { at: clock(), answers: found })
  }
}

async function isAwake(dependencies: WakingDependencies, { tenant, registration }: Rest): Promise<boolean> {
  const { clock, caller, defaultTimeoutMs } = dependencies
  const timeoutMs = Math.min(registration.timeoutMs ?? defaultTimeoutMs, TIMEOUT_MS)
  try {
    const onBehalf = { tenant, caller, table: await dependencies.table(), via: undefined }
    const deadline = clock() + timeoutMs * 1000
    const connection = await connectSource(dependencies, onBehalf, { registration, deadline })
    const response = await connection.send({
      method: 'GET',
      path: '/info/sourceIdentity',
      maxBytes: MAX_BYTES,
    })
    return failed(response) ? response.code === 111 : statusFailure(response)?.tired !== true
  } catch {
    return false // it could not even be asked
  }
}
