import { wholeChange } from '../../core/merge/settle.ts'
import type { Entity } from '../../core/model/entity.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { combineCopies } from '../../federation/combine/combine-copies.ts'
import { canonicalEntity } from '../../store/port/canonical.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { EntityUnit, StoredEntity } from '../../store/port/store.ts'
import type { SnapshotStore } from './keep-snapshot.ts'

/** What is to be copied where. */
export interface Copying {
  readonly content: Tenant
  readonly entities: () => AsyncIterable<Entity>
  readonly stopping: AbortSignal
  /** So many entities still fit in. */
  readonly room: number
}

const TOGETHER = 200
const ORIGIN = { by: 'snapshot' }

/**
 * Copies entities into a hidden tenant as they are, times included; what another query left of an entity is added to.
 * Answers how many there were. Fails as a whole: what was copied until then is taken away. @throws Problem
 */
export async function copyEntities(
  dependencies: SnapshotStore,
  { content, entities, stopping, room }: Copying,
): Promise<number> {
  const created: string[] = []
  let count = 0
  let batch: Entity[] = []
  try {
    for await (const entity of entities()) {
      if (++count > room) throw new Problem('TooManyResults', 'Snapshot has no room for that many entities')
      batch.push(entity)
      if (batch.length === TOGETHER) await keepBatch()
    }
    await keepBatch()
    return count
  } catch (error) {
    await takeAway(dependencies, content, created)
    throw error
  }

  async function keepBatch(): Promise<void> {
    if (stopping.aborted) throw new Problem('ServiceUnavailable', 'Hub stops')
    const before = new Map(
      (await dependencies.store.readMany(content, batch.map(idOf))).map((row) => [row.id, row]),
    )
    const now = dependencies.clock()
    const units = batch.flatMap((entity) => copyUnit(entity, before.get(entity.id), now))
    await commit(dependencies, content, units)
    created.push(...units.filter(({ expectedVersion }) => expectedVersion === 0).map(idOf))
    batch = []
  }
}

function copyUnit(entity: Entity, before: StoredEntity | undefined, at: Micros): readonly EntityUnit[] {
  const unit = { collection: 'entity', id: entity.id, origin: ORIGIN } as const
  if (!before) {
    const change = wholeChange('created', entity, at)
    return [{ ...unit, expectedVersion: 0, next: entity, change }]
  }
  const known = parseEntity(before.text)
  const next = combineCopies(
    [known, entity].map((copy, source) => ({ source: String(source), entity: copy })),
  )
  if (canonicalEntity(next) === before.text) return []
  const added = Object.entries(next.attributes).filter(([name]) => !Object.hasOwn(known.attributes, name))
  const { attributes } = wholeChange('created', { attributes: Object.fromEntries(added) }, at)
  const change = { action: 'updated', at, attributes, members: true } as const
  return [{ ...unit, expectedVersion: before.version, before: known, next, change }]
}

async function takeAway(dependencies: SnapshotStore, content: Tenant, ids: readonly string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += TOGETHER) {
    const rows = await dependencies.store.readMany(content, ids.slice(at, at + TOGETHER))
    const units = rows.map(({ id, version, text }): EntityUnit => {
      const before = parseEntity(text)
      const change = wholeChange('deleted', before, dependencies.clock())
      return { collection: 'entity', id, expectedVersion: version, before, change, origin: ORIGIN }
    })
    await commit(dependencies, content, units)
  }
}

/** Nobody else writes into a snapshot before it is ready. */
async function commit(
  { store }: SnapshotStore,
  content: Tenant,
  units: readonly EntityUnit[],
): Promise<void> {
  const results = units.length === 0 ? [] : await store.commit(content, units)
  if (results.some(({ outcome }) => outcome !== 'kept')) {
    throw new Problem('Conflict', 'Somebody else writes into the snapshot while it is being prepared')
  }
}

function idOf({ id }: { readonly id: string }): string {
  return id
}
