import type { JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Command } from '../command.ts'
import type { ContextDependencies } from './context-dependencies.ts'
import { contextDetails, findContext, noContext } from './find-context.ts'

export interface ServeContext extends Command {
  readonly id: string
  readonly details: boolean
}

/** Serve @context (CIM 009 v1.9.1, 5.13.4): its content, or what is known about it. @throws Problem */
export const serveContext =
  (dependencies: ContextDependencies) =>
  async ({ caller, tenant, id, details }: ServeContext): Promise<JsonObject> => {
    const { contexts } = dependencies
    caller.check('read', tenant, { resource: 'context', id })
    const found = await findContext(dependencies, tenant, id)
    if (found && details) return contextDetails(dependencies, found)
    if (found?.stored) return { '@context': found.stored.context }
    if (found) {
      throw new Problem(
        'OperationNotSupported',
        '@context is a copy: its content is to be had at its own URL',
      )
    }
    const inline = contexts.inline(contexts.localId(id))
    if (inline === undefined || details) throw noContext()
    return { '@context': inline }
  }
