import { setTimeout as pause } from 'node:timers/promises'
import type { Db } from 'mongodb'
import { BEAT_MILLISECONDS, type Present } from '../processes/presence.ts'

/** Whoever runs ends a write meanwhile that it had begun. */
const UNDER_WAY_MILLISECONDS = 3000

/**
 * Resolves when every process that is present has gone on since this was called, or was found dead, and then has had time for
 * what it was at. Of one that is paused for so long that it was taken for dead, and then goes on, nothing can be known.
 */
export async function waitForWriters(database: Db): Promise<void> {
  const still = await beats(database)
  while (still.size > 0) {
    await pause(BEAT_MILLISECONDS)
    const now = await beats(database)
    for (const [id, beat] of still) if (now.get(id) !== beat) still.delete(id)
  }
  await pause(UNDER_WAY_MILLISECONDS)
}

async function beats(database: Db): Promise<Map<string, number>> {
  const present = await database.collection<Present>('processes').find().toArray()
  return new Map(present.map(({ _id, beat }) => [_id, beat]))
}
