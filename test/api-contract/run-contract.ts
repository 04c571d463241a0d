import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startContractHub } from './contract-hub.ts'
import { type Findings, findSchemathesis, runSchemathesis } from './schemathesis.ts'

const MOST_MINUTES = 120
const MOST_PRINTED = 40_000
/** What takes away more than it names, or the right to ask, comes when all else was tried. */
const WIPING = [
  'DELETE /ngsi-ld/v1/entities',
  'DELETE /ngsi-ld/v1/snapshots',
  'DELETE /hub/v1/history',
  'POST /hub/v1/privacy/erase',
  'POST /hub/v1/revocations',
  'POST /hub/v1/identity/keys',
]
const SHARE_OF_WIPING = 0.1

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
})
const minutes = Number(values.minutes)
const seed = Number(values.seed)
if (!Number.isInteger(seed) || !(minutes > 0 && minutes <= MOST_MINUTES)) {
  console.error(`npm run contract -- [--minutes N, ${MOST_MINUTES} at most] [--seed N]`)
  process.exit(2)
}
const command = findSchemathesis()
if (command === undefined) {
  console.error('Schemathesis is not there. Python 3.10 or newer installs it:')
  console.error('  python3 -m venv .build/schemathesis')
  console.error('  .build/schemathesis/bin/pip install --requirement test/api-contract/requirements.txt')
  process.exit(3)
}

console.log(
  `The OpenAPI document against hubs without and with access control, for ${minutes} min; seed ${seed}`,
)
const folder = mkdtempSync(join(tmpdir(), 'hub-contract-'))
process.once('SIGTERM', () => process.exit(1))
let failed = 0
try {
  for (const access of ['open', 'secured'] as const) failed += await tryHub(command, access)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(failed === 0 ? 'No failure' : `${failed} kinds of failures`)
if (failed > 0) console.error(`\nAgain: npm run contract -- --minutes ${minutes} --seed ${seed}`)
process.exit(failed > 0 ? 1 : 0)

/** Tries one hub, and what wipes it last; answers how many kinds of failures there were. */
async function tryHub(st: string, access: 'open' | 'secured'): Promise<number> {
  const hub = await startContractHub(access)
  const seconds = (minutes * 60) / 2
  const runs = [
    { share: 1 - SHARE_OF_WIPING, except: WIPING, what: access },
    { share: SHARE_OF_WIPING, only: WIPING, what: `${access}, wiping` },
  ]
  let kinds = 0
  try {
    for (const { share, what, ...chosen } of runs) {
      const time = Math.max(1, Math.round(seconds * share))
      const { url } = hub
      const asked = { url, headers: await hub.headers(), seconds: time, seed, folder, ...chosen }
      kinds += print(what, time, await runSchemathesis(st, asked))
    }
  } finally {
    await hub.stop()
  }
  return kinds
}

function print(what: string, seconds: number, found: Findings): number {
  const { requests, accepted, operations, failures, text } = found
  console.log(
    `${what.padEnd(16)} ${seconds} s, ${requests} requests to ${operations} operations, ${accepted} carried out; ` +
      `${failures.reduce((sum, { count }) => sum + count, 0)} failures`,
  )
  for (const { title, count, operations: where } of failures)
    console.error(`${String(count).padStart(8)}  ${title}: ${where.join(', ')}`)
  if (failures.length > 0) console.error(text.slice(-MOST_PRINTED))
  return failures.length
}
