import type { Database } from '../connection.ts'
import { prepare } from '../statements.ts'

/** From which day on the rows of a series tell everything, and its totals of hours; infinite: from the first one on. */
export interface Condensed {
  readonly rowsFrom: number
  readonly hoursFrom: number
}

const NOWHERE: Condensed = { rowsFrom: Number.NEGATIVE_INFINITY, hoursFrom: Number.NEGATIVE_INFINITY }

/** Answers a function that tells how far a series is condensed. */
export function condensedReader(database: Database): (subject: number, attribute: number) => Condensed {
  const find = prepare<{ readonly rowsFrom: number; readonly hoursFrom: number | null }>(
    database,
    'SELECT rows_from AS rowsFrom, hours_from AS hoursFrom FROM condensed WHERE subject = ? AND attribute = ?',
  )
  return (subject, attribute) => {
    const found = find.get(subject, attribute)
    if (!found) return NOWHERE
    return { rowsFrom: found.rowsFrom, hoursFrom: found.hoursFrom ?? Number.NEGATIVE_INFINITY }
  }
}
