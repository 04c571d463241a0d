import type { TermTable } from '../../core/context/term-table.ts'
import { badRequestData, type Problem } from '../../core/model/problem.ts'
import type { EntityQuery, Ordering } from '../../core/query/ast.ts'
import { attributesOf, linkedDepth } from '../../core/query/needs.ts'
import { typesIn } from '../../core/query/types-in.ts'
import type { RenderOptions } from '../../core/view/render-options.ts'
import type { View } from '../../core/view/view.ts'
import { warning } from '../../federation/forward/warning.ts'
import type { Command } from '../command.ts'
import type { LocalPage } from './cached-page.ts'
import { askedCrowds, countCrowds, withCrowds } from './count-crowds.ts'
import { type Candidates, COUNT_PAGE } from './find-matches.ts'
import type { Join } from './join-entities.ts'
import { mergeCopies } from './merge-copies.ts'
import { queryLocal } from './query-local.ts'
import type { ReadDependencies } from './read-dependencies.ts'
import { allWarnings, styleOf } from './render-entity.ts'
import { withElsewhere } from './with-elsewhere.ts'

export interface QueryEntities extends Command {
  readonly query: EntityQuery
  /** The client's own parameters, to hand on to other hubs. */
  readonly parameters: URLSearchParams
  readonly table: TermTable
  readonly options: RenderOptions
  readonly features: boolean
  readonly local: boolean
  readonly via: string | undefined
  /** Headers of the request, some of which a registration may hand on (4.3.6.5). */
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly limit: number
  readonly offset: number
  readonly count: boolean
  /** Place in the store, or among the candidates, where the page before ended. */
  readonly after?: string
  /** The only entities that are considered, of this hub alone. */
  readonly candidates?: Candidates
  /** Linked entities come along. */
  readonly join?: Join
  /** Only for what this hub answers alone. */
  readonly ordering?: Ordering
  /** Single entities are in parts at several hubs: filters run on what is put together (4.3.6.7); absent: as configured. */
  readonly splitEntities?: boolean
  /** Asked by a body. */
  readonly byBody?: boolean
  /** The filters cannot be handed on to other hubs: what they answer is judged here. */
  readonly judgedHere?: boolean
}

export interface QueriedEntities extends LocalPage {
  readonly warnings: readonly string[]
}

/** Query Entities (CIM 009 v1.9.1, 5.7.2): one page of the matching entities that the caller may see. @throws Problem */
export const queryEntities =
  (dependencies: ReadDependencies) =>
  async (command: QueryEntities): Promise<QueriedEntities> => {
    const { caller, tenant, table, options, features, query } = command
    caller.check('read', tenant, { resource: 'entity' })
    const view = caller.view(tenant)
    const style = styleOf({ tenant, view, table, options, features, ...(command.join && { linking: true }) })
    if (command.local || query.types?.kind === 'any')
      return { warnings: [], ...(await queryLocal(dependencies, command, style)) }
    const { federation } = dependencies
    if (command.ordering && federation.asks(command)) throw unordered()
    const registrations = federation.generation(tenant)
    const isCounted = command.count && askedCrowds(query, view.crowds ?? []).length > 0
    const { warnings, alone, complete, together, ...remote } = await federation.query({
      tenant,
      query,
      parameters: command.parameters,
      caller,
      table,
      via: command.via,
      ...(command.headers && { headers: command.headers }),
      ...(command.splitEntities !== undefined && { splitEntities: command.splitEntities }),
      ...(command.byBody && { byBody: true }),
      ...(isCounted && { together: true }),
      // a count needs all that the sources have, as far as a page may go
      limit: command.count
        ? Math.max(COUNT_PAGE, command.offset + command.limit + 1)
        : command.offset + command.limit + 1,
      pushable: !command.judgedHere && isPushable(query, view),
    })
    const told =
      command.count && !complete ? [...warnings, incompleteCount(federation.alias(tenant))] : warnings
    if (remote.copies.length === 0 && !remote.own) {
      const { lasting, ...own } = await queryLocal(dependencies, command, style)
      const alike = alone && lasting && (() => federation.generation(tenant) === registrations && lasting())
      const page = withElsewhere(own, together, federation.alias(tenant))
      return { ...page, warnings: allWarnings(told, page), ...(alike && { lasting: alike }) }
    }
    if (command.explanation) command.explanation.copies = remote.copies.length
    const page = await mergeCopies(dependencies, command, style, remote)
    const counted =
      page.count === undefined || !view.crowds
        ? page
        : withCrowds(page, await countCrowds(dependencies, command, view.crowds))
    const whole = withElsewhere(counted, together, federation.alias(tenant))
    return { ...whole, warnings: allWarnings(told, whole) }
  }

/** Ordering is for one broker alone (4.23.1, 5.7.2.4). */
export function unordered(): Problem {
  return badRequestData(
    'Other brokers may have entities of this query, which are not ordered: ask with local=true',
  )
}

/** Sources may filter by what the caller sees in clear; behind relationships they would look into their own store. */
export function isPushable(query: EntityQuery, view: View): boolean {
  if (query.q && linkedDepth(query.q) > 0) return false
  const among = typesIn(query.types)
  return view.unrestricted || [...attributesOf(query)].every((name) => view.clearEverywhere(name, among))
}

/** Without an EntityMap a count over several sources is exact only while all of them answer whole. */
function incompleteCount(alias: string): string {
  return warning(
    199,
    alias,
    'The count is a lower bound, since not every source answered with all that it has',
  )
}
