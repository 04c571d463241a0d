import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { missingCapableMongo, startCapableMongo } from '../support/capable-mongo.ts'
import { runFault } from './fault.ts'

const MOST_MINUTES = 30
const SHOWN = 20

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
})
const minutes = Number(values.minutes)
const seed = Number(values.seed)
if (!Number.isInteger(seed) || !(minutes > 0 && minutes <= MOST_MINUTES)) {
  console.error(`npm run fault:mongodb -- [--minutes N, ${MOST_MINUTES} at most] [--seed N]`)
  process.exit(2)
}
const missing = missingCapableMongo()
if (missing !== undefined) {
  console.log(`SKIPPED: three hub processes on one MongoDB (${missing})`)
} else {
  const mongo = await startCapableMongo()
  console.log(`Three hub processes on ${mongo.kind}, killed at random for ${minutes} minutes; seed ${seed}`)
  try {
    const { counts, faults } = await runFault({ url: mongo.url, seed, seconds: minutes * 60 })
    for (const [what, count] of Object.entries(counts)) console.log(`${String(count).padStart(8)}  ${what}`)
    console.log(faults.length === 0 ? 'Nothing was lost or doubled' : `${faults.length} faults:`)
    for (const fault of faults.slice(0, SHOWN)) console.error(`          ${fault}`)
    process.exitCode = faults.length === 0 ? 0 : 1
  } finally {
    await mongo.close()
  }
}
