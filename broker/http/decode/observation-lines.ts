import type { TermTable } from '../../core/context/term-table.ts'
import { invalidRequest, Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import { CsvObservations } from '../../core/observations/csv-observations.ts'
import { isOpenAfter } from '../../core/observations/csv-record.ts'
import { decodeObservation } from '../../core/observations/decode-observation.ts'
import type { Observation, ObservedLine, ObservedLines } from '../../core/observations/observation.ts'
import { PlainObservations } from '../../core/observations/plain-observations.ts'
import { parseJsonText } from './body.ts'
import { type Line, textLines } from './text-lines.ts'

/** Forms in which past observations come, one line each. */
export const OBSERVATION_TYPES = ['text/csv', 'application/x-ndjson'] as const

/** A body of observations. */
export interface ObservationBody {
  readonly stream: AsyncIterable<Buffer>
  readonly type: (typeof OBSERVATION_TYPES)[number]
  readonly table: TermTable
  readonly maxLineBytes: number
}

/** Reads lines as they come, each by itself. @throws Problem for a header line that cannot be, and when the body breaks off */
export async function* observationLines(
  { stream, type, table, maxLineBytes }: ObservationBody,
  clock: () => Micros,
): AsyncGenerator<ObservedLines> {
  const reader = type === 'text/csv' ? new CsvLines(table, maxLineBytes) : new JsonLines(table)
  for await (const { first, lines, bytes } of textLines(stream, maxLineBytes)) {
    const now = clock()
    const read: ObservedLine[] = []
    for (const [at, line] of lines.entries())
      reader.take(first + at, first + at === 1 ? marked(line) : line, { now, read })
    yield { lines: read, bytes }
  }
  yield { lines: reader.end(), bytes: 0 }
}

/** Where what is read goes, and when it is given. */
interface Reading {
  readonly now: Micros
  readonly read: ObservedLine[]
}

interface LineReader {
  take(number: number, line: Line, reading: Reading): void
  end(): readonly ObservedLine[]
}

/** A byte order mark says nothing in UTF-8. */
function marked(line: Line): Line {
  return typeof line === 'string' && line.startsWith('\ufeff') ? line.slice(1) : line
}

/** JSON values, one a line; blank lines tell nothing. */
class JsonLines implements LineReader {
  readonly #table: TermTable
  readonly #plain: PlainObservations

  constructor(table: TermTable) {
    this.#table = table
    this.#plain = new PlainObservations(table)
  }

  take(number: number, line: Line, { now, read }: Reading): void {
    if (line === '' || line === '\r') return
    const observed = judged({ number, last: number }, line, (text) => {
      const value = parseJsonText(text, 'Line')
      return this.#plain.ofJson(value, now) ?? decodeObservation(value, this.#table, now)
    })
    read.push(observed)
  }

  end(): readonly ObservedLine[] {
    return []
  }
}

/** Records behind a header line (RFC 4180): a quoted cell may go over several lines. */
class CsvLines implements LineReader {
  readonly #table: TermTable
  readonly #maxBytes: number
  #observations: CsvObservations | undefined
  /** A record that is not at its end. */
  #open: { readonly number: number; readonly lines: string[]; length: number } | undefined

  constructor(table: TermTable, maxBytes: number) {
    this.#table = table
    this.#maxBytes = maxBytes
  }

  take(number: number, line: Line, reading: Reading): void {
    const open = this.#open
    if (typeof line === 'string' && (open || line.includes('"')) && isOpenAfter(line, open !== undefined)) {
      this.#goOn(number, line, reading)
      return
    }
    this.#open = undefined
    const place = { number: open?.number ?? number, last: number }
    if (typeof line !== 'string') this.#record(place, line, reading)
    else if (open) this.#record(place, [...open.lines, line].join('\n'), reading)
    else if (line !== '' && line !== '\r') this.#record(place, line, reading)
  }

  end(): readonly ObservedLine[] {
    if (!this.#observations) throw invalidRequest('Body has no header line')
    if (!this.#open) return []
    const { number, lines } = this.#open
    const problem = invalidRequest('Line has a quoted cell without an end')
    return [{ number, last: number + lines.length - 1, problem }]
  }

  #goOn(number: number, line: string, { read }: Reading): void {
    const open = this.#open ?? { number, lines: [], length: 0 }
    open.lines.push(line)
    open.length += line.length
    this.#open = open
    if (open.length <= this.#maxBytes) return
    this.#open = undefined
    read.push({
      number: open.number,
      last: number,
      problem: invalidRequest('Line has a quoted cell that does not end in time'),
    })
  }

  /** A line end inside of a cell is part of it as it is, the one behind the record is not. */
  #record(place: Place, whole: Line, { now, read }: Reading): void {
    const observations = this.#observations
    const record = typeof whole === 'string' && whole.endsWith('\r') ? whole.slice(0, -1) : whole
    if (observations) read.push(judged(place, record, (text) => observations.read(text, now)))
    else if (typeof record === 'string') this.#observations = new CsvObservations(record, this.#table)
    else throw record
  }
}

type Place = Pick<ObservedLine, 'number' | 'last'>

/** Members one by one: each line of an import comes through here. */
function judged({ number, last }: Place, line: Line, read: (text: string) => Observation): ObservedLine {
  if (typeof line !== 'string') return { number, last, problem: line }
  try {
    return { number, last, observation: read(line) }
  } catch (problem) {
    if (problem instanceof Problem) return { number, last, problem }
    throw problem
  }
}
