import type { TermTable } from '../../core/context/term-table.ts'
import type { JsonValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { within } from './within.ts'

/** What a source sends at once may name so many different @contexts. */
const MOST_CONTEXTS = 10

/**
 * Makes what resolves the @contexts that a source names in what it sends: each once, only so many, and only while time is
 * left (milliseconds). Every entity may name one of its own, and without bounds a source could have the hub fetch, and those who
 * asked wait, without end. It throws Problem or Error.
 */
export function boundedTables(
  resolve: (context: JsonValue) => Promise<TermTable>,
  remaining: () => number,
): (context: JsonValue) => Promise<TermTable> {
  const named = new Map<string, Promise<TermTable>>()
  return async (context) => {
    const key = JSON.stringify(context)
    const known = named.get(key)
    if (known) return known
    if (named.size === MOST_CONTEXTS) {
      throw badRequestData(`More than ${MOST_CONTEXTS} different @contexts are named at once`)
    }
    const table = within(remaining(), resolve(context))
    named.set(key, table)
    return table
  }
}
