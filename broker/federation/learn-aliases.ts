import type { TermTable } from '../core/context/term-table.ts'
import type { Caller } from '../core/model/caller.ts'
import { isJsonObject, type JsonValue } from '../core/model/json.ts'
import type { Tenant } from '../core/model/tenant.ts'
import { connectSource } from './forward/connect-source.ts'
import { failed } from './forward/exchange.ts'
import type { SourceDependencies } from './forward/source-connection.ts'
import type { Registration } from './registry/registration.ts'
import type { Registry } from './registry/registry.ts'

export interface AliasDependencies extends SourceDependencies {
  readonly registry: Registry
  /** In whose name sources are asked: nobody's credentials go along but those of the registration. */
  readonly caller: Caller
  /** The core alone: a source's identity has no other terms. */
  readonly table: () => TermTable
}

/** Finds out by which pseudonym sources go in `Via`, where their registrants gave none. */
export interface Aliases {
  /** Takes note of a registration; its source is asked beside requests, and nothing waits for it. */
  learn(tenant: Tenant, registration: Registration): void
  /** Forgets what it still wanted to ask. */
  stop(): void
}

const OPERATION = 'retrieveContextSourceIdentity'
/** Sources asked at once; and so many more may wait for their turn. */
const AT_ONCE = 4
const MOST_WAITING = 100_000
const DEADLINE_MS = 5000
const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 3_600_000
/** What `contextSourceAlias` may be (RFC 7230, 5.7.1). */
const PSEUDONYM = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,255}$/

interface Wanted {
  readonly tenant: Tenant
  readonly registration: Registration
  readonly pause: number
}

/** Asks nobody. */
export const NO_ALIASES: Aliases = { learn: () => {}, stop: () => {} }

/**
 * Asks sources without a pseudonym for their identity (CIM 009 v1.9.1, 5.15.1), so that requests do not come back to one
 * that they went through already (4.3.6.4). One that does not answer is asked again later, less and less often. That is
 * no distributed operation, so it counts nowhere (5.2.9).
 */
export function learnAliases(dependencies: AliasDependencies): Aliases {
  const { registry } = dependencies
  const waiting: Wanted[] = []
  const timers = new Set<NodeJS.Timeout>()
  let asking = 0
  let stopped = false
  return {
    learn: (tenant, registration) => want({ tenant, registration, pause: FIRST_PAUSE_MS }),
    stop: () => {
      stopped = true
      waiting.length = 0
      for (const timer of timers) clearTimeout(timer)
    },
  }

  function want(wanted: Wanted): void {
    const { alias, operations } = wanted.registration
    if (stopped || alias !== undefined || !operations.has(OPERATION)) return
    if (waiting.length + timers.size >= MOST_WAITING) return
    waiting.push(wanted)
    next()
  }

  function next(): void {
    while (asking < AT_ONCE) {
      const wanted = waiting.shift()
      if (!wanted) return
      asking++
      void ask(wanted).finally(() => {
        asking--
        next()
      })
    }
  }

  async function ask({ tenant, registration, pause }: Wanted): Promise<void> {
    const alias = await aliasAt(dependencies, tenant, registration)
    if (alias !== undefined) registry.learn(tenant, registration, alias)
    else if (!stopped && registry.holds(tenant, registration)) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        if (registry.holds(tenant, registration))
          want({ tenant, registration, pause: Math.min(pause * 2, LONGEST_PAUSE_MS) })
      }, pause).unref()
      timers.add(timer)
    }
  }
}

/** Asks one source; undefined: it does not say. */
async function aliasAt(
  dependencies: AliasDependencies,
  tenant: Tenant,
  registration: Registration,
): Promise<string | undefined> {
  const { caller, clock, table } = dependencies
  try {
    const connection = await connectSource(
      { ...dependencies, outbound: () => Promise.resolve({}) },
      { tenant, caller, table: table(), via: undefined },
      { registration, deadline: clock() + DEADLINE_MS * 1000 },
    )
    const response = await connection.send({ method: 'GET', path: '/info/sourceIdentity', maxBytes: 65_536 })
    return failed(response) || response.status !== 200 ? undefined : aliasIn(response.body)
  } catch {
    return undefined // its @context cannot be had, or its address is not allowed
  }
}

function aliasIn(body: JsonValue | undefined): string | undefined {
  const alias = isJsonObject(body) ? body.contextSourceAlias : undefined
  return typeof alias === 'string' && PSEUDONYM.test(alias) ? alias : undefined
}
