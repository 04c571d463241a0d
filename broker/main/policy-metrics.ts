import { Gauge, type Registry } from 'prom-client'
import type { PoliciesInForce } from '../operations/policies/policies-in-force.ts'

/** Shows which rules are in force, and whether others were refused since. */
export function policyMetrics(
  registry: Registry,
  policies: Pick<PoliciesInForce, 'versions' | 'refused'>,
): void {
  const registers = [registry]
  new Gauge({
    name: 'hub_policies_since_timestamp_seconds',
    help: 'Since when the policies in force are so',
    registers,
    collect() {
      const [inForce] = policies.versions()
      if (inForce) this.set(inForce.since / 1e6)
    },
  })
  new Gauge({
    name: 'hub_policy_rules',
    help: 'How many rules are in force',
    registers,
    collect() {
      this.set(policies.versions()[0]?.rules ?? 0)
    },
  })
  new Gauge({
    name: 'hub_policies_refused',
    help: '1: faulty policies were read since, and are not in force',
    registers,
    collect() {
      this.set(policies.refused() ? 1 : 0)
    },
  })
}
