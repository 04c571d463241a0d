import { formatDateTime, type Micros } from '../../broker/core/model/time.ts'
import type { ClassCounts } from '../../broker/core/view/disclosure.ts'
import type { AuditEntry } from './audit-entry.ts'

/** Counts what happens often and need not be on disk before it does. */
export interface Counted {
  /**
   * Makes what counts once more, each time that it is called, what this key names; `entryFor` says what it is when it is
   * counted first.
   */
  counting(
    key: string,
    entryFor: () => AuditEntry,
    more?: { entities: number; classes: ClassCounts },
  ): () => void
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
  /** It is written, or about to be: what comes is counted anew. */
  isTaken: boolean
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

  function countOf(key: string, entryFor: () => AuditEntry): Count {
    const known = counts.get(key)
    if (known) return known
    const isFull = counts.size >= most
    const others = isFull ? counts.get(OTHERS) : undefined
    if (others) return others
    const entry = isFull ? othersOf(entryFor()) : entryFor()
    const classes = { basic: 0, sensitive: 0, unclassified: 0 }
    const count = { entry, since: clock(), times: 0, entities: 0, classes, isTaken: false }
    counts.set(isFull ? OTHERS : key, count)
    return count
  }

  return {
    get size() {
      return counts.size + unwritten.length
    },
    counting: (key, entryFor, { entities = 0, classes = {} } = NOTHING) => {
      let count: Count | undefined
      return () => {
        if (!count || count.isTaken) count = countOf(key, entryFor)
        count.times++
        count.entities += entities
        addTo(count.classes, classes)
      }
    },
    take: () => {
      const taken = [...unwritten, ...[...counts.values()].map(entryOf)]
      for (const count of counts.values()) count.isTaken = true
      counts = new Map()
      unwritten = []
      return taken
    },
    putBack: (entries) => {
      unwritten = [...entries, ...unwritten].slice(0, most)
    },
  }
}

const NOTHING = { entities: 0, classes: {} }
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

function othersOf({ kind, outcome }: AuditEntry): AuditEntry {
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
