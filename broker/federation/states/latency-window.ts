/** Times of the latest answers of a source. */
export interface Latencies {
  /** Milliseconds that half of the answers took at most. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** Answers that these figures are of. */
  readonly answers: number
}

const LENGTH = 128

/** Remembers how long the latest answers took, and says what was usual among them. */
export class LatencyWindow {
  readonly #times = new Float32Array(LENGTH)
  #added = 0

  add(milliseconds: number): void {
    this.#times[this.#added++ % LENGTH] = milliseconds
  }

  /** Answers the quantiles by nearest rank; undefined before the first answer. */
  quantiles(): Latencies | undefined {
    const answers = Math.min(this.#added, LENGTH)
    if (answers === 0) return undefined
    const sorted = this.#times.slice(0, answers).sort()
    const at = (part: number): number => Math.round((sorted[Math.ceil(part * answers) - 1] ?? 0) * 10) / 10
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99), answers }
  }
}
