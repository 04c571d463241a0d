import type { IndexRows } from './index-delta.ts'
import type { SqlValue } from './statements.ts'
import type { EntityWrite, UnitWrite } from './unit-write.ts'

/**
 * A unit on its way to the writer thread. An entity goes as one flat list, since the names of members and nested
 * objects make handing over several times as expensive as what they hold.
 */
export type PackedUnit = Exclude<UnitWrite, EntityWrite> | readonly SqlValue[]

/** Packs a unit for the writer thread. */
export function packUnit(unit: UnitWrite): PackedUnit {
  if (!isEntity(unit)) return unit
  const { removed, added, boxes } = unit.index
  const packed: SqlValue[] = [
    unit.id,
    unit.expectedVersion,
    unit.action,
    unit.asOne ? 1 : 0,
    unit.at,
    unit.by,
    unit.request,
    unit.text ?? null,
    unit.changes ?? null,
    unit.expires,
    unit.shape.before ?? null,
    unit.shape.after ?? null,
  ]
  addRows(packed, removed)
  addRows(packed, added)
  addList(packed, unit.history)
  if (boxes) addList(packed, boxes)
  return packed
}

function addRows(packed: SqlValue[], { types, scopes, scalars, presences }: IndexRows): void {
  addList(packed, types)
  addList(packed, scopes)
  addList(packed, scalars)
  addList(packed, presences)
}

function addList(packed: SqlValue[], list: readonly SqlValue[]): void {
  packed.push(list.length)
  for (const value of list) packed.push(value)
}

/** Unpacks a unit that `packUnit` packed. */
export function unpackUnit(packed: PackedUnit): UnitWrite {
  if (!isPacked(packed)) return packed
  let at = 0
  // packUnit wrote what stands where
  const next = <T extends SqlValue>(): T => packed[at++] as T
  const list = () => {
    const length = next<number>()
    at += length
    return packed.slice(at - length, at)
  }
  const texts = () => list().map(String)
  const rows = () => ({ types: texts(), scopes: texts(), scalars: list(), presences: list() })
  const head = {
    collection: 'entity',
    id: next<string>(),
    expectedVersion: next<number | 'previous'>(),
    action: next<EntityWrite['action']>(),
    asOne: next<number>() === 1,
    at: next<number>(),
    by: next<string>(),
    request: next<string | null>(),
    text: next<string | null>() ?? undefined,
    changes: next<string | null>() ?? undefined,
    expires: next<number | null>(),
    shape: { before: next<string | null>() ?? undefined, after: next<string | null>() ?? undefined },
  } as const
  const index = { removed: rows(), added: rows() }
  const history = list()
  return { history, index: at < packed.length ? { boxes: list(), ...index } : index, ...head }
}

function isEntity(unit: UnitWrite): unit is EntityWrite {
  return unit.collection === 'entity'
}

function isPacked(packed: PackedUnit): packed is readonly SqlValue[] {
  return Array.isArray(packed)
}
