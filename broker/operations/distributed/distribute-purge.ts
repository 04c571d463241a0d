import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { attributesOf } from '../../core/query/needs.ts'
import { typesIn } from '../../core/query/types-in.ts'
import type { Distribution } from '../../federation/distribute/distribution.ts'
import { failedPart, type PartOutcome } from '../../federation/distribute/part-outcome.ts'
import type { PurgeShare } from '../../federation/distribute/share-purge.ts'
import { purgeRequest } from '../../federation/distribute/write-requests.ts'
import type { BatchOutcome } from '../batch/run-batch.ts'
import type { DistributedCommand } from '../command.ts'
import { type PurgeDependencies, type PurgeEntities, purgeEntities } from '../entities/purge-entities.ts'
import { checkElsewhere } from './check-elsewhere.ts'
import { settleParts } from './settle-parts.ts'

export interface DistributePurge extends DistributedCommand, Pick<PurgeEntities, 'query' | 'only'> {
  /** The client's own parameters: its filters are handed on word for word. */
  readonly parameters: URLSearchParams
}

/** What became of a purge: of each entity of this hub, and of the parts of other hubs where not all was done. */
export interface PurgeOutcome {
  readonly outcomes: readonly BatchOutcome[]
  readonly parts?: readonly PartOutcome[]
}

/**
 * Purge Entities (CIM 009 v1.9.1, 5.6.21) of this hub and, unless it is local, of the sources that match. What goes there
 * is chosen there, by filters that this hub cannot put a caller's view on: so a source is asked only where the filters
 * look at what is clear to the caller, and what goes too. @throws Problem
 */
export const distributePurge =
  (dependencies: PurgeDependencies & { readonly distribution: Distribution }) =>
  async ({ onward, parameters, ...purge }: DistributePurge): Promise<PurgeOutcome> => {
    const { distribution } = dependencies
    const { caller, tenant, query, only } = purge
    const shares = onward
      ? distribution.sharePurge(tenant, { query, ...(only && { only }), ...onward, via: onward.via })
      : []
    const outcomes = await purgeEntities(dependencies)(purge)
    if (!onward || shares.length === 0) return { outcomes }
    const onBehalf = { ...onward, caller, tenant }
    const others = await Promise.all(
      shares.map(async (share) => {
        const refused = refusedElsewhere(purge, share)
        return (
          refused ?? distribution.send(onBehalf, { share, request: purgeRequest(share, parameters, only) })
        )
      }),
    )
    const hasPart = outcomes.length > 0 || shares.some(({ proxied }) => !proxied)
    const parts = settleParts([...(hasPart ? [OWN] : []), ...others])
    return { outcomes, ...(parts.length > 0 && { parts }) }
  }

const OWN: PartOutcome = { attributes: 'everything' }

function refusedElsewhere(
  command: DistributedCommand & { readonly query: EntityQuery },
  share: PurgeShare,
): PartOutcome | undefined {
  if (share.refusal) return undefined
  const { attributes } = share
  const named = attributes === 'everything' ? {} : { attributes }
  const [id, ...more] = share.forward.ids ?? []
  try {
    checkFilters(command, command.query, share)
    checkElsewhere(
      command,
      { action: 'delete', ...named, ...(id !== undefined && more.length === 0 && { id }) },
      { share, known: {}, members: {} },
    )
    return undefined
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { ...failedPart(share, error), unasked: true }
  }
}

/** Whether an attribute is there may be asked by whom it is clear to on these types; what it says, by whom it is so on all. */
function checkFilters(
  { caller, tenant }: DistributedCommand,
  { attributes = [], ...filters }: EntityQuery,
  { types }: PurgeShare,
): void {
  const view = caller.view(tenant)
  if (view.unrestricted) return
  const named = typesIn(types)
  const isThere = (name: Iri): boolean =>
    named?.every((type) => view.treatment([type], name) === 'clear') ?? view.clearEverywhere(name)
  if (attributes.every(isThere) && [...attributesOf(filters)].every((name) => view.clearEverywhere(name)))
    return
  throw new Problem(
    'Forbidden',
    'Caller may not purge at other hubs by attributes that it does not see in clear',
  )
}
