import { FALSE, join, type Sql, sql, TRUE } from './sql.ts'

/** One index range that entity keys can be taken from. */
export interface Arm {
  /** What to select from, as `x`. */
  readonly from: Sql
  /** The index range. */
  readonly where: Sql
  /** Where the key of the entity is. */
  readonly key: Sql
  /** Further tests on a key from there. */
  readonly filters: readonly Sql[]
  /** Keys come in order, each once. */
  readonly ordered: boolean
}

/** Where to take candidates from; together the arms hold every entity that may match. */
export interface Drive {
  readonly arms: readonly Arm[]
}

/** A condition on entities in SQL. */
export interface Node {
  /** Tests the entity with this key, by look-ups that cost as much for many entities as for few. */
  readonly probe: (key: Sql) => Sql
  /** Ways to find the entities without looking at all; none: the condition does not narrow. */
  readonly drives: readonly Drive[]
  /** It holds for the entities that the query selects, and for no others. */
  readonly exact: boolean
}

/** Tells about how many entries a drive goes through, and no more than `cap`. */
export type Estimate = (drive: Drive, cap: number) => number

export const KEY_OF_INDEX = sql`x.entity`

/** Answers the condition that nothing is known about. */
export const ANYTHING: Node = { probe: () => TRUE, drives: [], exact: false }

/** Answers the condition that everything meets. */
export const EVERYTHING: Node = { probe: () => TRUE, drives: [], exact: true }

/** Answers the condition that no entity meets. */
export const NOTHING: Node = { probe: () => FALSE, drives: [{ arms: [] }], exact: true }

/** Joins conditions that must all hold: each may drive, the others then filter. */
export function allOf(nodes: readonly Node[]): Node {
  const tests = nodes.filter((node) => node !== ANYTHING && node !== EVERYTHING)
  return {
    probe: (key) => conjunction(tests.map(({ probe }) => probe(key))),
    drives: tests.flatMap((node) => {
      const others = tests.filter((other) => other !== node)
      return node.drives.map((drive) => filtered(drive, others))
    }),
    exact: nodes.every(({ exact }) => exact),
  }
}

/** Joins conditions of which one is enough: they drive together, when all can. */
export function anyOf(nodes: readonly Node[], estimate: Estimate): Node {
  const drives = nodes.map((node) => cheapest(node.drives, estimate))
  const together = drives.every((drive) => drive !== undefined)
    ? [{ arms: drives.flatMap(({ arms }) => arms) }]
    : []
  return {
    probe: (key) => sql`(${join([FALSE, ...nodes.map(({ probe }) => probe(key))], ' OR ')})`,
    drives: together.filter(({ arms }) => arms.length <= MAX_ARMS),
    exact: nodes.every(({ exact }) => exact),
  }
}

const MAX_ARMS = 100
const CAPS = [100, 1000, 10_000]

/** Answers the drive with the fewest entries; among many large ones, the first whose keys come in order. */
export function cheapest(drives: readonly Drive[], estimate: Estimate): Drive | undefined {
  if (drives.length < 2) return drives[0]
  for (const cap of CAPS) {
    const sizes = drives.map((drive) => estimate(drive, cap))
    const least = Math.min(...sizes)
    if (least < cap) return drives[sizes.indexOf(least)]
  }
  return drives.find(isOrdered) ?? drives[0]
}

/** Tells whether the keys of a drive come in order without sorting all of them. */
export function isOrdered({ arms }: Drive): boolean {
  return arms.every(({ ordered }) => ordered)
}

function filtered({ arms }: Drive, others: readonly Node[]): Drive {
  return {
    arms: arms.map((arm) => ({
      ...arm,
      filters: [...arm.filters, ...others.map(({ probe }) => probe(arm.key))],
    })),
  }
}

function conjunction(tests: readonly Sql[]): Sql {
  return tests.length === 0 ? TRUE : sql`(${join(tests, ' AND ')})`
}
