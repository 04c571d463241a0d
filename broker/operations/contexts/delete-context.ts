import { badRequestData } from '../../core/model/problem.ts'
import type { Command } from '../command.ts'
import type { ContextDependencies } from './context-dependencies.ts'
import { findContext, noContext } from './find-context.ts'

export interface DeleteContext extends Command {
  readonly id: string
  /** Fetch a copy anew instead. */
  readonly reload: boolean
}

/**
 * Delete and Reload @context (CIM 009 v1.9.1, 5.13.5): what is part of the hub stays. @throws Problem ResourceNotFound;
 * BadRequestData for a reload of what is no copy; LdContextNotAvailable when the reload failed and the old copy stayed
 */
export const deleteContext =
  (dependencies: ContextDependencies) =>
  async ({ caller, tenant, origin, id, reload }: DeleteContext): Promise<void> => {
    const { store, contexts, clock } = dependencies
    caller.check('delete', tenant, { resource: 'context', id })
    const found = await findContext(dependencies, tenant, id)
    if (!found) throw noContext()
    if (found.stored) {
      if (reload) throw badRequestData('@context is hosted here: only copies can be reloaded')
      const { localId } = found.stored
      await store.commit(tenant, [{ collection: 'context', id: localId, at: clock(), origin }])
      contexts.drop(contexts.urlOf(localId))
      return
    }
    const { url, builtIn } = found.cached
    if (builtIn && !reload) throw badRequestData('@context is part of the hub and cannot be deleted')
    if (!reload) contexts.drop(url)
    else if (!builtIn) await contexts.reload(url)
  }
