import type { Reason } from '../values/fault.ts'
import type { Json } from '../values/json.ts'
import { isJsonMap, member } from '../values/json.ts'

/** What became of the records of an input. */
export interface Summary {
  readonly read: number
  /** Records of which the hub keeps something new. */
  readonly written: number
  /** Records that say what the hub holds already. */
  readonly unchanged: number
  /** Records in quarantine by reason. */
  readonly quarantined: Readonly<Partial<Record<Reason, number>>>
}

/** No records at all. */
export const NOTHING: Summary = { read: 0, written: 0, unchanged: 0, quarantined: {} }

/** Adds two summaries. */
export function addSummaries(left: Summary, right: Summary): Summary {
  const quarantined: Partial<Record<Reason, number>> = { ...left.quarantined }
  for (const [reason, count] of Object.entries(right.quarantined) as [Reason, number][]) {
    quarantined[reason] = (quarantined[reason] ?? 0) + count // the keys are those of the type
  }
  return {
    read: left.read + right.read,
    written: left.written + right.written,
    unchanged: left.unchanged + right.unchanged,
    quarantined,
  }
}

/** Reads a summary that was kept as JSON; what is missing counts as nothing. */
export function summaryOf(value: Json | undefined): Summary {
  const count = (from: Json | undefined, name: string): number => Number(member(from, name) ?? 0)
  const reasons = member(value, 'quarantined')
  const pairs = isJsonMap(reasons) ? Object.keys(reasons).map((name) => [name, count(reasons, name)]) : []
  return {
    read: count(value, 'read'),
    written: count(value, 'written'),
    unchanged: count(value, 'unchanged'),
    quarantined: Object.fromEntries(pairs),
  }
}

/** Writes a summary as JSON. */
export function summaryJson({ read, written, unchanged, quarantined }: Summary): Json {
  return { read, written, unchanged, quarantined: { ...quarantined } }
}
