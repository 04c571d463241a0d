import { keepRegistration } from './keep-registration.ts'
import type { RegistrationDependencies } from './registration-dependencies.ts'

const HUB = { by: 'hub' }

/** Deletes registrations that have expired, as a change that the log tells of (CIM 009 v1.9.1, 5.9.2.4). @throws Problem */
export async function sweepRegistrations(dependencies: RegistrationDependencies): Promise<void> {
  const { store, registry, clock } = dependencies
  for (const tenant of await store.tenants()) {
    for (const id of registry.takeExpired(tenant, clock())) {
      // one that was given a new end meanwhile stays
      await keepRegistration(dependencies, { tenant, origin: HUB }, id, (current) => current)
    }
  }
}
