import { parentPort } from 'node:worker_threads'
import fc from 'fast-check'
import { SUBJECTS } from './subjects.ts'

/** What is to be tried: a subject, from a seed, so many times. */
export interface Trial {
  readonly name: string
  readonly seed: number
  readonly runs: number
}

/** What came of it; found: the smallest input that shows a fault, with the fault. */
export interface TrialResult {
  readonly runs: number
  readonly found?: { readonly input: string; readonly fault: string }
}

parentPort?.on('message', async ({ name, seed, runs }: Trial) => {
  const subject = SUBJECTS.find((each) => each.name === name)
  if (!subject) throw new Error(`No subject is called ${name}`)
  const { failed, counterexample, errorInstance, numRuns } = await fc.check(subject.property, {
    seed,
    numRuns: runs,
  })
  const found = failed && {
    input: JSON.stringify(counterexample),
    fault:
      errorInstance instanceof Error ? (errorInstance.stack ?? String(errorInstance)) : String(errorInstance),
  }
  parentPort?.postMessage({ runs: numRuns, ...(found && { found }) } satisfies TrialResult)
})
