import type { Footprint } from './footprint.ts'

/** What a cluster is to bear. */
export interface Load {
  readonly shards: number
  readonly entities: number
  readonly writesPerSecond: number
  /** History is kept for so many days. */
  readonly days: number
  readonly processes: number
  /** Connections of a process to each server that it knows. */
  readonly pool: number
}

/** One line of the arithmetic: what it is about, how it is reckoned, what comes out. */
export type Line = readonly [what: string, reckoning: string, result: string]

const DAY = 86_400
/** What an update of a document says of it in the oplog besides what it sets. */
const OPLOG_ENTRY = 200

/** Reckons what a load asks of a cluster, each line with its factors. */
export function arithmetic(load: Load, { entities, history, totals, log }: Footprint): readonly Line[] {
  const { shards, writesPerSecond: writes, days, processes, pool } = load
  const perShard = (bytes: number): string => (shards > 1 ? `, ${size(bytes / shards)} a shard` : '')
  const of = (count: number, each: number): string => `${number(count)} × ${number(each)} B`
  const instances = writes * DAY * days
  const [documents, indexes] = [load.entities * entities.document, load.entities * entities.indexes]
  const logged = writes * DAY * (log.document + log.indexes)
  // its text and its record, the record out again, the record in the log, the instance
  const oplog = entities.document + log.document * 2 + history.document + 4 * OPLOG_ENTRY
  const whole = (bytes: number): string => size(bytes) + perShard(bytes)
  return [
    ['entities', of(load.entities, entities.document), whole(documents)],
    ['their indexes, best all in memory', of(load.entities, entities.indexes), whole(indexes)],
    [`history of ${days} days`, of(instances, history.document), whole(instances * history.document)],
    ['its indexes', of(instances, history.indexes), whole(instances * history.indexes)],
    [
      'its totals, at a number an hour',
      of(instances / 24, totals.document + totals.indexes),
      whole((instances / 24) * (totals.document + totals.indexes)),
    ],
    ['log, a day, on one shard', of(writes * DAY, log.document + log.indexes), size(logged)],
    ['oplog, an hour', of(writes * 3600, oplog), whole(writes * 3600 * oplog)],
    ['connections of hubs to each server', `${processes} processes × ${pool}`, number(processes * pool)],
    [
      'documents written a second',
      `${number(writes)} × 4`,
      `${number(writes * 4)}${shards > 1 ? `, of which ${number(writes)} on the shard of the log` : ''}`,
    ],
  ]
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
  const at = Math.min(Math.max(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 0), units.length - 1)
  return `${(bytes / 1000 ** at).toFixed(at === 0 ? 0 : 1)} ${units[at]}`
}
