import type { Iri } from '../model/iri.ts'
import type { CrowdTelling } from '../view/crowd.ts'
import type { Aggregated, AggregatedAttributes, PeriodValue } from './aggregate.ts'
import type { AggregationMethod } from './aggregation.ts'
import type { Period } from './periods.ts'

/** So exact is an average: digits behind them could be those of one value alone. */
const DIGITS = 4

/** What an entity comes to in a period, by its place in the crowd. */
interface Member {
  readonly place: string
  readonly value: number
}

interface Cell {
  readonly period: Period
  readonly members: Member[]
}

/** What is averaged of whom. */
export interface CellOf {
  readonly group: string
  readonly attribute: Iri
}

/**
 * Averages of groups of a crowd, period by period: each entity counts once, by what it comes to itself. Told is not the average
 * of all, but that of as many as a count of them tells, those who come first: nothing of few, and whether somebody is among
 * them nobody knows. One more entity changes that by another one's leaving, or by as many as nothing is told of fewer.
 */
export class CrowdAverages {
  readonly #crowd: CrowdTelling
  readonly #groups = new Map<string, Map<Iri, Map<number, Cell>>>()

  constructor(crowd: CrowdTelling) {
    this.#crowd = crowd
  }

  /** Adds what one entity comes to, once for each period; it is held, since it has to be known who is in a group. */
  add({ group, attribute }: CellOf, period: Period, member: Member): void {
    const attributes = entryOf(this.#groups, group, () => new Map<Iri, Map<number, Cell>>())
    const cells = entryOf(attributes, attribute, () => new Map<number, Cell>())
    entryOf(cells, period.from, () => ({ period, members: [] })).members.push(member)
  }

  /** Answers what is told, by group; of groups of which nothing is, nothing. */
  told(methods: readonly AggregationMethod[]): ReadonlyMap<string, AggregatedAttributes> {
    const told = new Map<string, AggregatedAttributes>()
    for (const group of [...this.#groups.keys()].sort()) {
      const attributes = [...(this.#groups.get(group) ?? [])]
      const shown = attributes.map(([name, cells]) => [name, this.#series(cells, methods)] as const)
      const left = shown.filter(([, series]) => series.length > 0)
      if (left.length > 0) told.set(group, Object.fromEntries(left))
    }
    return told
  }

  #series(cells: ReadonlyMap<number, Cell>, methods: readonly AggregationMethod[]): readonly Aggregated[] {
    const inTime = [...cells.values()].sort((one, other) => one.period.from - other.period.from)
    const drawn = inTime.map(({ period, members }) => ({ period, values: this.#draw(members) }))
    const told = drawn.filter(({ values }) => values.length > 0)
    if (told.length === 0) return []
    const results = methods.map(
      (method) => [method, told.map((cell): PeriodValue => resultOf(method, cell))] as const,
    )
    return [{ type: 'Property', methods: new Map(results) }]
  }

  #draw(members: readonly Member[]): readonly number[] {
    const inOrder = [...members].sort((one, other) => (one.place < other.place ? -1 : 1))
    const told = this.#crowd.told({ count: members.length, first: inOrder[0]?.place }, '')
    return inOrder.slice(0, told).map(({ value }) => value)
  }
}

function resultOf(
  method: AggregationMethod,
  { period, values }: { readonly period: Period; readonly values: readonly number[] },
): PeriodValue {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { ...period, value: method === 'totalCount' ? values.length : Number(mean.toPrecision(DIGITS)) }
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
