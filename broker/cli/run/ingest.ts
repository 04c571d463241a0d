import cliProgress from 'cli-progress'
import { type IngestProgress, ingest } from '../../../adapters/kit/run/ingest.ts'
import { FeedFault } from '../../../adapters/kit/values/fault.ts'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { loadPlaces } from '../../main/places.ts'
import { CommandFailure } from '../command-failure.ts'
import { summaryText } from './summary-text.ts'
import { tokenSource } from './token-source.ts'

/** Command line options of `hub ingest`. */
export interface IngestOptions {
  readonly adapter: string
  readonly hub: string
  readonly issuer: string
  readonly tenant: string
  readonly account: string
  readonly variable: Readonly<Record<string, string>>
  readonly boundaries: readonly { readonly file: string; readonly on: string }[]
}

/** Loads files through a feed and prints what became of their records. @throws CommandFailure */
export async function ingestFiles(inputs: readonly string[], options: IngestOptions): Promise<void> {
  const who = process.env.HUB_TOKEN === undefined ? `account ${options.account}` : 'the token in HUB_TOKEN'
  process.stderr.write(`Writing to hub ${options.hub}, tenant ${options.tenant || 'default'}, as ${who}\n`)
  const meter = progressMeter()
  try {
    const places = await loadPlaces(
      { places: { boundaries: options.boundaries, systems: [] } },
      readOntology(packageRoot),
    )
    const summary = await ingest({
      places,
      feedFile: options.adapter,
      inputs,
      variables: options.variable,
      connection: {
        baseUrl: options.hub.replace(/\/$/, ''),
        tenant: options.tenant,
        token: tokenSource(options),
      },
      onProgress: meter.update,
    })
    meter.stop()
    process.stdout.write(`${summaryText(summary)}\n`)
  } catch (error) {
    meter.stop()
    if (error instanceof FeedFault) throw new CommandFailure(error.message, 2)
    throw error
  }
}

interface Meter {
  update(progress: IngestProgress): void
  stop(): void
}

/** A bar on a terminal; a line for each input elsewhere. */
function progressMeter(): Meter {
  if (!process.stderr.isTTY) return lineMeter()
  const bar = new cliProgress.SingleBar(
    {
      format: '{bar} {percentage}% | {value}/{total} records | {input}',
      stream: process.stderr,
      hideCursor: true,
    },
    cliProgress.Presets.shades_classic,
  )
  let input: string | undefined
  return {
    update: (progress) => {
      if (progress.input !== input) {
        if (input !== undefined) bar.stop()
        input = progress.input
        bar.start(progress.total, progress.done, { input: label(progress) })
      } else bar.update(progress.done)
    },
    stop: () => bar.stop(),
  }
}

function lineMeter(): Meter {
  let reported = ''
  return {
    update: (progress) => {
      const text = `${label(progress)}: ${progress.done}/${progress.total} records`
      if (progress.done !== progress.total || text === reported) return
      reported = text
      process.stderr.write(`${text}\n`)
    },
    stop: () => undefined,
  }
}

function label({ input, inputsDone, inputs }: IngestProgress): string {
  return `${inputsDone + 1}/${inputs} ${input}`
}
