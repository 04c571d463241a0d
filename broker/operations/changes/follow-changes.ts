import type { LiveFeeds } from '../../subscriptions/follow/live-feeds.ts'
import type { Command } from '../command.ts'
import { ChangeQueue } from './change-queue.ts'
import { type Beginning, findPosition, type LogPosition, type PositionDependencies } from './log-position.ts'
import { type Standing, type StandingDependencies, standingOf } from './standing.ts'
import type { StreamPlaces } from './stream-places.ts'
import { type TellChange, type TellDependencies, tellChange } from './tell-change.ts'
import { selectionTerms } from './wait-for-change.ts'

export interface FollowChanges extends Command, TellChange {
  readonly beginning: Beginning
}

export interface FollowDependencies extends PositionDependencies, TellDependencies, StandingDependencies {
  readonly feeds: LiveFeeds
  readonly places: StreamPlaces
  /** A sign of life is given after so long without a change. */
  readonly heartbeatMilliseconds: number
}

/** What a stream tells: a change, that it is alive, or why it ends; and up to where everything was told. */
export interface StreamedChange {
  readonly position: LogPosition
  /** Members of the change as JSON. */
  readonly text?: string
  /** Why nothing follows. */
  readonly reason?: string
}

/**
 * Follows the changes that a caller may know of, as it sees them, from a place in the log on, until nobody listens or it
 * has no rights any more: they are looked at before each change that is told. Whoever listens slowly is led through the
 * log at its own pace. @throws Problem for rights, and Gone for a place that is too old
 */
export const followChanges =
  (dependencies: FollowDependencies) =>
  async (command: FollowChanges): Promise<(gone: AbortSignal) => AsyncGenerator<StreamedChange>> => {
    const { caller, tenant, selection, beginning } = command
    for (const resource of selection.collections) caller.check('read', tenant, { resource })
    if (selection.query.geo) await dependencies.engine.ready()
    const begin = await findPosition(dependencies, tenant, beginning)
    return async function* (gone) {
      const leave = dependencies.places.take(caller)
      try {
        const over = AbortSignal.any([gone, dependencies.feeds.ended])
        yield* stream(dependencies, command, { begin, over })
      } finally {
        leave()
      }
    }
  }

async function* stream(
  dependencies: FollowDependencies,
  command: FollowChanges,
  { begin, over }: { readonly begin: LogPosition; readonly over: AbortSignal },
): AsyncGenerator<StreamedChange> {
  const standing = standingOf(dependencies, command.caller, command)
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
  const { caller, tenant, selection } = command
  const view = caller.view(tenant)
  const isSame = (): boolean => {
    const now = standing()
    return 'caller' in now && now.caller.view(tenant).id === view.id
  }
  const queue = new ChangeQueue(selectionTerms(selection, view), tellChange(dependencies, command))
  const following = dependencies.feeds.follow(tenant, queue, begin.sequence)
  let position = begin
  try {
    while (!over.aborted && isSame()) {
      const next = queue.take()
      if (next) {
        position = { sequence: next.record.sequence, at: Math.max(position.at, next.record.at) }
        if (queue.hasRoom()) following.wake()
        yield { position, text: next.text }
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
