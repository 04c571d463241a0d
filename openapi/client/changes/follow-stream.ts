import { HubProblem } from '../transport/hub-problem.ts'
import { readEvents, readLines } from '../transport/lines.ts'
import { backOff, pause } from '../transport/retry.ts'
import type { Question, Transport } from '../transport/transport.ts'

/** A line of the feed or of a stream: a change, or the token alone. */
export interface Line {
  readonly after: string
  readonly id?: string
  readonly notification?: unknown
  readonly more?: true
}

/** How far a follower came: the token behind all that it was told. */
export interface Progress {
  after: string
}

/** How a stream is followed. */
export interface Following {
  /** Opens it behind a token, until it is given up. */
  readonly open: (after: string, signal: AbortSignal) => AsyncIterable<Line>
  readonly signal: AbortSignal | undefined
  /** Milliseconds without a line, also without a sign of life, after which the connection is taken for lost. */
  readonly silence: number
}

/**
 * Reads a stream, and opens it anew behind what was told last whenever it ends, breaks or falls silent. @throws HubProblem when the hub does not
 * let it go on, the reason of the signal when it is given up
 */
export async function* followStream(
  progress: Progress,
  { open, signal, silence }: Following,
): AsyncGenerator<Line> {
  for (let failures = 0; ; failures++) {
    const connection = new AbortController()
    const lost = () => connection.abort(new Error('Stream of the hub is silent'))
    let timer = setTimeout(lost, silence)
    try {
      const either = signal ? AbortSignal.any([signal, connection.signal]) : connection.signal
      for await (const line of open(progress.after, either)) {
        clearTimeout(timer) // as long as the line is worked on, nobody listens
        failures = 0
        progress.after = line.after
        if (isTold(line)) yield line
        timer = setTimeout(lost, silence)
      }
    } catch (fault) {
      signal?.throwIfAborted()
      if (fault instanceof HubProblem && fault.status < 500) throw fault
    } finally {
      clearTimeout(timer)
    }
    await pause(backOff(failures), signal)
  }
}

/** A sign of life has a token alone, and what ends a stream has a reason. */
export function isTold(line: Line): boolean {
  return line.id !== undefined || line.notification !== undefined
}

/** Reads the change feed, or a stream of lines. @throws HubProblem */
export async function* feedLines(transport: Transport, question: Question): AsyncGenerator<Line> {
  const { body } = await transport.ask({ ...question, accept: 'application/x-ndjson' })
  for await (const line of readLines(body)) yield line as Line // as the OpenAPI document says
}

/** Reads the data of Server-Sent Events; an id alone stands for its token. @throws HubProblem */
export async function* eventLines(transport: Transport, question: Question): AsyncGenerator<Line> {
  const { body } = await transport.ask({ ...question, accept: 'text/event-stream' })
  for await (const { id, data } of readEvents(body)) {
    if (data !== undefined) yield JSON.parse(data)
    else if (id !== undefined) yield { after: id }
  }
}
