import { idBeside } from '../../port/history-instances.ts'
import type { PastSelection } from '../../port/past-selection.ts'
import { historyChange, parseRecord } from '../log/change-record.ts'
import type { KeptInstance, KeptPlace, TenantCollections } from '../mongo-documents.ts'
import { isSelected } from './is-selected.ts'

/** What has happened to the history of an entity and is not drained yet. */
export interface Undrained {
  /** By place: what becomes of it. */
  readonly places: ReadonlyMap<string, KeptPlace>
  /** Of what is drained, instances of earlier versions are gone. */
  readonly cleared: readonly (PastSelection & { readonly version: number })[]
}

/** A place with an instance in it. */
export type Present = KeptPlace & { readonly instance: KeptInstance }

/** Answers what change records do to history, with the names that the places have already. */
export async function readUndrained(
  { history }: TenantCollections,
  changes: readonly string[],
): Promise<Undrained> {
  const { places, cleared } = overlay(changes)
  const unnamed = [...places.values()].filter(({ name }) => name === undefined)
  if (unnamed.length === 0) return { places, cleared }
  const named = await history
    .find({ _id: { $in: unnamed.map(({ _id }) => _id) }, name: { $exists: true } })
    .project<Pick<KeptPlace, '_id' | 'name'>>({ name: 1 })
    .toArray()
  for (const { _id, name } of named) {
    const place = places.get(_id)
    if (place && name !== undefined) places.set(_id, { ...place, name })
  }
  return { places, cleared }
}

/** Answers the instanceId of what is in a place, beside others that took theirs along. */
export function nameOf(
  { _id, name = _id }: Pick<KeptPlace, '_id' | 'name'>,
  carried: ReadonlySet<string>,
): string {
  return name === _id ? idBeside(_id, carried) : name
}

/** Tells whether there is an instance in a place. */
export function isPresent(place: KeptPlace): place is Present {
  return place.instance !== undefined
}

/** Answers what change records do to history; a place has a name where they tell it. */
export function overlay(changes: readonly string[]) {
  const places = new Map<string, KeptPlace>()
  const cleared: Undrained['cleared'][number][] = []
  const records = changes.map(parseRecord).sort((left, right) => left.version - right.version)
  for (const record of records) {
    const { version } = record
    const change = historyChange(record)
    if (change.cleared) {
      const clearing = { ...change.cleared, version }
      cleared.push(clearing)
      for (const place of places.values())
        if (isCleared(clearing, place)) places.set(place._id, { _id: place._id, version })
    }
    for (const place of change.places) {
      const name = place.name ?? nameBefore(place, places, cleared)
      places.set(place._id, { ...place, version, ...(name !== undefined && { name }) })
    }
  }
  return { places, cleared }
}

/** Answers the name that a place has already; undefined: what is drained tells. */
function nameBefore(
  place: Pick<KeptPlace, '_id' | 'instance'>,
  places: ReadonlyMap<string, KeptPlace>,
  cleared: Undrained['cleared'],
): string | undefined {
  const before = places.get(place._id)
  if (before?.instance) return before.name
  return before || cleared.some((clearing) => isCleared(clearing, place)) ? place._id : undefined
}

function isCleared(cleared: PastSelection, { instance }: Pick<KeptPlace, 'instance'>): boolean {
  return instance !== undefined && isSelected(instance, cleared)
}
