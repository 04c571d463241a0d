import type { Instance } from '../../core/model/entity.ts'
import type { EvolutionChange, EvolutionUnit } from '../port/evolution.ts'
import { evolutionAction, evolutionChanges } from '../port/evolution-changes.ts'
import { entryOf } from '../port/history-instances.ts'
import { type ChangeRecord, type HistoryChange, placed } from './change-record.ts'
import { entityFields, provisionedOf, united } from './entity-fields.ts'
import { attributeSelection, findInstances, namedSelection } from './find-instances.ts'
import type { KeptEntity, TenantCollections } from './mongo-documents.ts'
import { nameOf, type Present, readUndrained, type Undrained } from './undrained.ts'
import { type Attempt, writeKept } from './write-kept.ts'

type Change<A extends EvolutionChange['action']> = Extract<EvolutionChange, { readonly action: A }>

/** What a change of an evolution does. */
interface Effect {
  readonly created?: true
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
  const { created, history, fields, gone = [] } = effect
  const action = evolutionAction(change.action, created)
  const attributes = evolutionChanges(unit)
  const record: ChangeRecord = { version, collection, id, action, at, origin, attributes, history }
  const place = found ? {} : { version, place: version, ...entityFields(undefined) }
  const result = await writeKept(
    { collection: collections.entities, _id: id, found },
    { version, fields: { ...place, ...fields }, optional: gone, record: JSON.stringify(record) },
  )
  return created && typeof result !== 'string' && result.outcome === 'kept' ? { ...result, created } : result
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
  if (!target.found?.evolvedTypes) return undefined
  if (change.action === 'delete') return DELETION
  const undrained = await readUndrained(target.collections, target.found.changes)
  const judged = { ...target, undrained }
  switch (change.action) {
    case 'replaceInstance':
      return replaceInstance(judged, change)
    case 'deleteInstance':
      return deleteInstance(judged, change)
    case 'deleteAttribute':
      return deleteAttribute(judged, change)
  }
}

interface Judged extends Target {
  readonly undrained: Undrained
}

const DELETION: Effect = {
  history: { cleared: {}, places: [] },
  gone: ['evolvedTypes', 'provisioned', 'last', 'deletedAt'],
}

function append({ unit, found }: Target, change: Change<'append'>): Effect | undefined {
  const { id, at } = unit
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
  const places = change.instances.map((one) => placed(id, entryOf(one.attribute, one.instance)))
  return {
    ...(!isThere && { created: true }),
    history: { places: [...new Map(places.map((place) => [place._id, place])).values()] },
    fields: {
      provisioned: JSON.stringify(provisioned),
      evolvedTypes: united(found?.evolvedTypes, change.types),
    },
  }
}

/** What moves to another place keeps its name. */
async function replaceInstance(
  target: Judged,
  { attribute, instanceId, instance }: Change<'replaceInstance'>,
): Promise<Effect | undefined> {
  const old = await findNamed(target, attribute, instanceId)
  if (!old) return undefined
  const next: Instance = { ...instance, createdAt: old.instance.createdAt }
  const to = { ...placed(target.unit.id, entryOf(attribute, next)), name: instanceId }
  const places = to._id === old._id ? [to] : [{ _id: old._id }, to]
  return { history: { places } }
}

async function deleteInstance(
  target: Judged,
  { attribute, instanceId }: Change<'deleteInstance'>,
): Promise<Effect | undefined> {
  const old = await findNamed(target, attribute, instanceId)
  return old && { history: { places: [{ _id: old._id }] } }
}

async function deleteAttribute(
  { collections, unit, undrained }: Judged,
  { attribute, datasetId, all }: Change<'deleteAttribute'>,
): Promise<Effect | undefined> {
  const cleared = { attribute, ...(!all && { dataset: datasetId ?? '' }) }
  const selection = attributeSelection(unit.id, cleared, { order: 'oldest', perAttribute: 1 })
  const [first] = await findInstances(collections, undrained, selection)
  return first && { history: { cleared, places: [] } }
}

/** A new instance may have come to a place that another has left with its name: of the two, that one is meant. */
async function findNamed(
  { collections, undrained, unit }: Judged,
  attribute: string,
  name: string,
): Promise<Present | undefined> {
  const found = await findInstances(collections, undrained, namedSelection(unit.id, attribute, name))
  const named = found.filter((place) => nameOf(place) === name)
  return named.find(({ _id }) => _id !== name) ?? named[0]
}
