import { type Held, heldProblem } from '../port/moved-store.ts'
import type { Database } from './connection.ts'
import { prepare } from './statements.ts'

/** In `state`: why the file takes no writes. */
const HELD = 'held'
const REASONS: Readonly<Record<Held, number>> = { given: 1, receiving: 2 }

/** Answers a function that refuses writes to a file that is being moved. @throws Problem ServiceUnavailable */
export function heldCheck(database: Database): () => void {
  const find = prepare(database, `SELECT 1 FROM state WHERE name = '${HELD}'`)
  return () => {
    if (find.get() !== undefined) throw heldProblem()
  }
}

/** Answers why a file takes no writes; undefined: it takes them. */
export function readHeld(reader: { state(name: string): number }): Held | undefined {
  const reason = reader.state(HELD)
  return reason === 0 ? undefined : reason === REASONS.given ? 'given' : 'receiving'
}

/** Lets a file take no writes, whoever makes them, or take them again. */
export function writeHeld(database: Database, held: Held | undefined): void {
  if (held) prepare(database, `INSERT OR REPLACE INTO state VALUES ('${HELD}', ?)`).run(REASONS[held])
  else prepare(database, `DELETE FROM state WHERE name = '${HELD}'`).run()
}
