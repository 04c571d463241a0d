import { formatDateTime, type Micros } from '../../broker/core/model/time.ts'
import type { ClassCounts } from '../../broker/core/view/disclosure.ts'
import type { AuditEntry } from './audit-entry.ts'

/** Counts what happens often and need not be on disk before it does. */
export interface Counted {
  /** Counts once more what this key names; `entryFor` says what it is when it is counted first. */
  add(key: string, entryFor: () => AuditEntry, more?: { entities: number; classes: ClassCounts }): void
  /** Takes what was counted, as records. */
  take(): readonly AuditEntry[]
  /** Puts back what could not be written. */
  putBack(entries: readonly AuditEntry[]): void
  /** So many different things are counted. */
  readonly size: number
}

interface Count {
  readonly entry: AuditEntry
  readonly since: Micros
  times: number
  entities: number
  readonly classes: Totals
}

/** Added to with every request: no new object for each. */
interface Totals {
  basic: number
  sensitive: number
  unclassified: number
}

/** Makes a counter; where there is no room for more different things they are counted together. */
export function createCounted(clock: () => Micros, most: number): Counted {
  let counts = new Map<string, Count>()
  let unwritten: AuditEntry[] = []
  return {
    get size() {
      return counts.size + unwritten.length
    },
    add: (key, entryFor, { entities = 0, classes = NONE } = NOTHING) => {
      let count = counts.get(key)
      if (!count) {
        const isFull = counts.size >= most
        count = isFull ? counts.get(OTHERS) : undefined
        if (!count) {
          const entry = isFull ? others(entryFor()) : entryFor()
          count = {
            entry,
            since: clock(),
            times: 0,
            entities: 0,
            classes: { basic: 0, sensitive: 0, unclassified: 0 },
          }
          counts.set(isFull ? OTHERS : key, count)
        }
      }
      count.times++
      count.entities += entities
      if (classes !== NONE) addTo(count.classes, classes)
    },
    take: () => {
      const taken = [...unwritten, ...[...counts.values()].map(entryOf)]
      counts = new Map()
      unwritten = []
      return taken
    },
    putBack: (entries) => {
      unwritten = [...entries, ...unwritten].slice(0, most)
    },
  }
}

const NONE: ClassCounts = {}
const NOTHING = { entities: 0, classes: NONE }
const OTHERS = ''

function addTo(totals: Totals, { basic = 0, sensitive = 0, unclassified = 0 }: ClassCounts): void {
  totals.basic += basic
  totals.sensitive += sensitive
  totals.unclassified += unclassified
}

function countsIn(totals: Totals): { readonly classes?: ClassCounts } {
  const some = Object.entries(totals).filter(([, count]) => count > 0)
  return some.length === 0 ? {} : { classes: Object.fromEntries(some) }
}

function others({ kind, outcome }: AuditEntry): AuditEntry {
  return { kind, operation: 'others', outcome }
}

function entryOf({ entry, since, times, entities, classes }: Count): AuditEntry {
  return {
    ...entry,
    times,
    since: formatDateTime(since),
    ...(entities > 0 && { entities }),
    ...countsIn(classes),
  }
}
