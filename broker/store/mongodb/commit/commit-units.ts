import type { Unit, UnitResult } from '../../port/store.ts'
import type { TakeTurn } from '../in-turn.ts'
import type { TenantCollections } from '../mongo-documents.ts'
import { isOfServer } from '../mongo-errors.ts'
import { type CommitHelp, commitUnit, keyOf, type VersionedUnit, versioned } from './commit-unit.ts'
import { insertCreated, type PlacedUnit } from './insert-created.ts'

/** What a commit of several units needs besides. */
export interface UnitsHelp extends CommitHelp {
  /** Version of the first unit; those that follow have the next ones. */
  readonly first: number
  /** Lets units of one thing wait for each other, also those of other commits. */
  readonly unitsInTurn: TakeTurn
  /** Told what became of each unit, before anybody else is; without a result: its write got no answer. */
  readonly told: (unit: Unit, result?: UnitResult) => void
}

const AT_ONCE = 16
const MISSED: UnitResult = { outcome: 'conflict', version: 0 }

/** Commits units: those of one thing one after the other, those of different things at once. */
export async function commitUnits(
  collections: TenantCollections,
  units: readonly Unit[],
  help: UnitsHelp,
): Promise<readonly UnitResult[]> {
  const waiting = [...placesByKey(units)]
  const results: UnitResult[] = []
  for (const [at, result] of await insertCreated(collections, firstOfEach(units, waiting), help))
    results[at] = result
  const commitOne = async (places: readonly number[]) => {
    let left: number | undefined
    for (const at of places) {
      const unit = versioned(units[at], left)
      const result =
        results[at] ?? (unit ? await commitTold(collections, unit, help.first + at, help) : MISSED)
      if (unit?.collection !== 'evolution') left = leftBy(unit?.next !== undefined, result)
      results[at] = result
    }
  }
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [key, places] = next
      await help.unitsInTurn(key, () => commitOne(places))
    }
  }
  const works = Array.from({ length: Math.min(AT_ONCE, waiting.length) }, work)
  await Promise.allSettled(works) // whatever goes wrong, nothing is under way after that
  await Promise.all(works)
  return results
}

function firstOfEach(
  units: readonly Unit[],
  groups: readonly (readonly [string, readonly number[]])[],
): readonly PlacedUnit[] {
  return groups.flatMap(([, [at = 0]]) => {
    const unit = units[at]
    return unit ? [{ at, unit }] : []
  })
}

async function commitTold(
  collections: TenantCollections,
  unit: VersionedUnit,
  version: number,
  help: UnitsHelp,
): Promise<UnitResult> {
  try {
    const result = await commitUnit(collections, unit, version, help)
    help.told(unit, result)
    return result
  } catch (error) {
    if (isOfServer(error)) help.told(unit)
    throw error
  }
}

/** Answers the version that a unit left; undefined: it was not kept. */
function leftBy(isThere: boolean, { outcome, version }: UnitResult): number | undefined {
  if (outcome !== 'kept') return undefined
  return isThere ? version : 0
}

function placesByKey(units: readonly Unit[]): ReadonlyMap<string, readonly number[]> {
  const queues = new Map<string, number[]>()
  units.forEach((unit, at) => {
    const queue = queues.get(keyOf(unit))
    if (queue) queue.push(at)
    else queues.set(keyOf(unit), [at])
  })
  return queues
}
