import { Counter, type Registry } from 'prom-client'
import type { Config } from '../config.ts'
import type { RequestRate } from '../core/model/caller.ts'
import { createRequestRates, type RequestRates } from '../http/request-rates.ts'
import { timeOfDay } from './clock.ts'

/** What each caller has by the configuration; undefined: as much as it likes. */
export function rateOfCallers({ limits }: Config): RequestRate | undefined {
  const { requestsPerSecond, burst } = limits
  if (requestsPerSecond === 0) return undefined
  return { id: 'caller', kind: 'caller', requests: burst, seconds: burst / requestsPerSecond }
}

/** What all callers of a tenant have together: as much at once as in two seconds. */
function rateOfTenants({ limits: { tenantRequestsPerSecond } }: Config): RequestRate | undefined {
  if (tenantRequestsPerSecond === 0) return undefined
  return { id: 'tenant', kind: 'tenant', requests: 2 * tenantRequestsPerSecond, seconds: 2 }
}

/** Puts together what callers are held to, and shows whom it refused; undefined: nobody is told apart. */
export function assembleRates(config: Config, registry: Registry): RequestRates | undefined {
  if (config.auth.mode === 'off') return undefined
  const ofTenant = rateOfTenants(config)
  const refusals = new Counter({
    name: 'hub_rate_refusals_total',
    help: 'Requests refused because a caller, by configuration or policy, or a tenant asked too often',
    labelNames: ['limit'],
    registers: [registry],
  })
  return createRequestRates({
    clock: timeOfDay,
    ...(ofTenant && { ofTenant }),
    refused: (limit) => refusals.inc({ limit }),
  })
}
