import type { Counts } from './series.ts'

/** How good data were, as shares from 0 to 1; absent where there is nothing to tell by. */
export interface Shares {
  /** Of what was expected, what came in time: "sống". */
  readonly live?: number
  /** Of what was expected, what came: "đủ". */
  readonly complete?: number
  /** Of what came, what the ontology allows: "đúng". */
  readonly correct?: number
  /** Of what came, what is neither an outlier nor of a stuck sensor nor said twice: "sạch". */
  readonly clean?: number
}

/** What is said of an attribute of a type; without both, of all that a feed brought. */
export interface Subject {
  readonly type?: string
  readonly attribute?: string
}

/** How good the data of a day were. */
export interface Assessment extends Subject {
  readonly day: number
  readonly shares: Shares
  readonly counts: Counts
  /** Absent: nothing is expected. */
  readonly expected?: number
  /** Of all that a feed brought: how many records came that day, and how many of them are in quarantine. */
  readonly records?: Records
}

export interface Records {
  readonly read: number
  readonly faulty: number
}

/** Adds counts. */
export function sumOf(left: Counts, right: Partial<Counts>): Counts {
  const { filled = 0, timely = 0, values = 0, invalid = 0, outliers = 0, stuck = 0, repeated = 0 } = right
  return {
    filled: left.filled + filled,
    timely: left.timely + timely,
    values: left.values + values,
    invalid: left.invalid + invalid,
    outliers: left.outliers + outliers,
    stuck: left.stuck + stuck,
    repeated: left.repeated + repeated,
  }
}

/** Answers the shares that counts amount to. */
export function sharesOf(
  { filled, timely, values, invalid, outliers, stuck, repeated }: Counts,
  expected = 0,
): Shares {
  return {
    ...(expected > 0 && { live: share(timely, expected), complete: share(filled, expected) }),
    ...(values > 0 && {
      correct: share(values - invalid, values),
      clean: share(values - outliers - stuck, values + repeated),
    }),
  }
}

/** Four digits tell as much as anybody acts on, and equal ones are equal texts. */
export function share(part: number, whole: number): number {
  return Math.round((Math.min(part, whole) / whole) * 10_000) / 10_000
}
