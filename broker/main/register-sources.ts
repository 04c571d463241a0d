import type { Config } from '../config.ts'
import type { ConfiguredSource } from '../config-sources.ts'
import type { ContextService } from '../contexts/context-service.ts'
import type { Caller } from '../core/model/caller.ts'
import { Problem } from '../core/model/problem.ts'
import { DEFAULT_TENANT } from '../core/model/tenant.ts'
import type { AssembledRoutes } from './routes.ts'

/** What registering needs. */
export interface RegisteringParts {
  readonly createRegistration: AssembledRoutes['createRegistration']
  readonly updateRegistration: AssembledRoutes['updateRegistration']
  readonly contexts: ContextService
  readonly caller: Caller
}

/** Answers the ids of registrations of sources of whose entities nobody else has any. */
export function sourcesApart({ federation: { sources } }: Pick<Config, 'federation'>): ReadonlySet<string> {
  return new Set(sources.flatMap(({ name, apart }) => (apart ? [idOfSource(name)] : [])))
}

function idOfSource(name: string): string {
  return `urn:ngsi-ld:ContextSourceRegistration:${name}`
}

/** Registers the context sources that the configuration names; those that are registered already follow the configuration. */
export async function registerSources(
  config: Config,
  { createRegistration, updateRegistration, contexts, caller }: RegisteringParts,
): Promise<void> {
  if (config.federation.sources.length === 0) return
  const table = await contexts.resolve(undefined)
  for (const body of config.federation.sources.flatMap(registrationsOf)) {
    const command = { caller, tenant: DEFAULT_TENANT, origin: { by: 'configuration' }, table } as const
    try {
      await createRegistration({ ...command, body })
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'AlreadyExists') throw error
      await updateRegistration({ ...command, id: body.id, body })
    }
  }
}

/** History has a registration of its own beside that of what is now (CIM 009 v1.9.1, 5.2.9 and 5.12). */
function registrationsOf({ name, endpoint, types, historySince }: ConfiguredSource) {
  const common = {
    type: 'ContextSourceRegistration',
    registrationName: name,
    contextSourceAlias: name,
    endpoint,
    mode: 'inclusive',
    information: [{ entities: types.map((type) => ({ type })) }],
  }
  const now = { ...common, id: idOfSource(name) }
  if (historySince === undefined) return [now]
  return [
    now,
    {
      ...common,
      id: `${now.id}:history`,
      operations: ['retrieveTemporal', 'queryTemporal'],
      observationInterval: { startAt: historySince },
    },
  ]
}
