import { argv } from 'node:process'
import { ingest } from '../adapters/kit/run/ingest.ts'

/** What a load says of itself each second. */
export interface LoadReport {
  readonly rows: number
  readonly rss: number
  readonly heapUsed: number
}

/** Loads a file through a feed as `hub ingest` does. Arguments: feed.yaml, file, URL of the hub. */
const [feedFile = '', file = '', baseUrl = ''] = argv.slice(2)
let before = 0
let within = 0

function report(): void {
  const { rss, heapUsed } = process.memoryUsage()
  process.send?.({ rows: before + within, rss, heapUsed } satisfies LoadReport)
}

const reporting = setInterval(report, 1000)
const summary = await ingest({
  feedFile,
  inputs: [file],
  connection: { baseUrl, tenant: '', token: () => Promise.resolve(undefined) },
  onProgress: ({ done, total }) => {
    within = done === total ? 0 : done
    if (done === total) before += total
  },
})
clearInterval(reporting)
report()
process.stdout.write(`${JSON.stringify(summary)}\n`)
process.disconnect?.()
