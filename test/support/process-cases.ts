import { expect } from 'chai'
import { BEAT_MILLISECONDS } from '../../broker/store/mongodb/processes/presence.ts'
import { everyInterleaving, type ModelCase } from './every-interleaving.ts'
import { ModelProcess, type ModelProcessOptions } from './model-process.ts'
import { SteppedServer } from './stepped-server.ts'

/** Processes, of which the first is stopped, and what is looked at then. */
export interface ProcessCase {
  readonly processes: readonly ModelProcessOptions[]
  readonly stop: 'kill' | 'pause'
  /** The first one is stopped before it has lived so many milliseconds. */
  readonly life: number
  /**
   * From so many milliseconds after that, to so many, things happen in every order, with so many interruptions at the most;
   * before and after in the order that they are asked for.
   */
  readonly from: number
  readonly until: number
  readonly interruptions: number
}

/** Long enough for anybody to be taken for dead, for the others to take over, and for whoever lives to notice. */
const SETTLED_MILLISECONDS = 8 * BEAT_MILLISECONDS

/** Stops the first process after each turn that it has; answers how many there were, and how many states were checked. */
export async function everyStop(
  small: ProcessCase,
): Promise<{ readonly turns: number; readonly states: number }> {
  let states = 0
  for (let turns = 0; ; turns++) {
    const found = await beginProcesses(small, turns)
    if (!found) return { turns, states }
    const begin = async (): Promise<ModelCase> => (await beginProcesses(small, turns)) ?? found
    const explored = await everyInterleaving(begin, small.interruptions).catch((error: unknown) => {
      throw new Error(`Stopped after ${turns} turns: ${error instanceof Error ? error.message : error}`)
    })
    states += explored.states
  }
}

/** Has a process killed after it changed something, and one operation of another process fail, which happens all the same or not. */
export async function checkWithCut(cut: { readonly at: number; readonly happens: boolean }): Promise<void> {
  const server = new SteppedServer()
  const processes = [
    new ModelProcess(server, { tellsAfter: BEAT_MILLISECONDS }),
    new ModelProcess(server, { cut }),
    new ModelProcess(server),
  ]
  server.time.end = 2 * BEAT_MILLISECONDS
  while ((await server.waiting()).length > 0 && server.content('things').length === 0) server.turn(0)
  processes[0]?.kill()
  await settle(server, processes)
}

/** Begins processes, and stops the first one; undefined: it does not live so many turns. */
async function beginProcesses(
  { processes: each, stop, life, from, until }: ProcessCase,
  turns: number,
): Promise<ModelCase | undefined> {
  const server = new SteppedServer()
  const processes = each.map((options) => new ModelProcess(server, options))
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
  if (stop === 'kill') first?.kill()
  else first?.connection.pause()
  const { now } = server.time
  await runUntil(server, now + from)
  server.time.end = now + until
  return {
    server,
    done: () => true,
    check: async (isEnd) => {
      checkOwners(server, processes)
      if (isEnd) await settle(server, processes)
    },
  }
}

/** Gives everybody who is not paused turns, in the order that they ask for them, until then. */
async function runUntil(server: SteppedServer, end: number): Promise<void> {
  server.time.end = end
  for (;;) {
    const [next] = await server.waiting()
    if (!next || next.what === 'goes on') return
    server.turn(0)
  }
}

/** In the end whoever lives is there, one has the duty, and all know what was changed by whomever. */
async function settle(server: SteppedServer, processes: readonly ModelProcess[]): Promise<void> {
  await runUntil(server, server.time.now + SETTLED_MILLISECONDS)
  checkOwners(server, processes)
  const living = processes.filter(({ isGone }) => !isGone)
  expect(server.content('processes').length, 'processes that are there').to.equal(living.length)
  const atWork = living.filter(({ hasDuty, begun, ended }) => hasDuty && begun > ended)
  expect(atWork.length, 'processes at work').to.equal(1)
  const times = server.content('things')[0]?.times ?? 0
  for (const { known } of living) expect(known, 'what a process knows').to.equal(times)
  const changed = processes.reduce((sum, one) => sum + one.changed, 0)
  expect(times, 'changes').to.be.at.least(changed)
}

/** Never do two count themselves as the one that has a duty, whoever does has it, and none begins it twice. */
function checkOwners(server: SteppedServer, processes: readonly ModelProcess[]): void {
  const owners = processes.filter(({ hasDuty }) => hasDuty)
  expect(owners.length, 'processes that have the duty').to.be.at.most(1)
  if (owners.length === 1) expect(server.content('leases').length, 'leases').to.equal(1)
  for (const { begun, hasPresumed } of processes) {
    expect(begun, 'beginnings').to.be.at.most(1)
    expect(hasPresumed, 'a beginning by who was not sure to be alive').to.equal(false)
  }
}
