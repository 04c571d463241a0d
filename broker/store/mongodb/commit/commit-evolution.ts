import { isUnchanged } from '../../../core/merge/settle.ts'
import type { Instance } from '../../../core/model/entity.ts'
import type { Iri } from '../../../core/model/iri.ts'
import { jsonEqual } from '../../../core/model/json.ts'
import { parseEntity } from '../../port/change.ts'
import type { EvolutionChange, EvolutionUnit, SameInstances } from '../../port/evolution.ts'
import { evolutionAction, evolutionChanges } from '../../port/evolution-changes.ts'
import { entryOf, toldInstance } from '../../port/history-instances.ts'
import { erasedAt, isEverything, type PastSelection, placeSelection } from '../../port/past-selection.ts'
import {
  carriedNames,
  countInstances,
  findInstances,
  namedSelection,
  placesSelection,
} from '../history/find-instances.ts'
import { nameOf, type Present, readUndrained, type Undrained } from '../history/undrained.ts'
import { entityFields, provisionedOf, united } from '../layout/entity-fields.ts'
import { type ChangeRecord, type HistoryChange, type Placed, placed } from '../log/change-record.ts'
import { erasedFields } from '../log/redact-log.ts'
import type { KeptEntity, TenantCollections } from '../mongo-documents.ts'
import { type Attempt, writeKept } from './write-kept.ts'

type Change<A extends EvolutionChange['action']> = Extract<EvolutionChange, { readonly action: A }>

/** What a change of an evolution does. */
interface Effect {
  readonly created?: true
  readonly same?: SameInstances
  /** There is nothing new in it: nothing is to be done. */
  readonly idle?: true
  /** So many instances go, and what of the log goes with them. */
  readonly erased?: number
  readonly erases?: PastSelection
  readonly history: HistoryChange
  /** Fields of the document, and those that go. */
  readonly fields?: Partial<KeptEntity>
  readonly gone?: readonly (keyof KeptEntity & string)[]
}

/** Changes an evolution in one write of the document of its entity, which carries what history is to become. */
export async function commitEvolution(
  collections: TenantCollections,
  unit: EvolutionUnit,
  version: number,
): Promise<Attempt> {
  const { id, at, origin, collection, change } = unit
  const found = await collections.entities.findOne({ _id: id })
  const effect = await effectOf({ collections, unit, found })
  if (!effect) return { outcome: 'conflict', version: 0 }
  const { created, same, idle, erased, erases, history, fields, gone = [] } = effect
  const told = {
    ...(created && { created }),
    ...(same && { same }),
    ...(erased !== undefined && { erased }),
  }
  if (idle) return { outcome: 'kept', version: 0, ...told }
  const state = erases && found?.text !== undefined ? parseEntity(found.text) : undefined
  const erasure = erases && { what: erases, version, at: erasedAt(at, state) }
  const action = evolutionAction(change.action, created)
  const attributes = evolutionChanges(unit, same)
  const record: ChangeRecord = {
    ...{ version, collection, id, action, at, origin, attributes, history },
    ...(erasure && { erased: { erasures: [erasure] } }),
  }
  const kept = found && erasure ? erasedFields(found, erasure) : {}
  const place = found ? {} : { version, ...entityFields(undefined) }
  const result = await writeKept(
    { collection: collections.entities, _id: id, found },
    {
      version,
      fields: { ...place, ...fields, ...kept },
      optional: gone,
      record: JSON.stringify(record),
    },
  )
  return typeof result !== 'string' && result.outcome === 'kept' ? { ...result, ...told } : result
}

/** What a change is judged on. */
interface Target {
  readonly collections: TenantCollections
  readonly unit: EvolutionUnit
  readonly found: KeptEntity | null
}

/** Answers what a change does; undefined: what it needs is not there. */
async function effectOf(target: Target): Promise<Effect | undefined> {
  const { change } = target.unit
  if (change.action === 'append') return append(target, change)
  if (!target.found || (change.action !== 'erase' && !target.found.evolvedTypes)) return undefined
  const undrained = await readUndrained(target.collections, target.found.changes)
  const judged = { ...target, undrained }
  switch (change.action) {
    case 'replaceInstance':
      return replaceInstance(judged, change)
    case 'deleteInstance':
      return deleteInstance(judged, change)
    case 'deleteAttribute': {
      const { attribute, datasetId = '', all } = change
      const effect = await erase(judged, {
        attributes: [attribute],
        ...(!all && { datasetIds: [datasetId] }),
      })
      return effect.erased ? effect : undefined
    }
    case 'delete':
      return erase(judged, {})
    case 'erase':
      return erase(judged, change.what)
    default:
      return change satisfies never
  }
}

interface Judged extends Target {
  readonly undrained: Undrained
}

