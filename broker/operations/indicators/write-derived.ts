import { type BatchStep, runBatch } from '../batch/run-batch.ts'
import type { IndicatorDependencies } from './indicator.ts'

/** As whom the log remembers what is derived. */
export const ORIGIN = { by: 'indicators' }

const STEPS = 500

/** Runs steps as batches in the name of the indicators. @throws Problem of the first that is refused */
export async function writeDerived(
  dependencies: IndicatorDependencies,
  steps: readonly BatchStep[],
): Promise<void> {
  const { caller, tenant } = dependencies
  for (let at = 0; at < steps.length; at += STEPS) {
    const part = steps.slice(at, at + STEPS)
    const outcomes = await runBatch(dependencies, { caller, tenant, origin: ORIGIN }, part)
    const refused = outcomes.find(({ problem }) => problem !== undefined)
    if (refused?.problem) throw refused.problem
  }
}
