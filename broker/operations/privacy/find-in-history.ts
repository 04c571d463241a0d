import { setImmediate } from 'node:timers/promises'
import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'
import type { View } from '../../core/view/view.ts'
import type { EvolutionHead } from '../../store/port/evolution.ts'
import type { HistoryInstance } from '../../store/port/store.ts'
import type { Look } from './find-traces.ts'
import type { SearchDependencies } from './privacy-dependencies.ts'

const HEADS = 100
const INSTANCES = 1000
/** No number of a telephone or a citizen is smaller. */
const SMALLEST_NUMBER = 1e7

/** Finds instances of history that are a person's: those that were provisioned or imported are nowhere but there. */
export async function findInHistory(dependencies: SearchDependencies, look: Look): Promise<void> {
  let after: string | undefined
  do {
    const heads = await dependencies.store.evolutions(look.tenant, {
      limit: HEADS,
      ...(after !== undefined && { after }),
    })
    for (const head of heads) await findInEvolution(dependencies, look, head)
    after = heads.length < HEADS ? undefined : heads.at(-1)?.id
    await setImmediate()
  } while (after !== undefined)
}

async function findInEvolution(
  dependencies: SearchDependencies,
  look: Look,
  head: EvolutionHead,
): Promise<void> {
  const { store, isPersonal } = dependencies
  const { person, view, notes, tenant } = look
  const { id, types } = head
  const newest = await store.instances(tenant, id, { order: 'newest', perAttribute: 1 })
  const entity = seenAs(head)
  const names = [
    ...new Set(newest.filter((each) => mayTell(each, types, isPersonal)).map(({ attribute }) => attribute)),
  ]
  const found = new Set<Iri>()
  let whole = false
  for (const name of names) {
    if (!seesClear(view, entity, name)) continue
    for await (const instance of instancesOf(dependencies, look, { id, name })) {
      const mention = person.mention(jsonOf(instance))
      if (!mention) continue
      found.add(name)
      whole ||= mention === 'whole'
      if (whole) break
    }
  }
  if (whole) for (const name of names) if (isPersonal(name, types)) found.add(name)
  notes.entity('past', head, { names: found, whole, instances: [], named: false })
}

/** Series of small numbers are measured, and nobody's. */
function mayTell(
  instance: HistoryInstance,
  types: readonly Iri[],
  isPersonal: SearchDependencies['isPersonal'],
): boolean {
  if (instance.deletedAt !== undefined || isPersonal(instance.attribute, types)) return true
  const value = jsonOf(instance)
  return !(typeof value === 'object' && value !== null && 'value' in value) || !isSmall(value)
}

function isSmall(instance: object): boolean {
  const { value, attributes } = instance as { readonly value?: unknown; readonly attributes?: unknown } // looked at only
  return typeof value === 'number' && Math.abs(value) < SMALLEST_NUMBER && attributes === undefined
}

/** Answers an instance of history as JSON. */
export function jsonOf({ text, instance }: HistoryInstance) {
  return instance ? JSON.parse(JSON.stringify(instance)) : JSON.parse(text ?? 'null')
}

/** Answers all instances of one attribute, oldest first, page by page. */
export async function* instancesOf(
  { store }: Pick<SearchDependencies, 'store'>,
  { tenant }: Pick<Look, 'tenant'>,
  { id, name }: { readonly id: string; readonly name: Iri },
): AsyncGenerator<HistoryInstance> {
  let from: Micros | undefined
  for (;;) {
    const page = await store.instances(tenant, id, {
      attributes: [name],
      order: 'oldest',
      perAttribute: INSTANCES,
      ...(from !== undefined && { window: { from } }),
    })
    yield* page
    const last = page.at(-1)
    if (page.length < INSTANCES || !last) return
    const end = placeOf(last)
    from = end === from ? end + 1 : end
  }
}

function placeOf({ observedAt, deletedAt, modifiedAt }: HistoryInstance): Micros {
  return observedAt ?? deletedAt ?? modifiedAt
}

/** Answers as what an entity with a history is seen: as it is, as it was last, or by its types alone. */
export function seenAs({ id, types, scopes, createdAt, modifiedAt, state }: EvolutionHead): Entity {
  return state ?? { id, types, createdAt, modifiedAt, attributes: {}, ...(scopes && { scopes }) }
}

/** Tells whether the caller sees an attribute of an entity in clear. */
export function seesClear(view: View, entity: Entity, attribute: Iri): boolean {
  return view.unrestricted || (view.admits(entity) && view.treatment(entity.types, attribute) === 'clear')
}
