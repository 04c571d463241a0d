import { Problem } from '../core/model/problem.ts'
import { type OwnTime, ownTime } from '../store/mongodb/processes/own-time.ts'
import type { Processes } from '../store/port/processes.ts'

const LOOK_MILLISECONDS = 200

/**
 * Resolves once no other process can have a duty: one that was paused may have been taken for dead, and knows it by its own clock.
 * @throws Problem ServiceUnavailable where this process leaves and has it no more
 */
export async function untilMine(
  duty: string,
  processes: Pick<Processes, 'has' | 'isLeaving'>,
  time: Pick<OwnTime, 'pause'> = ownTime,
): Promise<void> {
  while (!processes.has(duty)) {
    if (processes.isLeaving) throw new Problem('ServiceUnavailable', 'Hub stops, and another process goes on')
    await time.pause(LOOK_MILLISECONDS)
  }
}
