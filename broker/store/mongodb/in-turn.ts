/** Runs a task when the ones before it on the same document are done. */
export type TakeTurn = <T>(documentKey: string, task: () => Promise<T>) => Promise<T>

/** Lets tasks of one key run one after the other, and tasks of different keys at once. */
export class InTurn {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs a task when the ones before it with the same key are done. */
  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const result = before.then(task, task)
    const settled = result.then(
      () => {},
      () => {},
    )
    this.#last.set(key, settled)
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    })
    return result
  }
}

/** Runs a task when those before it with any of these keys are done. */
export function allInTurn<T>(
  takeTurn: TakeTurn,
  keys: readonly string[],
  task: () => Promise<T>,
): Promise<T> {
  // in one order for all, or two could wait for each other
  return [...keys].sort().reduceRight((inner, key) => () => takeTurn(key, inner), task)()
}
