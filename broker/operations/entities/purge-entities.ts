import { atTime } from '../../core/merge/at-time.ts'
import { deleteEntity } from '../../core/merge/delete-entity.ts'
import { purgeAttributes } from '../../core/merge/purge-attributes.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { SCOPE } from '../../core/model/temporal.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { matchEntity } from '../../core/query/match-entity.ts'
import { see } from '../../core/view/see.ts'
import { parseEntity } from '../../store/port/change.ts'
import { type BatchOutcome, type BatchStep, runBatch } from '../batch/run-batch.ts'
import type { Command, WriteDependencies } from '../command.ts'
import type { Intent } from '../guard.ts'
import { pushedQuery } from './pushed-query.ts'
import type { ReadDependencies } from './read-dependencies.ts'

export interface PurgeEntities extends Command {
  readonly query: EntityQuery
  /** Attributes that stay, all others go; or attributes that go. Neither: whole entities go. */
  readonly only?: { readonly keep: ReadonlySet<Iri> } | { readonly drop: ReadonlySet<Iri> }
}

/** What a purge works with. */
export type PurgeDependencies = WriteDependencies & Pick<ReadDependencies, 'engine' | 'maxRows'>

const PAGE = 500

/**
 * Purge Entities (CIM 009 v1.9.1, 5.6.21) of this hub: all that match on what the caller sees. What is to go is
 * known before anything goes, so a purge that is too large changes nothing; each entity is then one guarded change
 * that asks again whether it matches. @throws Problem
 */
export const purgeEntities =
  (dependencies: PurgeDependencies) =>
  async ({ query, only, ...command }: PurgeEntities): Promise<readonly BatchOutcome[]> => {
    const { caller, tenant } = command
    caller.check('read', tenant, { resource: 'entity' })
    caller.check('delete', tenant, { resource: 'entity' })
    if (query.geo) await dependencies.engine.ready()
    const matches = matcher(dependencies, command, query)
    const steps = await purgeSteps(dependencies, command, { query, matches, only })
    const outcomes: BatchOutcome[] = []
    for (let at = 0; at < steps.length; at += PAGE) {
      outcomes.push(...(await runBatch(dependencies, command, steps.slice(at, at + PAGE))))
    }
    return outcomes.filter(({ problem }) => problem?.code !== 'ResourceNotFound')
  }

type Matches = (entity: Entity) => boolean

interface Wanted {
  readonly query: EntityQuery
  readonly matches: Matches
  readonly only: PurgeEntities['only']
}

/** Tells whether an entity matches as it stands now, on what the caller sees of it. */
function matcher(
  { clock, engine }: PurgeDependencies,
  { caller, tenant }: Command,
  query: EntityQuery,
): Matches {
  const view = caller.view(tenant)
  return (entity) => {
    const alive = atTime(entity, clock())
    const seen = alive && see(alive, view)
    return seen !== undefined && matchEntity(query, seen, engine)
  }
}

/** Walks the candidates of the store, page by page. @throws Problem TooComplexQuery when there are too many */
async function purgeSteps(
  { store, maxRows }: PurgeDependencies,
  { caller, tenant }: Command,
  { query, matches, only }: Wanted,
): Promise<readonly BatchStep[]> {
  const pushed = pushedQuery(query, caller.view(tenant))
  const steps: BatchStep[] = []
  let after: string | undefined
  let rowsLeft = maxRows
  do {
    const page = await store.query(tenant, {
      query: pushed.query,
      limit: PAGE,
      maxRows: rowsLeft,
      ...(after !== undefined && { after }),
    })
    for (const { text } of page.rows) {
      const entity = parseEntity(text)
      if (matches(entity)) steps.push(purgeStep(entity, matches, only))
    }
    rowsLeft -= page.rows.length
    after = page.next
  } while (after !== undefined)
  return steps
}

function purgeStep({ id, attributes }: Entity, matches: Matches, only: PurgeEntities['only']): BatchStep {
  const doomed = only && new Set(doomedNames(Object.keys(attributes), only))
  return {
    id,
    intent: { action: 'delete', id, ...(doomed && only && intentOn(doomed, only)) },
    decide: (current, now) => {
      if (!current || !matches(current)) return {}
      return doomed ? purgeAttributes(current, doomed, now) : deleteEntity(current, now)
    },
  }
}

/** What is named is judged whether it is there or not, and what is not named as all that there could be. */
function intentOn(
  doomed: ReadonlySet<Iri>,
  only: NonNullable<PurgeEntities['only']>,
): Pick<Intent, 'attributes' | 'whole'> {
  if ('keep' in only) return { attributes: [...doomed], whole: true }
  return { attributes: [...only.drop] }
}

/** Names the attributes that go; the scope goes only when it is named. */
function doomedNames(present: readonly Iri[], only: NonNullable<PurgeEntities['only']>): readonly Iri[] {
  if ('keep' in only) return present.filter((name) => !only.keep.has(name))
  return [...present, SCOPE].filter((name) => only.drop.has(name))
}
