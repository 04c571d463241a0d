import type { Filter } from 'mongodb'
import type { TimeProperty, TimeWindow } from '../../../core/model/temporal.ts'
import { compareText } from '../../../core/query/compare-text.ts'
import type { InstanceQuery } from '../../port/evolution.ts'
import { instanceTime } from '../../port/history-instances.ts'
import type { PastSelection } from '../../port/past-selection.ts'
import {
  type KeptEntity,
  type KeptInstance,
  type KeptPlace,
  READING,
  type TenantCollections,
} from '../mongo-documents.ts'
import { isSelected } from './is-selected.ts'
import { isPresent, type Present, type Undrained } from './undrained.ts'

/** Which instances to find: in words of the server, and as the same question to what is not drained. */
export interface Selection {
  readonly filter: Filter<KeptPlace>
  readonly accepts: (place: Present) => boolean
  /** What they are ordered by first. */
  readonly by: 'time' | 'createdAt' | 'modifiedAt'
  readonly descending: boolean
  readonly limit: number
}

/** Finds instances, with what is not drained yet laid over what is. */
export async function findInstances(
  { history }: TenantCollections,
  { places, cleared }: Undrained,
  selection: Selection,
): Promise<readonly Present[]> {
  const { filter, accepts, by, descending, limit } = selection
  const direction = descending ? -1 : 1
  const drained = await history
    .find({ $and: [filter, ...cleared.map(notCleared)] })
    .sort(Object.fromEntries([...new Set([by, ...ORDER])].map((member) => [`instance.${member}`, direction])))
    .limit(limit + places.size) // as many may have become something else
    .maxTimeMS(READING.maxTimeMS)
    .toArray()
  const found = new Map(drained.filter(isPresent).map((place) => [place._id, place]))
  for (const place of places.values()) {
    if ((found.get(place._id)?.version ?? 0) >= place.version) continue
    if (isPresent(place) && accepts(place)) found.set(place._id, place)
    else found.delete(place._id)
  }
  return [...found.values()]
    .sort((left, right) => direction * compare(left.instance, right.instance, by))
    .slice(0, limit)
}

/** Selects instances of an attribute by time. */
export function attributeSelection(
  entity: string,
  attribute: string,
  { window, order, perAttribute }: InstanceQuery,
): Selection {
  const what = { attributes: [attribute], ...(window && { window }) }
  return {
    filter: pastFilter(entity, what),
    accepts: ({ instance }) => isSelected(instance, what),
    by: orderedBy(window?.property),
    descending: order === 'newest',
    limit: perAttribute,
  }
}

/** Selects what is drained of the past of an entity. */
export function pastFilter(
  entity: string,
  { attributes, datasetIds, window }: PastSelection,
): Filter<KeptPlace> {
  return {
    'instance.entity': entity,
    ...(attributes && { 'instance.attribute': oneOf(attributes) }),
    ...(datasetIds && { 'instance.dataset': oneOf(datasetIds) }),
    ...(window && windowFilter(window)),
  }
}

/** Counts instances that are selected, with what is not drained yet laid over what is. */
export async function countInstances(
  { history }: TenantCollections,
  { places, cleared }: Undrained,
  { id, what }: { readonly id: string; readonly what: PastSelection },
): Promise<number> {
  const others = { _id: { $nin: [...places.keys()] } }
  const drained = await history.countDocuments({
    $and: [pastFilter(id, what), others, ...cleared.map(notCleared)],
  })
  const present = [...places.values()].filter((place) => isPresent(place) && isSelected(place.instance, what))
  return drained + present.length
}

function oneOf(names: readonly string[]) {
  const [only] = names
  return only !== undefined && names.length === 1 ? only : { $in: [...names] }
}

/** Selects what may be the instance of an attribute that has this instanceId: it has it along, or is at its time. */
export function namedSelection(entity: string, attribute: string, name: string): Selection {
  const time = instanceTime(name)
  const filter = { 'instance.entity': entity, 'instance.attribute': attribute }
  return {
    filter: {
      $or: [
        { ...filter, name },
        { ...filter, 'instance.time': time },
      ],
    },
    accepts: (place) =>
      place.instance.attribute === attribute && (place.name === name || place.instance.time === time),
    by: 'time',
    descending: false,
    limit: AT_ONE_TIME,
  }
}

/** Answers the ids that instances of an entity took along when they moved. */
export async function carriedNames(
  collections: TenantCollections,
  undrained: Undrained,
  { _id, moved }: Pick<KeptEntity, '_id' | 'moved'>,
): Promise<ReadonlySet<string>> {
  if (!moved) return NONE_CARRIED
  const found = await findInstances(collections, undrained, {
    filter: { 'instance.entity': _id, name: { $exists: true } },
    accepts: ({ name }) => name !== undefined,
    by: 'time',
    descending: false,
    limit: MOST_MOVED,
  })
  return new Set(
    found.flatMap(({ _id: place, name }) => (name === undefined || name === place ? [] : [name])),
  )
}

const NONE_CARRIED: ReadonlySet<string> = new Set()
/** Instances of one attribute at one instant that are looked at, and instances of an entity that moved. */
const AT_ONE_TIME = 1000
const MOST_MOVED = 100_000

/** Selects what is in these places. */
export function placesSelection(ids: ReadonlySet<string>): Selection {
  return {
    filter: { _id: { $in: [...ids] } },
    accepts: ({ _id }) => ids.has(_id),
    by: 'time',
    descending: false,
    limit: ids.size,
  }
}

/** What follows in the order, which the indexes have too. */
const ORDER = ['time', 'dataset', 'deletedAt'] as const

/** Whatever has an observedAt or deletedAt has it as its time. */
function orderedBy(property: TimeProperty | undefined): Selection['by'] {
  return property === 'createdAt' || property === 'modifiedAt' ? property : 'time'
}

function windowFilter({ property, from, to }: Partial<TimeWindow>): Filter<KeptPlace> {
  const by = orderedBy(property)
  const bounds = { ...(from !== undefined && { $gte: from }), ...(to !== undefined && { $lt: to }) }
  return {
    ...(Object.keys(bounds).length > 0 && { [`instance.${by}`]: bounds }),
    ...(by === 'time' && property && { [`instance.${property}`]: { $exists: true } }),
  }
}

/** Selects what a clearing that is not drained leaves of what is. */
export function notCleared({
  attributes,
  datasetIds,
  window,
  version,
}: Undrained['cleared'][number]): Filter<KeptPlace> {
  return {
    $or: [
      { version: { $gte: version } },
      ...(attributes ? [{ 'instance.attribute': { $nin: [...attributes] } }] : []),
      ...(datasetIds ? [{ 'instance.dataset': { $nin: [...datasetIds] } }] : []),
      ...(window ? outsideFilters(window) : []),
    ],
  }
}

function outsideFilters({ property, from, to }: Partial<TimeWindow>): readonly Filter<KeptPlace>[] {
  const by = `instance.${orderedBy(property)}`
  return [
    ...(from === undefined ? [] : [{ [by]: { $lt: from } }]),
    ...(to === undefined ? [] : [{ [by]: { $gte: to } }]),
    ...(by === 'instance.time' && property ? [{ [`instance.${property}`]: { $exists: false } }] : []),
  ]
}

function compare(left: KeptInstance, right: KeptInstance, by: Selection['by']): number {
  return (
    left[by] - right[by] ||
    left.time - right.time ||
    compareText(left.dataset, right.dataset) ||
    (left.deletedAt ?? 0) - (right.deletedAt ?? 0)
  )
}
