/** Work that is done again and again beside requests. */
export interface Recurring {
  start(): void
  /** Resolves when nothing of it is under way any more. */
  stop(): Promise<void>
}

/** Makes work that is done every so many milliseconds, one round after the other. */
export function recurring(
  work: () => Promise<unknown>,
  milliseconds: number,
  failed: (error: unknown) => void,
): Recurring {
  let timer: NodeJS.Timeout | undefined
  let working: Promise<unknown> | undefined
  const round = (): void => {
    working ??= work()
      .catch(failed)
      .finally(() => {
        working = undefined
      })
  }
  return {
    start: () => {
      timer = setInterval(round, milliseconds).unref()
    },
    stop: async () => {
      clearInterval(timer)
      await working
    },
  }
}
