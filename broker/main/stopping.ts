import { setTimeout as pause } from 'node:timers/promises'

/** How things end when a hub stops. */
export interface Stopping {
  /** Has something end, in the time that is left for it; what fails or goes on longer than that is left. */
  readonly step: (what: string, end: () => unknown) => Promise<void>
  /** What did not end. */
  readonly left: readonly string[]
}

/** Also what comes last gets so much time: it may have nothing to do with what went on too long. */
const LEAST_MILLISECONDS = 3000

/** Ends things one after the other, whatever becomes of each, in so many milliseconds all together. */
export function stopping(milliseconds: number, failed: (error: unknown, text: string) => void): Stopping {
  const until = performance.now() + milliseconds
  const left: string[] = []
  return {
    left,
    step: async (what, end) => {
      const ended = new AbortController()
      const time = Math.max(until - performance.now(), LEAST_MILLISECONDS)
      const late = pause(time, undefined, { signal: ended.signal }).then(() => {
        throw new Error(`It takes longer than ${Math.round(time / 1000)} s`)
      })
      try {
        await Promise.race([Promise.resolve().then(end), late])
      } catch (error) {
        left.push(what)
        failed(error, `${what} did not end`)
      } finally {
        ended.abort()
        late.catch(() => undefined)
      }
    },
  }
}
