import { Problem } from '../../core/model/problem.ts'
import type { TemporalAttributes, TemporalEntity, TemporalInstance } from '../../core/model/temporal.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { projectedAttributes } from '../../core/view/render.ts'
import type { View } from '../../core/view/view.ts'
import type { EvolutionHead, EvolutionStore, InstanceQuery } from '../../store/port/evolution.ts'
import { toldInstance } from '../../store/port/history-instances.ts'
import type { HistoryInstance } from '../../store/port/store.ts'
import { seeEvolution } from './see-evolution.ts'

/** What to read of an evolution; without `atLeast` all of it, without order the oldest first. */
export interface Reading extends Pick<InstanceQuery, 'attributes' | 'window'> {
  readonly order?: InstanceQuery['order']
  /** So many of each attribute that the caller sees are enough. */
  readonly atLeast?: number
  /** Only these instances count for that (4.5.5). */
  readonly datasetIds?: readonly string[]
}

/** Reads instances as one caller sees them, so many for a request at most. */
export interface InstanceReader {
  /** Answers what the caller sees of these instances. @throws Problem TooComplexQuery when there are too many to look at */
  read(head: EvolutionHead, reading: Reading): Promise<TemporalEntity>
  /** Counts what was looked at. @throws Problem TooComplexQuery */
  spend(rows: number): void
}

const GROWTH = 4

/** Makes the reader of one request. */
export function instanceReader(
  store: EvolutionStore,
  { tenant, view }: { readonly tenant: Tenant; readonly view: View },
  most: number,
): InstanceReader {
  let left = most
  return { read, spend }

  /** What the caller does not see does not count, so that it may take a second look to have enough. */
  async function read(
    head: EvolutionHead,
    { atLeast, datasetIds, ...reading }: Reading,
  ): Promise<TemporalEntity> {
    for (let size = atLeast ?? left + 1; ; size *= GROWTH) {
      const rows = await store.instances(tenant, head.id, { order: 'oldest', ...reading, perAttribute: size })
      spend(rows.length)
      const stored = byAttribute(rows)
      const seen = seeEvolution(head, stored, view)
      const counted = projectedAttributes(seen.attributes, datasetIds ? { datasetIds } : {})
      const enough = (name: string) => atLeast === undefined || (counted[name]?.length ?? 0) >= atLeast
      const more = Object.keys(stored).filter(
        (name) => stored[name]?.length === size && !isHidden(head, name),
      )
      if (more.every(enough)) return seen
    }
  }

  function isHidden({ types }: EvolutionHead, name: string): boolean {
    return view.treatment(types, name) === 'absent'
  }

  function spend(rows: number): void {
    left -= rows
    if (left >= 0) return
    throw new Problem(
      'TooComplexQuery',
      `Query looks at more than ${most} instances: ask for a shorter time, or for fewer entities or attributes`,
      { members: { limit: 'rows', maximum: most } },
    )
  }
}

/** Answers instances as the store has them, by attribute. */
export function byAttribute(rows: readonly HistoryInstance[]): TemporalAttributes {
  const attributes: Record<string, TemporalInstance[]> = {}
  for (const row of rows) {
    const instance = instanceOf(row)
    const known = attributes[row.attribute]
    if (known) known.push(instance)
    else attributes[row.attribute] = [instance]
  }
  return attributes
}

function instanceOf(row: HistoryInstance): TemporalInstance {
  const { instanceId, deletedAt } = row
  return { instanceId, ...toldInstance(row), ...(deletedAt !== undefined && { deletedAt }) }
}
