import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { type Readable, Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CommandFailure } from '../command-failure.ts'
import { askHub, type HubOptions } from './ask-hub.ts'

/** Command line options of `hub export`. */
export interface ExportOptions extends HubOptions {
  readonly as: 'ndjson' | 'geojson-seq'
  readonly output?: string
}

const TYPES = { ndjson: 'application/x-ndjson', 'geojson-seq': 'application/geo+json-seq' } as const
/** A hub may look through very much before it finds the next match. */
const PATIENCE_MILLISECONDS = 600_000

/** Writes all matches of a query, and how many there were; a file is only there when it is whole. @throws CommandFailure */
export async function exportTo(query: string, options: ExportOptions): Promise<void> {
  await writeBody(await ask(query, options), options.output, 'entities')
}

/** Writes an answer to a file, which is only there when it is whole, or to the output; says how many lines. @throws CommandFailure */
export async function writeBody(body: Readable, output: string | undefined, what: string): Promise<void> {
  const meter = progressMeter(what)
  try {
    if (output === undefined) await copy(body, process.stdout, meter)
    else await copyToFile(body, output, meter)
  } catch (error) {
    meter.stop()
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandFailure(`Export broke off after ${meter.lines()} ${what}: ${reason}`)
  }
  meter.stop()
  process.stderr.write(`exported ${meter.lines()} ${what}\n`)
}

async function ask(query: string, { as, ...hub }: ExportOptions): Promise<Readable> {
  const path = `/ngsi-ld/v1/entities?${localOnly(query)}`
  const { body } = await askHub(hub, { path, accept: TYPES[as], patienceMs: PATIENCE_MILLISECONDS })
  return body
}

/** An export is of one hub; whoever types a command need not say so. */
function localOnly(query: string): URLSearchParams {
  const parameters = new URLSearchParams(query)
  if (!parameters.has('local')) parameters.set('local', 'true')
  return parameters
}

async function copyToFile(body: Readable, output: string, meter: Meter): Promise<void> {
  const part = `${output}.part`
  try {
    await copy(body, createWriteStream(part), meter)
    await rename(part, output)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

function copy(body: Readable, target: Writable, meter: Meter): Promise<void> {
  const counting = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      meter.add(chunk.reduce((lines, byte) => (byte === LINE_END ? lines + 1 : lines), 0))
      done(null, chunk)
    },
  })
  return pipeline(body, counting, target, { end: target !== process.stdout })
}

const LINE_END = 0x0a

interface Meter {
  add(lines: number): void
  lines(): number
  stop(): void
}

const EVERY_MILLISECONDS = 500

/** A running count on a terminal; nothing elsewhere until the end. */
function progressMeter(what: string): Meter {
  let lines = 0
  const show = process.stderr.isTTY
    ? setInterval(() => process.stderr.write(`\r${lines} ${what}`), EVERY_MILLISECONDS)
    : undefined
  return {
    add: (more) => {
      lines += more
    },
    lines: () => lines,
    stop: () => {
      clearInterval(show)
      if (show) process.stderr.write('\r')
    },
  }
}
