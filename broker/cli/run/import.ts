import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import type { components } from '../../../openapi/generated/types.ts'
import { CommandFailure } from '../command-failure.ts'
import { type HubOptions, type HubQuestion, noAnswer, refusal, sendToHub } from './ask-hub.ts'
import { type FilePart, fileParts } from './file-parts.ts'
import { tokenSource } from './token-source.ts'

/** Command line options of `hub import`. */
export interface ImportOptions extends HubOptions {
  readonly as?: 'csv' | 'ndjson'
  readonly context?: string
  readonly fromLine: number
  readonly lines: number
  /** Seconds. */
  readonly patience: number
}

type ImportResult = components['schemas']['ImportResult']
type Totals = { -readonly [Member in 'lines' | 'instances' | 'unchanged']: ImportResult[Member] } & {
  rejected: number
  readonly first: { readonly line: number; readonly detail: string }[]
}

const TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const
const SHOWN = 100
/** The hub is too busy, or something before it: what is sent again later may be taken. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504])
const FIRST_PAUSE = 250
const LONGEST_PAUSE = 5000

/** Sends a file part by part, and prints how far it has come. @throws CommandFailure that says the line to go on from */
export async function importFile(file: string, options: ImportOptions): Promise<void> {
  const { fromLine, lines } = options
  const form = options.as ?? formOf(file)
  const input: AsyncIterable<Buffer> = file === '-' ? process.stdin : await opened(file)
  const send = sender(options, TYPES[form])
  const totals: Totals = { lines: 0, instances: 0, unchanged: 0, rejected: 0, first: [] }
  const meter = progressMeter()
  let header: FilePart | undefined
  let kept = fromLine - 1
  try {
    for await (const part of fileParts(input, { lines, from: fromLine, csv: form === 'csv' })) {
      if (form === 'csv' && !header) {
        header = part
        continue
      }
      add(totals, await send(part, header))
      kept = part.last
      meter.kept(kept)
    }
  } catch (error) {
    throw brokenOff(error, kept)
  } finally {
    meter.stop()
  }
  process.stdout.write(`${summaryText(totals)}\n`)
  if (totals.rejected > 0) throw new CommandFailure(`Lines that were rejected: ${totals.rejected}`)
}

async function opened(file: string): Promise<AsyncIterable<Buffer>> {
  const found = await stat(file).catch(() => undefined)
  if (!found) throw new CommandFailure(`File ${file} is not there`)
  if (found.isDirectory()) throw new CommandFailure(`${file} is a folder: give one file`)
  return createReadStream(file)
}

function formOf(file: string): keyof typeof TYPES {
  if (/\.csv$/i.test(file)) return 'csv'
  if (/\.(?:ndjson|jsonl)$/i.test(file)) return 'ndjson'
  throw new CommandFailure(`File ${file} has no name that tells its form: say --as csv or --as ndjson`, 2)
}

/** Answers what sends a part until it is taken: what was taken before changes nothing. */
function sender(options: ImportOptions, type: string) {
  const { context, patience } = options
  const token = tokenSource(options)
  const headers = {
    'content-type': type,
    ...(context !== undefined && {
      link: `<${context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`,
    }),
  }
  return async (part: FilePart, header: FilePart | undefined): Promise<ImportResult> => {
    const body = header ? Buffer.concat([header.bytes, part.bytes]) : part.bytes
    const question: HubQuestion = {
      method: 'POST',
      path: '/hub/v1/history',
      headers,
      body,
      patienceMs: 600_000,
    }
    const shift = part.first - 1 - (header?.last ?? 0)
    const end = Date.now() + patience * 1000
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const answer = await sendToHub(options, question, await token())
      if (answer && answer.statusCode < 300) return moved((await answer.body.json()) as ImportResult, shift)
      const text = await answer?.body.text()
      const passes = !answer || PASSING.has(answer.statusCode)
      if (!passes || Date.now() + pause > end)
        throw text === undefined ? noAnswer(options) : refusal(options, text)
      await setTimeout(pause)
    }
  }
}

/** The hub counts the lines of what it was sent. */
function moved({ rejected, ...result }: ImportResult, shift: number): ImportResult {
  const first = rejected.first.map(({ line, detail }) => ({ line: line + shift, detail }))
  return { ...result, rejected: { ...rejected, first } }
}

function add(totals: Totals, { lines, instances, unchanged, rejected }: ImportResult): void {
  totals.lines += lines
  totals.instances += instances
  totals.unchanged += unchanged
  totals.rejected += rejected.count
  totals.first.push(...rejected.first.slice(0, SHOWN - totals.first.length))
}

function brokenOff(error: unknown, kept: number): CommandFailure {
  const reason = error instanceof Error ? error.message : String(error)
  const text = `${reason}\nEverything up to line ${kept} is kept: go on with --from-line ${kept + 1}`
  return new CommandFailure(text, error instanceof CommandFailure ? error.exitCode : 1)
}

function summaryText({ lines, instances, unchanged, rejected, first }: Totals): string {
  const counts = `lines ${lines}, instances ${instances}, unchanged ${unchanged}, rejected ${rejected}`
  return [counts, ...first.map(({ line, detail }) => `  line ${line}: ${detail}`)].join('\n')
}

interface Meter {
  kept(line: number): void
  stop(): void
}

/** A running line on a terminal; a line for each part elsewhere. */
function progressMeter(): Meter {
  const [start, end] = process.stderr.isTTY ? ['\r', ''] : ['', '\n']
  let shown = false
  return {
    kept: (line) => {
      shown = true
      process.stderr.write(`${start}kept up to line ${line}${end}`)
    },
    stop: () => {
      if (shown && end === '') process.stderr.write('\n')
    },
  }
}
