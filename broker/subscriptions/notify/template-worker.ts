import { parentPort } from 'node:worker_threads'
import { fillTemplate } from './fill-template.ts'
import type { TemplateCall } from './template-protocol.ts'

// The thread of templates: it knows nothing but what it is asked, one thing at a time.
parentPort?.on('message', async (call: TemplateCall) => {
  parentPort?.postMessage(await fillTemplate(call))
})
parentPort?.postMessage('ready')
