/** How pauses after failures grow. */
export interface BackOffOptions {
  readonly firstDelayMs: number
  readonly longestDelayMs: number
  /** Even between 0 and 1, 1 left out. */
  readonly random: () => number
}

/** Longest pause after so many failures in a row: doubled each time. */
function ceiling(failures: number, { firstDelayMs, longestDelayMs }: BackOffOptions): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failures - 1, 40))
}

/** Milliseconds until a message is tried again: anywhere below the ceiling, so that retries do not come together. */
export function retryDelay(failures: number, options: BackOffOptions): number {
  return options.random() * ceiling(failures, options)
}

/** Milliseconds that an endpoint is left alone: at least half the ceiling. */
export function breakerPause(failures: number, options: BackOffOptions): number {
  return ((1 + options.random()) / 2) * ceiling(failures, options)
}
