import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import { fillTemplate } from './fill-template.ts'
import type { TemplateCall } from './template-protocol.ts'

// The process of templates: it knows nothing but what it is asked, one thing at a time, and ends with the hub.
process.on('disconnect', () => process.exit())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {}) // the hub says when to end
new Worker(new URL('./template-watchdog.js', import.meta.url), { workerData: process.ppid, env: {} }).unref()
process.on('message', async (call: TemplateCall) => {
  process.send?.(await fillTemplate(call))
})
await fillTemplate({ template: '$string(a)', notification: '{ "a": 1 }' }) // so that the first one is not the slow one
beModest()
process.send?.('ready')

/** Leaves the processor to the hub, and is the first to go where the machine has no memory left. */
function beModest(): void {
  setPriority(10)
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000')
  } catch {
    // only Linux has it
  }
}
