import { setTimeout as pause } from 'node:timers/promises'
import { letThingsHappen } from './mishaps.ts'
import { createRandom } from './random.ts'
import { startTrialHubs, type TrialHubs } from './trial-hubs.ts'
import { verify } from './verify.ts'
import { createWorkload } from './workload.ts'

/** What came of a trial. */
export interface Result {
  /** What may not be; none when all went well. */
  readonly faults: readonly string[]
  readonly entities: number
  readonly tally: ReadonlyMap<string, number>
  readonly mishaps: ReadonlyMap<string, number>
  readonly slowestRead: number
}

const CITIES = ['east', 'north', 'west']
const CLIENTS = 8
/** Once all is well again, answers have to be whole within this time. */
const RECOVERY_MS = 60_000

/**
 * Lets clients work against a province over three cities while things go wrong, for so many seconds, and then looks what has become of
 * what they wrote. Ends all that it started.
 */
export async function runTrial(options: {
  readonly seed: number
  readonly seconds: number
  readonly isStopped?: () => boolean
}): Promise<Result> {
  const { seed, seconds, isStopped = () => false } = options
  const hubs = await startTrialHubs(CITIES)
  try {
    const end = Date.now() + seconds * 1000
    const isOver = (): boolean => Date.now() > end || isStopped()
    const random = createRandom(seed)
    const workload = createWorkload(hubs, random)
    const clients = Array.from({ length: CLIENTS }, () => workload.work(isOver))
    const [mishaps] = await Promise.all([
      letThingsHappen(hubs.cities, createRandom(seed + 1), isOver),
      ...clients,
    ])
    for (const { proxy } of hubs.cities) proxy.heal()
    const late = await recovers(hubs)
    const { items, tally, slowestRead } = workload
    const faults = [...workload.faults, ...late, ...doubledIn(hubs), ...(await verify(hubs, items))]
    return { faults, entities: items.length, tally, mishaps, slowestRead }
  } finally {
    await hubs.stop()
  }
}

/** Waits until answers of the province are whole. */
async function recovers({ province }: TrialHubs): Promise<readonly string[]> {
  const end = Date.now() + RECOVERY_MS
  for (;;) {
    const answers = await Promise.all(
      ['Bus', 'Sensor', 'Meter'].map((type) => province.send('GET', `/ngsi-ld/v1/entities?type=${type}`)),
    )
    if (answers.every(({ headers }) => headers['ngsild-warning'] === undefined)) return []
    if (Date.now() > end)
      return [`Answers of the province are not whole ${RECOVERY_MS} ms after the last mishap`]
    await pause(200)
  }
}

/** A client's request reaches a city once, whatever happened on the way. */
function doubledIn({ sent }: TrialHubs): readonly string[] {
  if (sent.size === 0) return ['No write was handed on']
  const doubled = [...sent].filter(([, times]) => times > 1)
  return doubled.map(([what, times]) => `${what} was handed on ${times} times`)
}
