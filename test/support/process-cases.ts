import { expect } from 'chai'
import { BEAT_MILLISECONDS } from '../../broker/store/mongodb/processes/presence.ts'
import { type ProcessWorld, settle } from './every-stop.ts'
import { ModelProcess, type ModelProcessOptions } from './model-process.ts'
import { SteppedServer } from './stepped-server.ts'

/** Begins processes that share a duty, and tell each other of what they change. */
export function processesWith(
  each: readonly ModelProcessOptions[],
): ProcessWorld & { readonly processes: readonly ModelProcess[] } {
  const server = new SteppedServer()
  const processes = each.map((options) => new ModelProcess(server, options))
  return {
    server,
    processes,
    check: () => checkOwners(server, processes),
    checkSettled: () => checkSettled(server, processes),
  }
}

/** Has a process killed after it changed something, and one operation of another process fail, which happens all the same or not. */
export async function checkWithCut(cut: { readonly at: number; readonly happens: boolean }): Promise<void> {
  const world = processesWith([{ tellsAfter: BEAT_MILLISECONDS }, { cut }, {}])
  const { server, processes } = world
  server.time.end = 2 * BEAT_MILLISECONDS
  while ((await server.waiting()).length > 0 && server.content('things').length === 0) server.turn(0)
  processes[0]?.kill()
  await settle(world)
}

/** In the end whoever lives is there, one has the duty, and all know what was changed by whomever. */
function checkSettled(server: SteppedServer, processes: readonly ModelProcess[]): void {
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
