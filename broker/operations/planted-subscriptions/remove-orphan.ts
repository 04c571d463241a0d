import type { Caller } from '../../core/model/caller.ts'
import { withSource } from '../../federation/forward/source-connection.ts'
import type { Orphan } from './accept-notification.ts'
import { type CopyOutcome, removeCopy } from './copy-at-source.ts'
import type { PlantingDependencies } from './planting-dependencies.ts'

/** So many are remembered, so that one that cannot be taken away is not tried all the time. */
const REMEMBERED = 1000

/**
 * Makes what takes copies away from sources that this hub does not know any more, in the hub's own name: each once, when
 * its source notifies. @throws never
 */
export function removeOrphans(
  dependencies: PlantingDependencies & { readonly local: Caller },
): (orphan: Orphan) => void {
  const { registry, contexts, local, failed } = dependencies
  const tried = new Set<string>()
  return ({ tenant, registrationId, name }) => {
    const registration = registry.all(tenant).find(({ id }) => id === registrationId)
    if (!registration?.operations.has('deleteSubscription') || tried.has(name)) return
    if (tried.size >= REMEMBERED) tried.clear()
    tried.add(name)
    withSource<CopyOutcome>(
      dependencies,
      { tenant, caller: local, table: contexts.core, via: undefined },
      { registration, work: (connection) => removeCopy(connection, name) },
    ).catch((error: unknown) => failed(error, 'orphaned copy of a subscription is not taken away'))
  }
}
