import { type OwnTime, ownTime } from '../store/mongodb/processes/own-time.ts'
import type { Processes } from '../store/port/processes.ts'

const LOOK_MILLISECONDS = 200

/** Resolves once no other process can have a duty: one that was paused may have been taken for dead, and knows it by its own clock. */
export async function untilMine(
  duty: string,
  processes: Pick<Processes, 'has'>,
  time: Pick<OwnTime, 'pause'> = ownTime,
): Promise<void> {
  while (!processes.has(duty)) await time.pause(LOOK_MILLISECONDS)
}
