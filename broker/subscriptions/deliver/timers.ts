/** Calls back later; what it answers calls that off. */
export interface Timers {
  after(milliseconds: number, callback: () => void): () => void
}

/** Timers of the process, which they do not keep alive. */
export const processTimers: Timers = {
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds).unref()
    return () => clearTimeout(timer)
  },
}
