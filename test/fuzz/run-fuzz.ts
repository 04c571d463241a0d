import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { Trial, TrialResult } from './fuzz-worker.ts'
import { SUBJECTS } from './subjects.ts'

const RUNS = 500
/** An input that needs more than this, or for which no answer comes, has no bound. */
const MAX_MEGABYTES = 256
const MAX_SILENCE_MS = 60_000

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    only: { type: 'string' },
  },
})
const seed = Number(values.seed)
const names = SUBJECTS.map(({ name }) => name).filter((name) => !values.only || name === values.only)
if (!Number.isInteger(seed) || !Number.isFinite(Number(values.seconds)) || names.length === 0) {
  console.error(
    `npm run fuzz -- [--seconds N] [--seed N] [--only ${SUBJECTS.map(({ name }) => name).join('|')}]`,
  )
  process.exit(2)
}

console.log(`Fuzzing ${names.join(', ')} for ${values.seconds} s; seed ${seed}`)
process.exit(await fuzz(Date.now() + Number(values.seconds) * 1000))

/** Tries all subjects in turn, each time from the next seed, until the time is over or something is found. */
async function fuzz(end: number): Promise<number> {
  const worker = startWorker()
  let tried = 0
  for (let round = 0; round === 0 || Date.now() < end; round++) {
    for (const name of names) {
      const trial: Trial = { name, seed: seed + round, runs: RUNS }
      const { runs, found } = await attempt(worker, trial)
      tried += runs
      if (!found) continue
      console.error(`\n${name} fails on ${found.input}\n\n${found.fault}\n`)
      console.error(`Again: npm run fuzz -- --seconds 0 --seed ${trial.seed} --only '${name}'`)
      return 1
    }
  }
  console.log(`${tried} inputs, nothing found`)
  return 0
}

function startWorker(): Worker {
  const limits = { maxOldGenerationSizeMb: MAX_MEGABYTES }
  return new Worker(new URL('./fuzz-worker.js', import.meta.url), { resourceLimits: limits })
}

/** A worker that dies of its memory, or falls silent, has found something too: some input of this seed. */
async function attempt(worker: Worker, trial: Trial): Promise<TrialResult> {
  return new Promise((resolve) => {
    const found = (fault: string): void =>
      resolve({ runs: 0, found: { input: 'some input of this seed', fault } })
    const timer = setTimeout(() => found(`No answer within ${MAX_SILENCE_MS} ms`), MAX_SILENCE_MS)
    const died = (error: Error): void => found(error.stack ?? String(error))
    worker.once('error', died)
    worker.once('message', (result: TrialResult) => {
      clearTimeout(timer)
      worker.off('error', died)
      resolve(result)
    })
    worker.postMessage(trial)
  })
}
