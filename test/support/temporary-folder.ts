import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// One folder for all that a run keeps for a while: programs and workers that it starts inherit it. Whoever reads this
// first makes it and takes it away.
const mine = process.env.TEST_RUN_FOLDER === undefined
if (mine) {
  process.env.TEST_RUN_FOLDER = mkdtempSync(join(tmpdir(), 'hub-tests-'))
  process.env.TMPDIR = process.env.TEST_RUN_FOLDER
}

/** Takes away what the run left. */
export async function mochaGlobalTeardown(): Promise<void> {
  if (mine && process.env.HUB_TEST_MONGODB) await (await import('./store-of-tests.ts')).dropStores()
  if (mine && process.env.TEST_RUN_FOLDER)
    rmSync(process.env.TEST_RUN_FOLDER, { recursive: true, force: true, maxRetries: 3 })
}
