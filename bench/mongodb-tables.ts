import type { LoadRequest, LoadResult } from './load.ts'
import type { CommandCost } from './mongodb-trips.ts'
import type { Figure } from './notifications.ts'
import { median, spread } from './statistics.ts'

/** One row: what is asked of a hub on each store. */
export interface Measure {
  readonly name: string
  readonly make: (at: number) => LoadRequest
  readonly aim?: string
  /** So many different requests are sent once before anything is measured. */
  readonly warm?: number
  /** Somebody commits before each round, or now and then in it, and each commit has to be seen. Absent: nobody does. */
  readonly commits?: 'before' | 'meanwhile'
  /** Neither pages nor fragments nor entities are kept at hand. */
  readonly cold?: true
  /** Absent: as many as the bench has. */
  readonly connections?: number
  /** Entities that one request creates. */
  readonly items?: number
}

/** What a hub did under load. */
export interface HubResult extends LoadResult {
  /** Of a processor, for each request; not a number where the system does not tell. */
  readonly processorMicros: number
}

/** What both did in a round. */
export interface Round {
  readonly embedded: HubResult
  readonly mongodb: HubResult
}

/** What was found out about a measure. */
export interface Found {
  readonly measure: Measure
  readonly rounds: readonly Round[]
  /** How late commits were seen over MongoDB, in milliseconds. */
  readonly late: readonly number[]
  readonly commands: readonly CommandCost[]
}

/** A table with a line above it. */
export interface TitledTable {
  readonly title: string
  readonly table: readonly (readonly string[])[]
}

const HEADS = ['ops/s embedded', 'ops/s mongodb', 'ratio', 'lowest', 'highest']
const MORE_HEADS = ['p50 ms', 'p50 ms', 'p99 ms', 'p99 ms', 'processor µs', 'processor µs', 'round trips']
const SIDES = ['embedded', 'mongodb'] as const
const COMMAND_HEADS = ['name', 'asked of the server', 'for each request', 'ms']
/** What is asked more seldom goes on anyhow. */
const SELDOM = 0.005

/** Puts both stores beside each other. */
export function besideTable(title: string, found: readonly Found[]): TitledTable {
  return { title, table: [['name', ...HEADS, ...MORE_HEADS], ...found.map(lineOf)] }
}

/** Shows what was asked of the server, and what each of that took. */
export function commandTable(title: string, found: readonly Found[]): TitledTable {
  const lines = found.flatMap(({ measure, commands }) =>
    commands
      .filter(({ perRequest }) => perRequest >= SELDOM)
      .map(({ asked, perRequest, milliseconds }) => [
        ...[measure.name, asked],
        ...[perRequest, milliseconds].map((value) => value.toFixed(2)),
      ]),
  )
  return { title, table: lines.length === 0 ? [] : [COMMAND_HEADS, ...lines] }
}

/** The ratio of a row, and how late commits were seen. */
export function figuresOf({ measure: { name, aim = '' }, rounds, late }: Found): readonly Figure[] {
  const ratios = rounds.map(ratioOf)
  const text = `requests a second of a hub on MongoDB to those of one on the embedded store, in turn; ${spread(ratios)}`
  const ratio = { name, value: median(ratios), aim, text }
  if (late.length === 0) return [ratio]
  const seen = `ms from the answer to a commit to the first request that has it; median of ${late.length}, at most ${Math.round(Math.max(...late))}`
  return [ratio, { name: `${name}.seen`, value: median(late), aim: '', text: seen }]
}

function lineOf({ measure: { name, items = 1 }, rounds, commands }: Found): readonly string[] {
  const ratios = rounds.map(ratioOf)
  const of = (side: keyof Round, what: keyof HubResult) => median(rounds.map((round) => round[side][what]))
  const trips = commands.reduce((sum, { perRequest }) => sum + perRequest, 0)
  return [
    name,
    ...SIDES.map((side) => String(Math.round(of(side, 'requestsPerSecond') * items))),
    ...[median(ratios), Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(3)),
    ...(['p50ms', 'p99ms'] as const).flatMap((what) => SIDES.map((side) => of(side, what).toFixed(2))),
    ...SIDES.map((side) => String(Math.round(of(side, 'processorMicros')))),
    trips.toFixed(2),
  ]
}

function ratioOf({ embedded, mongodb }: Round): number {
  return mongodb.requestsPerSecond / embedded.requestsPerSecond
}
