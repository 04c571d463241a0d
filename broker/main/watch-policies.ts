import { stat } from 'node:fs/promises'
import type { PoliciesInForce } from '../operations/policies/policies-in-force.ts'
import { policyFilesIn } from './policies.ts'

/**
 * Reads policy files again whenever they have changed, and then kept still for a while: one that is written half may be
 * whole rules with others missing. Looking at them works on every platform and mount, also where files are replaced.
 * Answers how to stop.
 */
export async function watchPolicies(
  paths: readonly string[],
  every: number,
  policies: Pick<PoliciesInForce, 'reload'>,
): Promise<() => void> {
  let read = await stateOf(paths)
  let before = read
  let looking = false
  const timer = setInterval(() => {
    if (looking) return
    looking = true
    void look().finally(() => {
      looking = false
    })
  }, every).unref()
  return () => clearInterval(timer)

  async function look(): Promise<void> {
    const state = await stateOf(paths)
    const isStill = state === before
    before = state
    if (!isStill || state === read) return
    read = state
    await policies.reload('file').catch(() => undefined) // what is wrong is logged and shown
  }
}

async function stateOf(paths: readonly string[]): Promise<string> {
  const files = await Promise.all(
    policyFilesIn(paths).map(async (file) => {
      const found = await stat(file).catch(() => undefined)
      return [file, found?.mtimeMs, found?.size, found?.ino]
    }),
  )
  return JSON.stringify(files)
}
