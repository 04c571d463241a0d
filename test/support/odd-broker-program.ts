import { parseArgs } from 'node:util'
import { startOddBroker } from './odd-broker.ts'
import type { OddOptions } from './odd-entities.ts'

// The foreign broker as a process of its own: node odd-broker-program.js [--port N] [--version 1.3|1.6] [--keyValues]
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    version: { type: 'string', default: '1.3' },
    keyValues: { type: 'boolean', default: false },
  },
})
const version = values.version as OddOptions['version'] // of those that the line above names
const { url } = await startOddBroker({
  port: Number(values.port),
  keyValues: values.keyValues,
  ...(version && { version }),
})
process.stdout.write(`Odd broker listens on ${url}\n`)
process.on('SIGTERM', () => process.exit(0))
