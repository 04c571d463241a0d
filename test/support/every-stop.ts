import { BEAT_MILLISECONDS } from '../../broker/store/mongodb/processes/presence.ts'
import { everyInterleaving, type ModelCase } from './every-interleaving.ts'
import type { SteppedConnection, SteppedServer } from './stepped-server.ts'

/** Which stops are tried of a process, and what is looked at then. */
export interface StopCase {
  readonly stop: 'kill' | 'pause'
  /** It is stopped once it has lived so many milliseconds; default 0. */
  readonly lived?: number
  /** It is stopped before it has lived so many milliseconds. */
  readonly life: number
  /**
   * From so many milliseconds after that, to so many, things happen in every order, with so many interruptions at the most;
   * before and after in the order that they are asked for.
   */
  readonly from: number
  readonly until: number
  readonly interruptions: number
}

/** Processes that share a server. */
export interface ProcessWorld {
  readonly server: SteppedServer
  /** The first one is stopped. */
  readonly processes: readonly {
    readonly isGone: boolean
    readonly connection: Pick<SteppedConnection, 'pause'>
    kill(): void
  }[]
  /** Looks at the state that all are in now. */
  check(): void
  /** Looks at the state that all are in once everybody who lives had time to find out who does. */
  checkSettled(): Promise<void> | void
  /** Ends what is left. */
  end?(): void
}

/** Long enough for anybody to be taken for dead, for the others to take over, and for whoever lives to notice. */
const SETTLED_MILLISECONDS = 8 * BEAT_MILLISECONDS

/** Stops the first process after each turn that it has; answers how many there were, and how many states were checked. */
export async function everyStop(
  begin: () => ProcessWorld,
  small: StopCase,
): Promise<{ readonly turns: number; readonly states: number }> {
  let states = 0
  for (let turns = 0; ; turns++) {
    const found = await beginStopped(begin(), small, turns)
    if (!found) return { turns, states }
    if (found === 'young') continue
    const again = async (): Promise<ModelCase> => {
      const stopped = await beginStopped(begin(), small, turns)
      return typeof stopped === 'object' ? stopped : found
    }
    const explored = await everyInterleaving(again, small.interruptions).catch((error: unknown) => {
      throw new Error(`Stopped after ${turns} turns: ${error instanceof Error ? error.message : error}`)
    })
    states += explored.states
  }
}

/** Gives everybody who is not paused turns, in the order that they ask for them, until all had time to settle. */
export async function settle(world: ProcessWorld, milliseconds = SETTLED_MILLISECONDS): Promise<void> {
  await runUntil(world.server, world.server.time.now + milliseconds)
  world.check()
  await world.checkSettled()
}

/** Begins processes, and stops the first one; undefined: it does not live so many turns. */
async function beginStopped(
  world: ProcessWorld,
  { stop, lived = 0, life, from, until }: StopCase,
  turns: number,
): Promise<ModelCase | 'young' | undefined> {
  const { server, processes } = world
  const [first] = processes
  server.time.end = life
  for (let had = 0; had < turns; ) {
    const waiting = await server.waiting()
    if (waiting.length === 0 || first?.isGone) return undefined
    // it does all before the others, who therefore see of it what they can
    const own = waiting.findIndex(({ process }) => process === 0)
    if (own >= 0) had++
    server.turn(Math.max(own, 0))
  }
  await server.waiting()
  world.check()
  if (server.time.now < lived) return 'young'
  if (stop === 'kill') first?.kill()
  else first?.connection.pause()
  const { now } = server.time
  await runUntil(server, now + from)
  server.time.end = now + until
  return {
    server,
    done: () => true,
    check: async (isEnd) => {
      world.check()
      if (isEnd) await settle(world)
    },
    end: () => world.end?.(),
  }
}

async function runUntil(server: SteppedServer, end: number): Promise<void> {
  server.time.end = end
  for (;;) {
    const [next] = await server.waiting()
    if (!next || next.what === 'goes on') return
    server.turn(0)
  }
}
