import { randomUUID } from 'node:crypto'
import type { Config } from '../config.ts'
import type { RegistrationOperations } from '../http/routes/registration-routes.ts'
import { createRegistration } from '../operations/registrations/create-registration.ts'
import { deleteRegistration } from '../operations/registrations/delete-registration.ts'
import { listSources } from '../operations/registrations/list-sources.ts'
import { queryRegistrations } from '../operations/registrations/query-registrations.ts'
import { retrieveRegistration } from '../operations/registrations/retrieve-registration.ts'
import { retrieveSourceIdentity } from '../operations/registrations/retrieve-source-identity.ts'
import { sweepRegistrations } from '../operations/registrations/sweep-registrations.ts'
import { updateRegistration } from '../operations/registrations/update-registration.ts'
import type { Parts } from './parts.ts'

/** Registrations of context sources. */
export interface AssembledRegistrations {
  readonly operations: RegistrationOperations
  /** Takes those away that have expired. */
  readonly sweep: () => Promise<unknown>
}

/** Puts the registrations of context sources together. */
export function assembleRegistrations(
  { limits }: Pick<Config, 'limits'>,
  parts: Parts,
): AssembledRegistrations {
  const { store, clock, registry, states, federation } = parts
  const registering = {
    store,
    registry,
    secrets: parts.registrationSecrets,
    states,
    clock,
    maxRows: limits.rows,
    kept: parts.aliases.learn,
    url: parts.url,
    newId: (attempt?: string) =>
      `urn:ngsi-ld:ContextSourceRegistration:${attempt === undefined ? randomUUID() : attempt}`,
  }
  const operations: RegistrationOperations = {
    createRegistration: createRegistration(registering),
    updateRegistration: updateRegistration(registering),
    deleteRegistration: deleteRegistration(registering),
    retrieveRegistration: retrieveRegistration(registering),
    queryRegistrations: queryRegistrations({ ...registering, engine: parts.engine }),
    retrieveSourceIdentity: retrieveSourceIdentity({ clock, federation, startedAt: clock() }),
    listSources: listSources({ federation }),
  }
  return { operations, sweep: () => sweepRegistrations(registering) }
}
