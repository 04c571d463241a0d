import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Micros } from '../../core/model/time.ts'
import type { Command } from '../command.ts'
import { type Beginning, findPosition, type LogPosition, type PositionDependencies } from './log-position.ts'
import type { StreamPlaces } from './stream-places.ts'
import { type Tell, type TellChange, type TellDependencies, tellChange } from './tell-change.ts'
import type { WaitForChange } from './wait-for-change.ts'

export interface ReadChanges extends Command, TellChange {
  readonly beginning: Beginning
  /** At most so many changes. */
  readonly limit: number
  /** Where the caller asks from. */
  readonly address?: string
  /** So long it is waited for the first one, milliseconds. */
  readonly waitMilliseconds: number
}

export interface ReadChangesDependencies extends PositionDependencies, TellDependencies {
  readonly wait: WaitForChange
  /** Who reads takes a place like who follows. */
  readonly places: StreamPlaces
  /** Characters after which an answer ends. */
  readonly maxLength: number
}

/** A piece of the answer: a change and the place behind it, or the place alone at the end. */
export interface ToldChange {
  readonly position: LogPosition
  /** Members of the change as JSON; absent at the end. */
  readonly text?: string
  /** At the end: the end of the log was not reached. */
  readonly more?: true
}

const PAGE = 100
/**
 * One answer looks at so many records at the most, whether they are told or not, and not for longer. How many it passed
 * over is nobody's business: where it stops depends on what else the hub does.
 */
const MOST_RECORDS = 5000
const LONGEST_LOOK: Micros = 250_000

/**
 * Reads the changes that a caller may know of, as it sees them, from a place in the log on. Where there is none it waits
 * for the first as long as it is asked to. @throws Problem for rights, and Gone for a place that is too old
 */
export const readChanges =
  (dependencies: ReadChangesDependencies) =>
  async (command: ReadChanges): Promise<(gone: AbortSignal) => AsyncGenerator<ToldChange>> => {
    const { caller, tenant, selection, beginning } = command
    for (const resource of selection.collections) caller.check('read', tenant, { resource })
    if (selection.query.geo) await dependencies.engine.ready()
    const begin = await findPosition(dependencies, tenant, beginning)
    const tell = tellChange(dependencies, command)
    return async function* (gone) {
      const leave = dependencies.places.take(caller, command.address)
      try {
        yield* changesFrom(dependencies, { ...command, tell, begin, gone })
      } finally {
        leave()
      }
    }
  }

interface Reading extends ReadChanges {
  readonly tell: Tell
  readonly begin: LogPosition
  readonly gone: AbortSignal
}

async function* changesFrom(
  { store, clock, wait, maxLength }: ReadChangesDependencies,
  { begin, limit, waitMilliseconds, ...waiting }: Reading,
): AsyncGenerator<ToldChange> {
  const { tenant, tell, gone } = waiting
  let position = begin
  let [told, length, looked] = [0, 0, 0]
  let begun = clock()
  let deadline = begun + waitMilliseconds * 1000
  for (;;) {
    const now = clock()
    const page = await store.log(tenant, position.sequence, PAGE)
    for (const record of page) {
      position = { sequence: record.sequence, at: Math.max(position.at, record.at) }
      const change = tell(record)
      if (!change) continue
      const { text, disclosed, of } = change
      waiting.disclose?.(disclosed, of)
      yield { position, text }
      told++
      length += text.length
      if (told >= limit || length >= maxLength) return yield { position, more: true }
    }
    looked += page.length
    if (page.length === PAGE) {
      if (looked >= MOST_RECORDS || clock() - begun >= LONGEST_LOOK) return yield { position, more: true }
      await nextTurn() // others want to be served too
      continue
    }
    position = { sequence: position.sequence, at: Math.max(position.at, now) }
    const left = (deadline - now) / 1000
    if (told > 0 || left <= 0 || gone.aborted) return yield { position }
    const { sequence, found } = await wait({ ...waiting, after: position.sequence, milliseconds: left })
    position = { sequence, at: position.at }
    begun = clock()
    if (!found) deadline = now
  }
}
