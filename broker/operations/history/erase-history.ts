import type { Target } from '../../core/model/caller.ts'
import { Problem } from '../../core/model/problem.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { EvolutionUnit } from '../../store/port/evolution.ts'
import type { PastSelection } from '../../store/port/past-selection.ts'
import type { Command } from '../command.ts'
import { namesInHistory } from '../temporal/delete-temporal-evolution.ts'
import type { EvolutionDependencies } from '../temporal/evolution-dependencies.ts'
import { findHeads } from '../temporal/find-heads.ts'
import type { EvolutionMeans } from '../temporal/read-dependencies.ts'
import { checkWrite, veiled } from '../temporal/write-evolution.ts'

export interface EraseHistory extends Command {
  /** Of which entities: ids, types or both. */
  readonly query: Pick<EntityQuery, 'ids' | 'types'>
  readonly what: PastSelection
}

/** What was erased; `refused`: entities that the caller sees and may not erase so. */
export interface ErasedHistory {
  readonly entities: number
  readonly instances: number
  readonly refused: number
}

type Dependencies = EvolutionDependencies & Pick<EvolutionMeans, 'engine'>

/** So many entities are erased in one commit: each may keep other writes waiting for a moment. */
const AT_ONCE = 5

/**
 * Erases what is selected of the past of entities, out of history and out of the log; what they are now stays. Who is named
 * by its id is looked for in the log too. To repeat it does no harm. @throws Problem where the caller may erase none of it
 */
export const eraseHistory =
  (dependencies: Dependencies) =>
  async (command: EraseHistory): Promise<ErasedHistory> => {
    const { caller, tenant, what } = command
    const attributes = what.attributes && { attributes: what.attributes }
    caller.check('delete', tenant, { resource: 'entity', ...attributes })
    let counts: ErasedHistory = { entities: 0, instances: 0, refused: 0 }
    let refusal: Problem | undefined
    let ids: string[] = []
    for await (const id of candidates(dependencies, command)) {
      const right = await rightTo(dependencies, command, id)
      if (right === 'granted') ids.push(id)
      else if (right !== 'absent') {
        refusal ??= right
        counts = { ...counts, refused: counts.refused + 1 }
      }
      if (ids.length < AT_ONCE) continue
      counts = await eraseThem(dependencies, command, ids, counts)
      ids = []
    }
    if (ids.length > 0) counts = await eraseThem(dependencies, command, ids, counts)
    if (refusal && counts.entities === 0) throw refusal
    return counts
  }

/** Without types, ids are candidates whether they have a history or not. */
async function* candidates(
  { store, engine }: Dependencies,
  { caller, tenant, query }: EraseHistory,
): AsyncGenerator<string> {
  if (!query.types) return yield* new Set(query.ids)
  const walk = { tenant, query, view: caller.view(tenant) }
  for await (const heads of findHeads(store, { engine }, walk, { spend: () => undefined }))
    yield* heads.map(({ id }) => id)
}

async function eraseThem(
  { store, clock }: Dependencies,
  { tenant, origin, what }: EraseHistory,
  ids: readonly string[],
  { refused, ...counts }: ErasedHistory,
): Promise<ErasedHistory> {
  const units = ids.map((id): EvolutionUnit => {
    return { collection: 'evolution', id, at: clock(), origin, change: { action: 'erase', what } }
  })
  let { entities, instances } = counts
  for (const result of await store.commit(tenant, units)) {
    if (result.outcome !== 'kept') continue
    entities++
    instances += result.erased ?? 0
  }
  return { entities, instances, refused }
}

/** Tells whether the caller may erase this of an entity: where not, why; what it does not see is absent for it. */
async function rightTo(
  dependencies: Dependencies,
  command: EraseHistory,
  id: string,
): Promise<'granted' | 'absent' | Problem> {
  try {
    const { attributes = await namesInHistory(dependencies, command, id) } = command.what
    const whole = command.what.attributes === undefined
    const intent = { action: 'delete', id, attributes, ...(whole && { whole }) } as const
    const head = await checkWrite(dependencies, command, intent)
    return head ? 'granted' : await rightToLogged(dependencies, command, id)
  } catch (error) {
    if (error instanceof Problem && REFUSALS.has(error.code)) return error
    if (error instanceof Problem && error.code === 'ResourceNotFound') return 'absent'
    throw error
  }
}

const REFUSALS: ReadonlySet<Problem['code']> = new Set(['Forbidden', 'StepUpRequired'])

/** Of what is nowhere but in the log nobody knows what it was. */
const UNKNOWN: Pick<Target, 'types' | 'scopes' | 'attributes'> = { types: [''], scopes: [], attributes: [] }

/**
 * What has no history is judged by what it is now. Of what is nowhere but in the log only who sees everything knows, and
 * rights that hang on what it was are none.
 */
async function rightToLogged(
  { store }: Dependencies,
  { caller, tenant, what }: EraseHistory,
  id: string,
): Promise<'granted' | 'absent'> {
  const view = caller.view(tenant)
  const stored = await store.read(tenant, id)
  const state = stored && parseEntity(stored.text)
  if (!state) {
    if (view.unrestricted) caller.check('delete', tenant, { resource: 'entity', id, ...UNKNOWN })
    return view.unrestricted ? 'granted' : 'absent'
  }
  if (!view.admits(state)) return 'absent'
  const { types, scopes } = state
  const attributes = what.attributes ?? Object.keys(state.attributes)
  const target = { resource: 'entity', id, types, attributes, entity: state } as const
  caller.check('delete', tenant, { ...target, ...(scopes && { scopes }) })
  const isVeiled = attributes.some((name) => view.treatment(types, name, state) !== 'clear')
  if (isVeiled || (!what.attributes && view.veils(types))) throw veiled(id)
  return 'granted'
}
