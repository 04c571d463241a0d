import type { IncomingMessage } from 'node:http'
import type { Logger } from 'pino'
import type { Ontology } from '../../ontology/ontology.ts'
import type { Audit } from '../../security/audit/audit.ts'
import type { Egress } from '../../security/egress/egress.ts'
import type { IdentityProvider } from '../../security/identity/identity-provider.ts'
import { OPEN_CALLER } from '../../security/open-caller.ts'
import type { DeclaredUses } from '../../security/privacy/feed-uses.ts'
import type { RestrictedData } from '../../security/privacy/restricted-data.ts'
import type { Challenges } from '../../security/tokens/challenges.ts'
import type { Revocations } from '../../security/tokens/revocations.ts'
import type { Config } from '../config.ts'
import type { GeometryEngine } from '../core/geo/engine.ts'
import type { UnitRegister } from '../core/model/administrative-unit.ts'
import type { Caller } from '../core/model/caller.ts'
import type { JsonObject } from '../core/model/json.ts'
import { Problem } from '../core/model/problem.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { CredentialsOf } from '../federation/forward/source-credentials.ts'
import type { PoliciesInForce } from '../operations/policies/policies-in-force.ts'
import type { RoleView } from '../operations/views/view-entity-by-role.ts'
import type { Store } from '../store/port/store.ts'
import type { InStep } from './in-step.ts'
import { sourceTrust } from './source-trust.ts'

/** What identity is made of. */
export interface IdentityParts {
  readonly root: string
  readonly log: Logger
  readonly url: string
  readonly secret: Uint8Array
  readonly store: Store
  readonly inStep: InStep
  readonly egress: Egress
  readonly ontology: Ontology
  /** Administrative units, for masks that tell one instead of a place. */
  readonly units: UnitRegister
  readonly engine: GeometryEngine
  readonly clock: () => Micros
  /** Absent: the hub keeps no log. */
  readonly audit?: Audit
  /** What persons have had restricted. */
  readonly restrictions: RestrictedData['current']
  /** What feeds declare of the use of their data. */
  readonly uses: DeclaredUses['current']
}

/** Who asks, who is asked, and what the pages have to know of it. */
export interface AssembledIdentity {
  /** The built-in provider, where it runs. */
  readonly provider?: IdentityProvider
  readonly caller: (request: IncomingMessage) => Promise<Caller>
  /** What `caller` would answer, where that is known already. */
  readonly knownCaller: (authorization: string | undefined, purpose?: string) => Caller | undefined
  /** What a refusal asks for; absent without access control. */
  readonly challenge?: Challenges
  readonly revocations?: Revocations
  /** The hub itself, for what its configuration orders. */
  readonly local: Caller
  /** A caller with the rights that are left of a delegation; undefined: none are. */
  readonly delegate: (delegation: JsonObject) => Caller | undefined
  /** What other hubs are shown. */
  readonly outbound: CredentialsOf
  /** In whose name indicators are read and written. */
  readonly indicators: Caller
  readonly feedToken: () => Promise<string | undefined>
  readonly roleViews: (tenant: Tenant) => readonly RoleView[]
  /** Stops following what it was configured with. */
  readonly stop?: () => void
  readonly policies: PoliciesInForce
  /** Follows policy files from now on; told when other rules have come in force. Answers how to stop. */
  readonly followPolicies: (changed: () => void) => Promise<() => void>
  /** Where people log in; absent without access control. */
  readonly login?: { readonly issuer: string; readonly clientId: string }
}

/** Puts together who may ask; access control is loaded where it is on. @throws ConfigError for faulty policies */
export async function assembleIdentity(config: Config, parts: IdentityParts): Promise<AssembledIdentity> {
  if (config.auth.mode === 'off') return openIdentity(config, parts)
  const { controlledIdentity } = await import('./controlled-identity.ts')
  return controlledIdentity(config, parts)
}

function openIdentity(config: Config, { egress, clock }: IdentityParts): AssembledIdentity {
  return {
    caller: () => Promise.resolve(OPEN_CALLER),
    knownCaller: () => OPEN_CALLER,
    local: OPEN_CALLER,
    indicators: OPEN_CALLER,
    delegate: () => OPEN_CALLER,
    outbound: sourceTrust(config, { egress, clock }),
    feedToken: () => Promise.resolve(undefined),
    roleViews: (tenant) => [{ role: 'open', view: OPEN_CALLER.view(tenant) }],
    policies: NO_POLICIES,
    followPolicies: () => Promise.resolve(() => undefined),
  }
}

/** A hub without access control. */
const NO_POLICIES: PoliciesInForce = {
  versions: () => [],
  refused: () => undefined,
  expand: (name) => name,
  explain: () => ({ outcome: 'permitted', rules: [], attributes: [] }),
  reload: () =>
    Promise.reject(new Problem('Conflict', 'Hub runs without access control and has no policies')),
}
