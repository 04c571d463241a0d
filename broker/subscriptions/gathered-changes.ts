import type { LogRecord } from '../core/model/change.ts'
import type { Entity } from '../core/model/entity.ts'
import { differences } from './match/see-change.ts'

/** What is known of an entity that changed since the last notification. */
export interface GatheredChange {
  readonly first: LogRecord
  readonly last: LogRecord
  /** The last one that notifies by itself; absent: that is `last`. */
  readonly due?: LogRecord
}

interface Sized extends GatheredChange {
  /** Characters of what was before the first change, and of what is after the last. */
  readonly before: number
  readonly after: number
}

/** Changes that wait for the end of a throttling period: of each entity the first and the last. */
export class GatheredChanges {
  readonly #byEntity = new Map<string, Sized>()
  #length = 0

  get size(): number {
    return this.#byEntity.size
  }

  /** Characters of all that is held. */
  get length(): number {
    return this.#length
  }

  has(entityId: string): boolean {
    return this.#byEntity.has(entityId)
  }

  /** Takes a change in; of an entity of which there is something to tell also one that does not notify by itself. */
  add(record: LogRecord, isDue = true): void {
    const known = this.#byEntity.get(record.id)
    const { first, before } = known ?? { first: record, before: lengthOf(record.before) }
    const due = isDue ? record : (known?.due ?? known?.last ?? record)
    const change = { first, last: record, due, before, after: lengthOf(record.after) }
    this.#length += change.before + change.after - (known ? known.before + known.after : 0)
    this.#byEntity.set(record.id, change)
  }

  /** Answers what was gathered and can be told together with the first of it, as far as there is room, and forgets that. */
  take(
    groupOf: (change: GatheredChange) => string = () => '',
    mostLength = Number.POSITIVE_INFINITY,
  ): readonly GatheredChange[] {
    const [first] = this.#byEntity.values()
    const group = first && groupOf(first)
    const taken: GatheredChange[] = []
    let left = mostLength
    for (const change of this.#byEntity.values()) {
      if (groupOf(change) !== group) continue
      left -= change.before + change.after
      if (left < 0 && taken.length > 0) break
      taken.push(change)
    }
    for (const { last } of taken) this.#forget(last.id)
    return taken
  }

  #forget(id: string): void {
    const change = this.#byEntity.get(id)
    if (!change) return
    this.#length -= change.before + change.after
    this.#byEntity.delete(id)
  }
}

function lengthOf(state: object | undefined): number {
  return state ? JSON.stringify(state).length : 0
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