/** What leaves no evolution behind. */
const GONE = ['evolvedTypes', 'provisioned', 'last', 'deletedAt'] as const

async function append(target: Target, change: Change<'append'>): Promise<Effect | undefined> {
  const { unit, found } = target
  const { at } = unit
  const isThere = found?.evolvedTypes !== undefined
  if (!isThere && change.needs === 'present') return undefined
  const before = provisionedOf(found)
  const scopes = change.scopes ?? before?.scopes
  const provisioned = {
    types: united(before?.types, change.types),
    ...(scopes && { scopes }),
    createdAt: before?.createdAt ?? at,
    modifiedAt: at,
  }
  const { places, same } = await appendedPlaces(target, change)
  const says = places.length > 0 || !change.types.every((type) => found?.evolvedTypes?.includes(type))
  const idle = isThere && !says && jsonEqual(scopes, before?.scopes)
  return {
    ...(!isThere && { created: true }),
    ...(same && { same }),
    ...(idle && { idle }),
    history: { places },
    fields: {
      provisioned: JSON.stringify(provisioned),
      evolvedTypes: united(found?.evolvedTypes, change.types),
    },
  }
}

/** Answers the places of instances that say something new, and what the others were. */
async function appendedPlaces(
  { collections, unit, found }: Target,
  { instances }: Change<'append'>,
): Promise<{ readonly places: readonly Placed[]; readonly same?: SameInstances }> {
  const given = instances.map(({ attribute, instance }) => placed(unit.id, entryOf(attribute, instance)))
  const undrained = await readUndrained(collections, found?.changes ?? [])
  const selection = placesSelection(new Set(given.map(({ _id }) => _id)))
  const there: readonly Placed[] = found ? await findInstances(collections, undrained, selection) : []
  const known = new Map(there.map((place) => [place._id, place]))
  const places = new Map<string, Placed>()
  const unchanged: Iri[] = []
  const changed = new Set<Iri>()
  for (const [at, place] of given.entries()) {
    const attribute = instances[at]?.attribute ?? ''
    if (saysSame(known.get(place._id), place)) unchanged.push(attribute)
    else {
      changed.add(attribute)
      known.set(place._id, place)
      places.set(place._id, place)
    }
  }
  const attributes = [...new Set(unchanged)].filter((attribute) => !changed.has(attribute))
  const same = unchanged.length > 0 && { same: { instances: unchanged.length, attributes } }
  return { places: [...places.values()], ...same }
}

function saysSame(before: Placed | undefined, after: Placed): boolean {
  if (!before?.instance || !after.instance) return false
  return isUnchanged(toldInstance(before.instance), toldInstance(after.instance))
}

/** What moves to another place keeps its name. */
async function replaceInstance(
  target: Judged,
  { attribute, instanceId, instance }: Change<'replaceInstance'>,
): Promise<Effect | undefined> {
  const old = await findNamed(target, attribute, instanceId)
  if (!old) return undefined
  const next: Instance = { ...instance, createdAt: old.instance.createdAt }
  const to = placed(target.unit.id, entryOf(attribute, next))
  const moves = to._id !== old._id
  const places = moves
    ? [{ _id: old._id }, { ...to, name: instanceId }]
    : [{ ...to, ...(old.name !== undefined && { name: old.name }) }]
  return { history: { places }, ...(moves && { fields: { moved: true } }), ...placeErasure(old) }
}

async function deleteInstance(
  target: Judged,
  { attribute, instanceId }: Change<'deleteInstance'>,
): Promise<Effect | undefined> {
  const old = await findNamed(target, attribute, instanceId)
  return old && { history: { places: [{ _id: old._id }] }, erased: 1, ...placeErasure(old) }
}

/** Of a deletion the log tells no value. */
function placeErasure({ instance }: Present): Pick<Effect, 'erases'> {
  const { attribute, dataset, time, deletedAt } = instance
  return deletedAt === undefined ? { erases: placeSelection(attribute, dataset, time) } : {}
}

async function erase(
  { collections, unit, undrained }: Judged,
  what: PastSelection,
): Promise<Effect & { readonly erased: number }> {
  const erased = await countInstances(collections, undrained, { id: unit.id, what })
  const history = { cleared: what, places: [] }
  return { history, erased, erases: what, ...(isEverything(what) && { gone: GONE }) }
}

async function findNamed(
  { collections, undrained, unit, found }: Judged,
  attribute: string,
  name: string,
): Promise<Present | undefined> {
  const carried = await carriedNames(collections, undrained, found ?? { _id: unit.id })
  const places = await findInstances(collections, undrained, namedSelection(unit.id, attribute, name))
  return places.find((place) => nameOf(place, carried) === name)
}
