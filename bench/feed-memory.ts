import { createWriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { request } from 'undici'
import { stringify } from 'yaml'
import { loadCurveHeader, loadCurveRow, untakenColumns } from './feed-inputs.ts'
import type { LoadReport } from './feed-load.ts'
import type { FeedBench } from './feeds.ts'
import type { Figure } from './notifications.ts'
import { type Server, startFeedLoad, startHub } from './servers.ts'
import { ascending, at, median } from './statistics.ts'
import { printTable } from './table.ts'

/** Memory of the load and of the hub at a time, mebibytes. */
interface Sample {
  readonly seconds: number
  readonly rows: number
  readonly feed: number
  readonly feedHeap: number
  readonly hub: number
  readonly hubHeap: number
}

const MEBIBYTE = 1_048_576
const CHUNK_ROWS = 1000
const LINES_PRINTED = 16

/** Loads one large table as `hub ingest` does, and looks at the memory of the load and of the hub each second. */
export async function feedMemory({ folder, started, bytes, columns }: FeedBench): Promise<Figure[]> {
  const file = join(folder, 'load-curve.csv')
  const rows = await writeTable(file, { bytes, columns })
  const feedFile = join(folder, 'load-curve.feed.yaml')
  writeFileSync(feedFile, stringify(FEED(columns)))
  const config = join(folder, 'memory.yaml')
  const checked = { validate: [{ mode: 'enforce', convertUnits: true }] }
  writeFileSync(
    config,
    stringify({ name: 'memory', auth: { mode: 'off' }, context: { default: 'ontology' }, ontology: checked }),
  )
  const hub = await started(startHub(folder, { name: 'memory', config }))
  const samples: Sample[] = []
  const began = performance.now()
  const summary = await startFeedLoad([feedFile, file, hub.url], async (report) => {
    samples.push(await sampleOf(hub, report, (performance.now() - began) / 1000))
  })
  const seconds = (performance.now() - began) / 1000
  await hub.stop()
  if (summary !== JSON.stringify({ read: rows, written: rows, unchanged: 0, quarantined: {} }))
    throw new Error(`Load of ${rows} rows ended with ${summary}`)
  printSamples(samples)
  const about = `of one table of ${(bytes / 1e9).toFixed(1)} GB, ${rows} rows, ${Math.round(rows / seconds)} a second`
  return [
    figureOf(
      'feeds.memory.load',
      `the load ${about}`,
      samples.map(({ feed }) => feed),
    ),
    figureOf(
      'feeds.memory.hub',
      `the hub during it`,
      samples.map(({ hub }) => hub),
    ),
  ]
}

/** A feed of load curve tables. */
export const FEED = (untaken: number): object => ({
  name: 'load-curve',
  title: 'Load curves of a bench',
  source: 'urn:ngsi-ld:Feed:bench:load-curve',
  dataProvider: 'Bench',
  transport: { kind: 'directory', path: '.' },
  format: { kind: 'csv' },
  maxBytes: 1_099_511_627_776,
  mapping: {
    type: 'LoadCurveObserved',
    id: 'bench:{MA_DIEMDO}',
    time: { from: 'NGAYGIO', format: 'yyyy-MM-dd HH:mm', period: 'PT30M' },
    columns: {
      MA_DIEMDO: { attribute: 'refMeteringPoint', link: 'MeteringPoint', id: 'bench:{MA_DIEMDO}' },
      P_KW: { attribute: 'totalActivePower', unit: 'kW' },
      A_KWH: { attribute: 'activeEnergy', unit: 'kWh' },
    },
    ignore: untakenColumns(untaken),
  },
})

/** Writes a table of so many bytes, and answers how many rows it has. */
async function writeTable(
  file: string,
  { bytes, columns }: Pick<FeedBench, 'bytes' | 'columns'>,
): Promise<number> {
  let [rows, written] = [0, 0]
  function* chunks(): Iterable<Buffer> {
    yield Buffer.from(`${loadCurveHeader(columns)}\n`)
    while (written < bytes) {
      const lines = Array.from({ length: CHUNK_ROWS }, () => `${loadCurveRow(rows++, columns)}\n`)
      const chunk = Buffer.from(lines.join(''))
      written += chunk.length
      yield chunk
    }
  }
  await pipeline(Readable.from(chunks()), createWriteStream(file))
  return rows
}

async function sampleOf(hub: Server, { rows, rss, heapUsed }: LoadReport, seconds: number): Promise<Sample> {
  const { body } = await request(`${hub.url}/metrics`)
  const heap = /^nodejs_heap_size_used_bytes(?:\{[^}]*\})? (\S+)$/m.exec(await body.text())?.[1]
  return {
    ...{ seconds, rows, feed: rss / MEBIBYTE, feedHeap: heapUsed / MEBIBYTE },
    ...{ hub: (hub.residentBytes() ?? Number.NaN) / MEBIBYTE, hubHeap: Number(heap) / MEBIBYTE },
  }
}

function printSamples(samples: readonly Sample[]): void {
  const step = Math.max(1, Math.ceil(samples.length / LINES_PRINTED))
  printTable([
    ['seconds', 'rows', 'load MiB', 'its heap', 'hub MiB', 'its heap'],
    ...samples
      .filter((_, place) => place % step === 0 || place === samples.length - 1)
      .map(({ seconds, rows, feed, feedHeap, hub, hubHeap }) =>
        [seconds, rows, feed, feedHeap, hub, hubHeap].map((number) => String(Math.round(number))),
      ),
  ])
}

/** Compares what is in the middle of the last quarter with what is in that of the second. */
function figureOf(name: string, of: string, memory: readonly number[]): Figure {
  const quarter = (number: number): number[] =>
    memory
      .slice(Math.floor((memory.length * number) / 4), Math.ceil((memory.length * (number + 1)) / 4))
      .sort(ascending)
  const [second, last] = [quarter(1), quarter(3)]
  const noise = (at(second, 0.9) - at(second, 0.1)) / median(second)
  return {
    name,
    value: median(last) / median(second),
    aim: '<= 1.1',
    text: `resident memory of ${of}: median of the last quarter of the time (${Math.round(median(last))} MiB) to that of the second (${Math.round(median(second))} MiB); within the second quarter nine tenths of the samples lie ${(100 * noise).toFixed(0)} % above a tenth`,
  }
}
