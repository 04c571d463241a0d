import type { TermTable } from '../../core/context/term-table.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { matchScopes } from '../../core/query/match-scopes.ts'
import { attributesOf } from '../../core/query/needs.ts'
import type { SourceTime } from '../../core/query/parse-source-time.ts'
import { matchCsf } from '../../federation/registry/match-csf.ts'
import { matchRegistrations } from '../../federation/registry/match-registrations.ts'
import type { Registration } from '../../federation/registry/registration.ts'
import type { Command } from '../command.ts'
import { mayRead } from '../may.ts'
import { encodeRegistration } from './encode-registration.ts'
import { type MayHold, mayHold } from './may-hold.ts'
import type { RegistrationDependencies } from './registration-dependencies.ts'

export interface QueryRegistrations extends Command {
  /** What entities the sources wanted may know. */
  readonly query: EntityQuery
  readonly temporal?: SourceTime
  readonly datasetIds?: readonly string[]
  readonly table: TermTable
  readonly sysAttrs: boolean
  readonly limit: number
  readonly offset: number
}

export interface QueriedRegistrations {
  readonly registrations: readonly JsonObject[]
  /** How many match in all. */
  readonly count: number
}

/** Query CSource Registrations (CIM 009 v1.9.1, 5.10.2): one page of the matching ones, whole. @throws Problem */
export const queryRegistrations =
  (dependencies: RegistrationDependencies & MayHold) =>
  async (command: QueryRegistrations): Promise<QueriedRegistrations> => {
    const { caller, tenant, query, table, sysAttrs, limit, offset } = command
    caller.check('read', tenant, { resource: 'registration' })
    refuseTooWide(query)
    if (query.geo) await dependencies.engine.ready()
    const found = matching(dependencies, command).filter(
      (registration) =>
        mayRead(caller, tenant, { resource: 'registration', id: registration.id }) &&
        inArea(registration, query, dependencies) &&
        (!query.scope || matchScopes(query.scope, registration.scopes)) &&
        (!query.csf || matchCsf(query.csf, registration, table)),
    )
    const page = found.slice(offset, offset + limit)
    return {
      count: found.length,
      registrations: page.map(({ id, document }) =>
        encodeRegistration(document, dependencies.states.of(tenant, id), { table, sysAttrs }),
      ),
    }
  }

/** Ids and patterns are accepted too, though 5.10.2.4 does not list them: they narrow just as well. */
function refuseTooWide(query: EntityQuery): void {
  if (query.types || query.ids || query.idPattern !== undefined || attributesOf(query).size > 0) return
  throw badRequestData('Query selects too much: give type, attrs, q, georel, id or idPattern')
}

function matching(
  { registry, clock }: RegistrationDependencies,
  { tenant, query, temporal, datasetIds }: QueryRegistrations,
): readonly Registration[] {
  const { types, ids, idPattern } = query
  const attributes = [...attributesOf(query)]
  const asked = {
    ...(types && { types }),
    ...(ids && { ids }),
    ...(idPattern !== undefined && { idPattern }),
    ...(attributes.length > 0 && { attributes }),
    ...(temporal && { temporal }),
    ...(datasetIds && { datasetIds }),
  }
  const forwards = matchRegistrations(registry.candidates(tenant, asked), { ...asked, via: [], now: clock() })
  const found = new Map(forwards.map(({ registration }) => [registration.id, registration]))
  return [...found.values()].sort((left, right) => (left.id < right.id ? -1 : 1))
}

function inArea({ document }: Registration, { geo }: EntityQuery, engine: MayHold): boolean {
  return !geo || mayHold(document, geo, engine)
}
