/** What of all processes on a store one does beside requests: a timer, a reaper, somebody who follows the log. */
export interface Duty {
  /** Begins all of it or, where it throws, nothing: it may be begun again then. */
  start(): Promise<void> | void
  /** Resolves when nothing of it is under way, and where it stands is kept. */
  stop(): Promise<void> | void
}

/** The processes that work on one store, as one of them sees them. */
export interface Processes {
  /** No other process works on the store, nor will while this one does. */
  readonly alone: boolean
  /**
   * Takes part in a duty, which has the same name in all processes: it is begun when this process has it, at once where no
   * other one does, and then for as long as the process lives. @throws what its beginning at once throws
   */
  share(name: string, duty: Duty): Promise<void>
  /** Tells whether this process has a duty; not any more before another one may have it. */
  has(name: string): boolean
  /** It has begun to leave: what it has not any more it never has again. */
  readonly isLeaving: boolean
  /** Names the duties that this process has, or has not handed over. */
  held(): readonly string[]
  /** Tells the other processes that something which they hold in memory is other now; where that fails, later. */
  tell(topic: string): Promise<void>
  /** Has something done whenever another process tells of this topic, or ended before it could; at once where one did already. */
  hear(topic: string, told: () => void): void
  /** Ends the duties of this process, the last first, and lets the others have each as soon as it is ended. */
  leave(): Promise<void>
}

/** A process that has its store for itself. */
export function aloneOnStore(): Processes {
  const duties = new Map<string, Duty>()
  let isLeaving = false
  return {
    alone: true,
    get isLeaving() {
      return isLeaving
    },
    share: async (name, duty) => {
      duties.set(name, duty)
      await duty.start()
    },
    has: (name) => duties.has(name),
    held: () => [...duties.keys()],
    tell: async () => undefined,
    hear: () => undefined,
    leave: async () => {
      isLeaving = true
      for (const [name, duty] of [...duties].reverse()) {
        await duty.stop()
        duties.delete(name)
      }
    },
  }
}
