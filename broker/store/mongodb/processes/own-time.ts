import { setTimeout as pause } from 'node:timers/promises'

/** Time as one process has it, which it compares with nobody else's. */
export interface OwnTime {
  /** Milliseconds by a clock that never goes back. */
  now(): number
  /** Resolves after so many milliseconds, or as soon as it is aborted; keeps no process from ending. */
  pause(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** The time of this process. */
export const ownTime: OwnTime = {
  now: () => performance.now(),
  pause: (milliseconds, signal) =>
    pause(milliseconds, undefined, { ref: false, ...(signal && { signal }) }).catch(() => undefined),
}
