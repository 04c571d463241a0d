import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { type Result, runTrial } from './trial.ts'

const MOST_MINUTES = 60
const SHOWN = 5

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
})
const minutes = Number(values.minutes)
const seed = Number(values.seed)
if (!Number.isInteger(seed) || !(minutes > 0 && minutes <= MOST_MINUTES)) {
  console.error(`npm run trial -- [--minutes N, ${MOST_MINUTES} at most] [--seed N]`)
  process.exit(2)
}

let isStopped = false
process.once('SIGINT', () => {
  isStopped = true
})
console.log(`A province over three cities, whatever happens, for ${minutes} minutes; seed ${seed}`)
const result = await runTrial({ seed, seconds: minutes * 60, isStopped: () => isStopped })
print(result)
if (result.faults.length > 0) console.error(`\nAgain: npm run trial -- --minutes ${minutes} --seed ${seed}`)
process.exit(result.faults.length > 0 ? 1 : 0)

function print({ entities, tally, mishaps, slowestRead, faults }: Result): void {
  for (const list of [mishaps, tally]) {
    for (const [what, times] of [...list].sort(([one], [other]) => (one < other ? -1 : 1)))
      console.log(`${String(times).padStart(8)}  ${what}`)
    console.log()
  }
  console.log(`${entities} entities were written; the slowest read took ${Math.round(slowestRead)} ms`)
  console.log(faults.length === 0 ? 'Nothing was lost, doubled or misplaced' : `${faults.length} faults:`)
  for (const [kind, like] of kindsOf(faults)) {
    console.error(`${String(like.length).padStart(8)}  ${kind}`)
    for (const fault of like.slice(0, SHOWN)) console.error(`            ${fault}`)
  }
}

/** Faults by what they have in common, without names and numbers. */
function kindsOf(faults: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const kinds = new Map<string, string[]>()
  for (const fault of faults) {
    const kind = fault.replace(/urn:\S+|\d+/g, '…')
    const like = kinds.get(kind)
    if (like) like.push(fault)
    else kinds.set(kind, [fault])
  }
  return kinds
}
