import type { Processes } from '../store/port/processes.ts'

/** What a process holds in memory of what the store keeps, and can read anew. */
interface Loaded {
  load(): Promise<void>
}

/** How the processes on a store keep in step. */
export interface InStep {
  readonly processes: Pick<Processes, 'tell' | 'hear'>
  /** Told that what another process wrote is not taken over yet. */
  readonly notTaken: (error: unknown, what: string) => void
}

/** Has every process read anew what one of them has written and read: what every view is compiled with is in force in all. */
export function toldToOthers<T extends Loaded>(loaded: T, what: string, { processes, notTaken }: InStep): T {
  processes.hear(what, () => {
    loaded.load().catch((error: unknown) => notTaken(error, what))
  })
  return {
    ...loaded,
    load: async () => {
      await loaded.load()
      await processes.tell(what)
    },
  }
}
