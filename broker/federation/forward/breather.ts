import { setImmediate } from 'node:timers/promises'

/** Work goes on for so long before others get their turn. */
const SLICE_MS = 10

/** Splits long work: answers a function that lets everybody else have a turn when there was none for a while. */
export function createBreather(): () => Promise<void> | undefined {
  let since = performance.now()
  return () => {
    if (performance.now() - since < SLICE_MS) return undefined
    return setImmediate().then(() => {
      since = performance.now()
    })
  }
}
