import type { GeometryEngine } from '../../core/geo/engine.ts'
import type { LiveFeeds } from '../../subscriptions/follow/live-feeds.ts'
import type { Command } from '../command.ts'
import { ChangeQueue } from './change-queue.ts'
import { eitherSignal } from './either-signal.ts'
import { type Beginning, findPosition, type LogPosition, type PositionDependencies } from './log-position.ts'
import { type Standing, type StandingDependencies, standingOf } from './standing.ts'
import type { StreamPlaces } from './stream-places.ts'
import type { LaterTold, Telling } from './telling.ts'

export interface FollowChanges extends Command {
  readonly telling: Telling
  readonly beginning: Beginning
  /** Where the caller asks from. */
  readonly address?: string
}

export interface FollowDependencies extends PositionDependencies, StandingDependencies {
  readonly engine: GeometryEngine
  readonly feeds: LiveFeeds
  readonly places: StreamPlaces
  /** A sign of life is given after so long without a change. */
  readonly heartbeatMilliseconds: number
}

/** What a stream tells: a change, that it is alive, or why it ends; and up to where everything was told. */
export interface StreamedChange extends LaterTold {
  readonly position: LogPosition
}

/**
 * Follows the changes that a caller may know of, as it sees them, from a place in the log on, until nobody listens or it
 * has no rights any more: they are looked at before each change that is told. Whoever listens slowly is led through the
 * log at its own pace. @throws Problem for rights, and Gone for a place that is too old
 */
export const followChanges =
  (dependencies: FollowDependencies) =>
  async (command: FollowChanges): Promise<(gone: AbortSignal) => AsyncGenerator<StreamedChange>> => {
    const { caller, tenant, telling, beginning } = command
    for (const target of telling.targets) caller.check('read', tenant, target)
    if (telling.needsGeometry) await dependencies.engine.ready()
    const begin = await findPosition(dependencies, tenant, beginning)
    return async function* (gone) {
      const leave = dependencies.places.take(caller, command.address)
      const over = eitherSignal([gone, dependencies.feeds.ended])
      try {
        yield* stream(dependencies, command, { begin, over: over.signal })
      } finally {
        over.release()
        leave()
      }
    }
  }

async function* stream(
  dependencies: FollowDependencies,
  command: FollowChanges,
  { begin, over }: { readonly begin: LogPosition; readonly over: AbortSignal },
): AsyncGenerator<StreamedChange> {
  const { caller, tenant, telling } = command
  const standing = standingOf(dependencies, caller, { tenant, targets: telling.targets })
  let position = begin
  yield { position }
  while (!over.aborted) {
    const now = standing()
    if ('reason' in now) return yield { position, reason: now.reason }
    const sight = { ...command, caller: now.caller }
    // where rights are others, what was not told yet is looked at anew
    for await (const told of asSeen(dependencies, sight, { position, over, standing })) {
      position = told.position
      yield told
      if (told.reason !== undefined) return
    }
  }
}

interface Course {
  readonly position: LogPosition
  readonly over: AbortSignal
  readonly standing: () => Standing
}

/** Tells changes as long as the caller sees the same. */
async function* asSeen(
  dependencies: FollowDependencies,
  command: FollowChanges,
  { position: begin, over, standing }: Course,
): AsyncGenerator<StreamedChange> {
  const { caller, tenant, telling } = command
  const view = caller.view(tenant)
  const isSame = (): boolean => {
    const now = standing()
    return 'caller' in now && now.caller.view(tenant).id === view.id
  }
  const { terms, tell } = telling.begin({ tenant, caller })
  const queue = new ChangeQueue(terms, tell)
  const following = dependencies.feeds.follow(tenant, queue, begin.sequence)
  let position = begin
  try {
    while (!over.aborted && isSame()) {
      const next = queue.take()
      if (next) {
        position = { sequence: next.record.sequence, at: Math.max(position.at, next.record.at) }
        if (queue.hasRoom()) following.wake()
        const told = typeof next.told === 'function' ? await next.told() : next.told
        command.disclose?.(told.disclosed, told.of)
        if (told.text !== undefined || told.reason !== undefined) yield { position, ...told }
        continue
      }
      await queue.arrival(dependencies.heartbeatMilliseconds, over)
      if (!queue.isEmpty || over.aborted) continue
      const sequence = Math.max(position.sequence, following.position())
      position = { sequence, at: Math.max(position.at, dependencies.clock()) }
      yield { position }
    }
  } finally {
    following.leave()
  }
}
