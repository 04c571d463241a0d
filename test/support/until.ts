import { setTimeout as pause } from 'node:timers/promises'

/** Hubs of tests that keep their state on a server without indexes are slow. */
const [PATIENCE_MILLISECONDS, PAUSE_MILLISECONDS] = process.env.HUB_TEST_MONGODB
  ? [300_000, 500]
  : [60_000, 50]

/** Waits until something holds. @throws Error that says what did not come */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  milliseconds = PATIENCE_MILLISECONDS,
): Promise<void> {
  const end = Date.now() + milliseconds
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Waited ${milliseconds} ms in vain for ${what}`)
    await pause(PAUSE_MILLISECONDS)
  }
}
