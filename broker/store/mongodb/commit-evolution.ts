import type { AttributeChange } from '../../core/model/change.ts'
import type { Instance } from '../../core/model/entity.ts'
import type { EvolutionChange, EvolutionUnit } from '../port/evolution.ts'
import { entryOf } from '../port/history-instances.ts'
import { type ChangeRecord, type HistoryChange, type Placed, placed } from './change-record.ts'
import { entityFields, provisionedOf, united } from './entity-fields.ts'
import { attributeSelection, findInstances, namedSelection } from './find-instances.ts'
import type { KeptEntity, TenantCollections } from './mongo-documents.ts'
import { nameOf, type Present, readUndrained, type Undrained } from './undrained.ts'
import { type Attempt, writeKept } from './write-kept.ts'

type Change<A extends EvolutionChange['action']> = Extract<EvolutionChange, { readonly action: A }>

/** What a change of an evolution does. */
interface Effect {
  readonly action: ChangeRecord['action']
  /** What the log tells: names alone, since what is erased must not live on there. */
  readonly attributes: readonly AttributeChange[]
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
  const { id, at, origin, collection } = unit
  const found = await collections.entities.findOne({ _id: id })
  const effect = await effectOf({ collections, unit, found })
  if (!effect) return { outcome: 'conflict', version: 0 }
  const { action, attributes, history, fields, gone = [] } = effect
  const record: ChangeRecord = {
    version,
    collection,
    id,
    action,
    at,
    origin,
    attributes,
    history,
  }
  const place = found ? {} : { version, place: version, ...entityFields(undefined) }
  const result = await writeKept(
    { collection: collections.entities, _id: id, found },
    { version, fields: { ...place, ...fields }, optional: gone, record: JSON.stringify(record) },
  )
  const created = action === 'created' && typeof result !== 'string' && result.outcome === 'kept'
  return created ? { ...result, created } : result
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
  action: 'deleted',
  attributes: [],
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
  const names = united(change.instances.map(({ attribute }) => attribute))
  return {
    action: isThere ? 'updated' : 'created',
    attributes: names.map((attribute) => ({ attribute, action: 'created' })),
    history: { places: [...new Map(places.map((place) => [place._id, place])).values()] },
    fields: {
      provisioned: JSON.stringify(provisioned),
      evolvedTypes: united(found?.evolvedTypes, change.types),
    },
  }
}

/** What moves to another place keeps its name: the places swap theirs, so that no two instances have the same. */
async function replaceInstance(
  target: Judged,
  { attribute, instanceId, instance }: Change<'replaceInstance'>,
): Promise<Effect | undefined> {
  const old = await findNamed(target, attribute, instanceId)
  if (!old) return undefined
  const next: Instance = { ...instance, createdAt: old.instance.createdAt }
  const to = placed(target.unit.id, entryOf(attribute, next))
  const places: readonly Placed[] =
    to._id === old._id
      ? [to]
      : [
          { _id: old._id, name: await nameAt(target, to._id) },
          { ...to, name: instanceId },
        ]
  return { action: 'updated', attributes: [{ attribute, action: 'updated' }], history: { places } }
}

async function deleteInstance(
  target: Judged,
  { attribute, instanceId }: Change<'deleteInstance'>,
): Promise<Effect | undefined> {
  const old = await findNamed(target, attribute, instanceId)
  if (!old) return undefined
  return {
    action: 'updated',
    attributes: [{ attribute, action: 'deleted' }],
    history: { places: [{ _id: old._id }] },
  }
}

async function deleteAttribute(
  { collections, unit, undrained }: Judged,
  { attribute, datasetId, all }: Change<'deleteAttribute'>,
): Promise<Effect | undefined> {
  const cleared = { attribute, ...(!all && { dataset: datasetId ?? '' }) }
  const selection = attributeSelection(unit.id, cleared, { order: 'oldest', perAttribute: 1 })
  const [first] = await findInstances(collections, undrained, selection)
  if (!first) return undefined
  return {
    action: 'updated',
    attributes: [{ attribute, action: 'deleted' }],
    history: { cleared, places: [] },
  }
}

async function findNamed(
  { collections, undrained, unit }: Judged,
  attribute: string,
  name: string,
): Promise<Present | undefined> {
  const found = await findInstances(collections, undrained, namedSelection(unit.id, attribute, name))
  return found.find((place) => nameOf(place) === name)
}

async function nameAt({ collections, undrained }: Judged, _id: string): Promise<string> {
  const place = undrained.places.get(_id) ??
    (await collections.history.findOne({ _id }, { projection: { name: 1 } })) ?? { _id }
  return nameOf(place)
}
