/**
 * What is known of a write: `acked` (it was confirmed, and has to be there), `refused` (it was said not to have happened), `unknown`
 * (no answer, or one that leaves it open: it may have happened).
 */
export type Outcome = 'acked' | 'refused' | 'unknown'

/** One value that somebody wrote; no value is written twice. */
export interface Write {
  readonly value: number
  outcome: Outcome
}

/** The part of an entity that one hub has to keep: one attribute, and what was written to it in turn. */
export interface Copy {
  readonly place: string
  readonly attribute: string
  readonly writes: Write[]
  created: Outcome
  /** Absent: nobody tried. */
  deleted?: Outcome
}

/** An entity of the trial with its parts. */
export interface Item {
  readonly id: string
  readonly type: string
  readonly copies: readonly Copy[]
  /** Somebody is writing it. */
  busy: boolean
  /** Its deletion was not confirmed, and then it was looked for once more: nothing is left. */
  swept?: true
}

/** What a hub has of an entity in the end. */
export interface Found {
  /** Absent: the entity, or the attribute, is not there. */
  readonly value?: number
  readonly present: boolean
  /** Values that the attribute had, in turn. */
  readonly history: readonly number[]
}

/** Notes that a write was sent, whose outcome is open until it is told. */
export function attempt(copy: Copy, value: number): Write {
  const write: Write = { value, outcome: 'unknown' }
  copy.writes.push(write)
  return write
}

/** Tells whether a copy has to be there: it was confirmed, and nobody tried to delete it. */
export function isCertain({ created, deleted }: Copy): boolean {
  return created === 'acked' && (deleted === undefined || deleted === 'refused')
}

/** Says what a hub got wrong with the part of an entity that it has to keep: writes lost, applied twice or from nowhere. */
export function faultsOf({ id }: Item, copy: Copy, found: Found): readonly string[] {
  const what = `${id} ${copy.attribute} at ${copy.place}`
  const faults: string[] = []
  if (isCertain(copy) && !found.present) faults.push(`${what} is lost`)
  if (copy.deleted === 'acked' && found.present)
    faults.push(`${what} is there, although its deletion was confirmed`)
  if (
    copy.created === 'refused' &&
    found.present &&
    copy.writes.every(({ outcome }) => outcome === 'refused')
  )
    faults.push(`${what} is there, although its creation was refused`)
  return [...faults, ...historyFaults(what, copy, found), ...valueFaults(what, copy, found)]
}

function historyFaults(what: string, { writes }: Copy, { history }: Found): readonly string[] {
  const times = new Map<number, number>()
  for (const value of history) times.set(value, (times.get(value) ?? 0) + 1)
  const faults: string[] = []
  for (const { value, outcome } of writes) {
    const seen = times.get(value) ?? 0
    times.delete(value)
    if (outcome === 'acked' && seen === 0) faults.push(`${what} lost the confirmed write of ${value}`)
    if (outcome === 'refused' && seen > 0) faults.push(`${what} has the refused write of ${value}`)
    if (seen > 1) faults.push(`${what} has the write of ${value} ${seen} times`)
  }
  for (const value of times.keys()) faults.push(`${what} has a value ${value} that nobody wrote`)
  return faults
}

function valueFaults(what: string, { writes }: Copy, { value, present }: Found): readonly string[] {
  if (!present) return []
  return mayBe(writes, value) ? [] : [`${what} is ${value} in the end, which it cannot be`]
}

/** A value is the one that was confirmed last, or one of those that may have come at any time. */
function mayBe(writes: readonly Write[], value: number | undefined): boolean {
  const last = writes.findLast(({ outcome }) => outcome === 'acked')
  return writes.some((write) => write.value === value && (write === last || write.outcome === 'unknown'))
}
