import type { EntityUnit, Unit, UnitResult } from '../../port/store.ts'
import { allInTurn } from '../in-turn.ts'
import type { TenantCollections } from '../mongo-documents.ts'
import { duplicatesOf, isOfServer } from '../mongo-errors.ts'
import { isCreation, nextEntity } from './commit-unit.ts'
import type { UnitsHelp } from './commit-units.ts'
import { firstOf } from './write-kept.ts'

/** A unit and its place in its commit. */
export interface PlacedUnit<U extends Unit = Unit> {
  readonly at: number
  readonly unit: U
}

/**
 * Inserts what several units of different things create, by one write for all. Answers what became of them by their places;
 * what is not among those has to be committed by itself: something is there, or it is no creation, or the only one.
 */
export async function insertCreated(
  collections: TenantCollections,
  units: readonly PlacedUnit[],
  help: Pick<UnitsHelp, 'first' | 'unitsInTurn' | 'inTurn' | 'told'>,
): Promise<ReadonlyMap<number, UnitResult>> {
  const created = units.filter(creates)
  if (created.length < 2) return new Map()
  const ids = created.map(({ unit }) => unit.id)
  try {
    const taken = await allInTurn(help.unitsInTurn, ids, () =>
      allInTurn(help.inTurn, ids, () => insertAll(collections, created, help.first)),
    )
    const kept = created.filter((_, place) => !taken.has(place))
    return new Map(
      kept.map(({ at, unit }) => {
        const result: UnitResult = { outcome: 'kept', version: help.first + at }
        help.told(unit, result)
        return [at, result]
      }),
    )
  } catch (error) {
    if (isOfServer(error)) for (const { unit } of created) help.told(unit)
    throw error
  }
}

function creates(placed: PlacedUnit): placed is PlacedUnit<EntityUnit> {
  return placed.unit.collection === 'entity' && isCreation(placed.unit)
}

/** Answers the places of those of which something is there. */
async function insertAll(
  { entities }: TenantCollections,
  created: readonly PlacedUnit<EntityUnit>[],
  first: number,
): Promise<ReadonlySet<number>> {
  const documents = created.map(({ at, unit }) =>
    firstOf(unit.id, nextEntity(unit, { version: first + at, found: null })),
  )
  return entities.insertMany(documents, { ordered: false }).then(() => new Set<number>(), duplicatesOf)
}
