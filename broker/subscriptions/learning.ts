interface Waiting {
  readonly id: string
  readonly version: number
  readonly resolve: () => void
}

/** Who waits until the log has told of subscriptions. */
export class Learning {
  #waiting: readonly Waiting[] = []
  #ended = false

  /** Resolves once the log has told of a subscription in this version or a later one, or nothing can be learnt for now. */
  until(id: string, version: number): Promise<void> {
    if (this.#ended) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting = [...this.#waiting, { id, version, resolve }]
    })
  }

  learnt(id: string, version: number): void {
    this.#tell((one) => one.id === id && one.version <= version)
  }

  /** Nothing can be learnt for now: nobody is kept waiting. */
  release(): void {
    this.#tell(() => true)
  }

  /** Nothing is learnt any more. */
  end(): void {
    this.#ended = true
    this.release()
  }

  #tell(isLearnt: (one: Waiting) => boolean): void {
    const told = this.#waiting.filter(isLearnt)
    this.#waiting = this.#waiting.filter((one) => !isLearnt(one))
    for (const { resolve } of told) resolve()
  }
}
