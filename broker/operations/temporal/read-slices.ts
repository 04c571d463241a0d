import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Iri } from '../../core/model/iri.ts'
import {
  SCOPE,
  type TemporalAttributes,
  type TemporalEntity,
  type TemporalInstance,
  type TimeWindow,
  timeOf,
} from '../../core/model/temporal.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { keepInstances } from '../../core/temporal/keep-instances.ts'
import type { View } from '../../core/view/view.ts'
import type { EvolutionHead, EvolutionStore, InstanceQuery, PlaceWindow } from '../../store/port/evolution.ts'
import type { HistoryInstance } from '../../store/port/store.ts'
import { byAttribute } from './instance-reader.ts'
import { seeEvolution } from './see-evolution.ts'

/** Where slices come from, and who sees them. */
export interface Slicing {
  readonly store: EvolutionStore
  readonly of: { readonly tenant: Tenant; readonly view: View }
}

/** What to read of an evolution. */
export interface SliceQuery extends Pick<InstanceQuery, 'attributes' | 'order'> {
  readonly window?: TimeWindow | undefined
  /** Tells that no more is wanted of an attribute. */
  readonly isEnough?: (attribute: Iri) => boolean
}

/** So many instances of each attribute at first, and of one at most. */
const FIRST = 20
const MOST = 1000
/** Characters that a slice has, about, unless a single instance has more: provided again, a body may have a megabyte. */
const LENGTH = 250_000
/** Characters of an instance that nobody has written yet. */
const PLAIN = 100
/** So many for a caller who may not see all: where a slice ends must not tell how long is what it does not see. */
const UNSEEN = 200
const GROWTH = 4

/**
 * Reads an evolution as the caller sees it, however long it is, one slice after the other as they are asked for: attribute
 * by attribute, scopes last, each by observedAt, else modifiedAt (of a deletion: deletedAt). Short ones share a slice.
 */
export async function* readSlices(
  slicing: Slicing,
  head: EvolutionHead,
  query: SliceQuery,
): AsyncGenerator<TemporalEntity> {
  const series = new SeriesReader(slicing, head, query)
  const { isEnough = () => false } = query
  let gathered: Record<Iri, readonly TemporalInstance[]> = {}
  let length = 0
  for (const [name, begun] of await series.begin()) {
    if (!isEmpty(gathered) && (name === SCOPE || length + begun.length > LENGTH)) {
      yield series.see(gathered)
      gathered = {}
      length = 0
    }
    let slice = begun
    gathered[name] = slice.instances
    length += slice.length
    while (slice.next) {
      yield series.see(gathered)
      gathered = {}
      length = 0
      if (isEnough(name)) break
      slice = await series.goOn(name, slice.next)
      gathered[name] = slice.instances
      length = slice.length
    }
  }
  if (!isEmpty(gathered)) yield series.see(gathered)
}

function isEmpty(attributes: TemporalAttributes): boolean {
  return Object.keys(attributes).length === 0
}

/** Where a series goes on, and with how many instances. */
interface Place {
  readonly from: Micros
  readonly size: number
}

interface Slice {
  readonly instances: readonly TemporalInstance[]
  readonly length: number
  readonly next?: Place
}

/** Reads the attributes of one evolution. */
class SeriesReader {
  readonly #slicing: Slicing
  readonly #head: EvolutionHead
  readonly #query: SliceQuery
  readonly #window: PlaceWindow
  /** By what instances are not ordered the store is not asked: nothing but the length of the whole would bound a slice. */
  readonly #filter: TimeWindow | undefined

  constructor(slicing: Slicing, head: EvolutionHead, query: SliceQuery) {
    this.#slicing = slicing
    this.#head = head
    this.#query = query
    const { window } = query
    this.#filter = window?.property === 'createdAt' || window?.property === 'modifiedAt' ? window : undefined
    this.#window = this.#filter ? {} : (window ?? {})
  }

  /** Answers how each attribute begins that the caller may know of. */
  async begin(): Promise<readonly (readonly [Iri, Slice])[]> {
    const { view } = this.#slicing.of
    const { attributes } = this.#query
    const rows = await this.#read(this.#window, FIRST, attributes)
    const series = new Map<Iri, HistoryInstance[]>()
    for (const row of rows) series.set(row.attribute, [...(series.get(row.attribute) ?? []), row])
    return [...series]
      .filter(([name]) => view.treatment(this.#head.types, name) !== 'absent')
      .sort(([left], [right]) => Number(left === SCOPE) - Number(right === SCOPE))
      .map(([name, some]) => [name, this.#slice(name, some, FIRST)])
  }

  /** Answers what follows of an attribute. */
  async goOn(name: Iri, { from, size }: Place): Promise<Slice> {
    const bound = this.#query.order === 'oldest' ? { from } : { to: from + 1 }
    const rows = await this.#read({ ...this.#window, ...bound }, size, [name])
    return this.#slice(name, rows, size)
  }

  /** Answers what the caller sees of instances, of those that are of the time that is meant. */
  see(attributes: TemporalAttributes): TemporalEntity {
    const { property, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = this.#filter ?? {}
    const inTime = (instance: TemporalInstance): boolean => {
      const at = timeOf(instance, property)
      return at !== undefined && at >= from && at < to
    }
    const kept = this.#filter ? keepInstances({ ...this.#head, attributes }, inTime).attributes : attributes
    return seeEvolution(this.#head, kept, this.#slicing.of.view)
  }

  async #read(
    window: PlaceWindow,
    size: number,
    attributes: readonly Iri[] | undefined,
  ): Promise<readonly HistoryInstance[]> {
    await nextTurn() // others want to be served too
    const { store, of } = this.#slicing
    const { order } = this.#query
    const query = { ...(attributes && { attributes }), window, order, perAttribute: size + 1 }
    return store.instances(of.tenant, this.#head.id, query)
  }

  /** Leaves out the instant with the instance beyond the size, which may not be all there is of it: there it goes on. */
  #slice(name: Iri, rows: readonly HistoryInstance[], size: number): Slice {
    const instances = byAttribute(rows)[name] ?? []
    const length = this.#slicing.of.view.unrestricted ? lengthOf(rows) : (rows.length * LENGTH) / UNSEEN
    const beyond = instances[size]
    const from = beyond && timeOf(beyond, undefined)
    if (from === undefined) return { instances, length }
    const kept = instances.filter((instance) => timeOf(instance, undefined) !== from)
    const following = Math.min(MOST, Math.max(1, Math.floor((LENGTH * rows.length) / Math.max(length, 1))))
    return { instances: kept, length, next: { from, size: kept.length > 0 ? following : size * GROWTH } }
  }
}

function lengthOf(rows: readonly HistoryInstance[]): number {
  return rows.reduce((sum, row) => sum + (row.instance ? PLAIN : (row.text?.length ?? 0)), 0)
}
