import { type TemporalEntity, type TemporalInstance, type TimeWindow, timeOf } from '../model/temporal.ts'
import type { Micros } from '../model/time.ts'
import { withAttributes } from './keep-instances.ts'

/** How much of evolutions an answer holds. */
export interface CutRequest {
  /** Absent: all of time. */
  readonly window?: TimeWindow | undefined
  /** When it is asked for, the answer is cut on its way back in time. */
  readonly lastN?: number | undefined
  /** So many instances of an attribute an answer holds at most. Where one has more, one more of it has to be at hand. */
  readonly perAttribute: number
}

/** What is left of evolutions, and the range of time that it is of, when it is not all that was asked for. */
export interface CutEvolutions {
  readonly entities: readonly TemporalEntity[]
  readonly range?: TimeRange
}

/** The Content-Range of a part (CIM 009 v1.9.1, 6.3.10): from `start`, the later one where lastN is asked for. */
export interface TimeRange {
  readonly start: Micros
  readonly end: Micros
  readonly size: number | '*'
}

/**
 * Cuts evolutions, of which each attribute has no more than asked for with lastN, at one instant for all of them (CIM 009
 * v1.9.1, 6.3.10), so that whoever goes on from there misses nothing. An attribute of which nothing is left stays, without
 * instances. A part that goes forwards is followed by one that begins with its end, a part backwards by one before its end.
 */
export function cutEvolutions(
  entities: readonly TemporalEntity[],
  { window, lastN, perAttribute }: CutRequest,
): CutEvolutions {
  const backwards = lastN !== undefined
  const timeline = new Timeline(window, backwards)
  const ends = entities.flatMap(({ attributes }) =>
    Object.values(attributes).flatMap((instances) => timeline.endOf(instances, perAttribute) ?? []),
  )
  if (ends.length === 0) return { entities }
  const end = timeline.nearest(ends)
  const cut = entities.map((entity) => timeline.cut(entity, end))
  return { entities: cut, range: { ...timeline.range(cut), size: lastN ?? '*' } }
}

/** Time in the direction of paging. Scopes from before the window belong to its beginning and are never cut. */
class Timeline {
  readonly #window: TimeWindow | undefined
  readonly #backwards: boolean

  constructor(window: TimeWindow | undefined, backwards: boolean) {
    this.#window = window
    this.#backwards = backwards
  }

  /**
   * Where an attribute with too many instances has to be cut: behind its last complete instant. Forwards it is never the
   * first one, with which the next part begins. undefined: it has not too many.
   */
  endOf(instances: readonly TemporalInstance[], most: number): Micros | undefined {
    if (instances.length <= most) return undefined
    const times = this.#times(instances)
    const [first] = times
    const beyond = times[most]
    if (beyond === undefined) return undefined
    const complete = times.slice(0, most).findLast((at) => at !== beyond) ?? beyond
    if (this.#backwards || complete !== first) return complete
    return times.find((at) => at !== first) ?? first
  }

  nearest(ends: readonly Micros[]): Micros {
    return ends.reduce((near, at) => (this.#isBefore(at, near) ? at : near))
  }

  cut(entity: TemporalEntity, end: Micros): TemporalEntity {
    const attributes = Object.entries(entity.attributes).map(
      ([name, instances]) => [name, instances.filter((instance) => this.#isKept(instance, end))] as const,
    )
    return withAttributes(entity, Object.fromEntries(attributes))
  }

  range(cut: readonly TemporalEntity[]): { readonly start: Micros; readonly end: Micros } {
    const all = cut.flatMap(({ attributes }) => Object.values(attributes).flat())
    const times = this.#times(all)
    const first = this.#backwards ? this.#window?.to : this.#window?.from
    const start = first ?? times[0] ?? 0
    return { start, end: times.at(-1) ?? start }
  }

  /** In the direction of paging. */
  #times(instances: readonly TemporalInstance[]): readonly Micros[] {
    const times = instances.flatMap((instance) => {
      const at = this.#timeOf(instance)
      return at === undefined || this.#isEarlier(at) ? [] : [at]
    })
    return times.sort((left, right) => (this.#backwards ? right - left : left - right))
  }

  #isKept(instance: TemporalInstance, end: Micros): boolean {
    const at = this.#timeOf(instance)
    return at !== undefined && (this.#isEarlier(at) || !this.#isBefore(end, at))
  }

  #isBefore(one: Micros, other: Micros): boolean {
    return this.#backwards ? one > other : one < other
  }

  #isEarlier(at: Micros): boolean {
    return this.#window?.from !== undefined && at < this.#window.from
  }

  #timeOf(instance: TemporalInstance): Micros | undefined {
    return timeOf(instance, this.#window?.property)
  }
}
