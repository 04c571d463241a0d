import { setTimeout as pause } from 'node:timers/promises'

/** Waits until something holds. @throws Error that says what did not come */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  milliseconds = 60_000,
): Promise<void> {
  const end = Date.now() + milliseconds
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Waited ${milliseconds} ms in vain for ${what}`)
    await pause(50)
  }
}
