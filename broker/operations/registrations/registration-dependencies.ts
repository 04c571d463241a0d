import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Registration } from '../../federation/registry/registration.ts'
import type { Registry } from '../../federation/registry/registry.ts'
import type { SourceStates } from '../../federation/states/source-states.ts'
import type { Store } from '../../store/port/store.ts'
import type { RegistrationSecrets } from './registration-secrets.ts'

/** What the operations on registrations work with. */
export interface RegistrationDependencies {
  readonly store: Store
  readonly registry: Registry
  /** Read-only members: kept in memory since the start of the hub, not in the store. */
  readonly states: SourceStates
  readonly secrets: RegistrationSecrets
  readonly clock: () => Micros
  /** So many entities at most are looked at for one that a registration would take. */
  readonly maxRows: number
  /** Told of each registration that is kept, once it counts. */
  readonly kept: (tenant: Tenant, registration: Registration) => void
  /** Where this hub is reached: it is no source of its own. */
  readonly url: string
  /** Answers a new URI for a registration that came without one; of one attempt always the same. */
  readonly newId: (attempt?: string) => string
}
