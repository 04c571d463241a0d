import type { LogRecord } from '../core/model/change.ts'
import type { Entity } from '../core/model/entity.ts'
import { differences } from './match/see-change.ts'

/** What is known of an entity that changed since the last notification. */
export interface GatheredChange {
  readonly first: LogRecord
  readonly last: LogRecord
}

/** Changes that wait for the end of a throttling period: of each entity the first and the last. */
export class GatheredChanges {
  readonly #byEntity = new Map<string, GatheredChange>()

  get size(): number {
    return this.#byEntity.size
  }

  has(entityId: string): boolean {
    return this.#byEntity.has(entityId)
  }

  add(record: LogRecord): void {
    const first = this.#byEntity.get(record.id)?.first ?? record
    this.#byEntity.set(record.id, { first, last: record })
  }

  /** Answers what was gathered and can be told together with the first of it, and forgets that. */
  take(groupOf: (change: GatheredChange) => string = () => ''): readonly GatheredChange[] {
    const [first] = this.#byEntity.values()
    const group = first && groupOf(first)
    const taken = [...this.#byEntity.values()].filter((change) => groupOf(change) === group)
    for (const { last } of taken) this.#byEntity.delete(last.id)
    return taken
  }
}

/**
 * Makes one record of what was gathered of an entity: from what was there before the first change to what is there now.
 * undefined: it came and went in between.
 */
export function gatheredRecord(
  { first, last }: GatheredChange,
  now: Entity | undefined,
): LogRecord | undefined {
  const before = first.action === 'created' ? undefined : (first.before as Entity | undefined) // records of entities hold entities
  if (!before && !now) return undefined
  const { sequence, collection, id, at, origin } = last
  return {
    ...{ sequence, collection, id, at, origin },
    action: before ? (now ? 'updated' : 'deleted') : 'created',
    ...(before && { before }),
    ...(now && { after: now }),
    attributes: differences(before, now),
  }
}
