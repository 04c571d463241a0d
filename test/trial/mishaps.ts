import { setTimeout as pause } from 'node:timers/promises'
import { type Fault, SPOILING } from '../support/fault-proxy.ts'
import type { Random } from './random.ts'
import type { City } from './trial-hubs.ts'

/** Lets one mishap after another happen to cities until it is told to stop; answers how often each happened. */
export async function letThingsHappen(
  cities: readonly City[],
  random: Random,
  isOver: () => boolean,
): Promise<ReadonlyMap<string, number>> {
  const happened = new Map<string, number>()
  while (!isOver()) {
    const city = random.one(cities)
    if (random.happens(0.15)) {
      count('kill -9')
      await city.kill()
      await pause(random.whole(100, 2000))
      await city.restart()
    } else {
      const fault = faultOf(random)
      count(fault.kind)
      city.proxy.inflict(fault)
      await pause(random.whole(500, 4000))
      // sometimes the next one begins before this one is over
      if (random.happens(0.9)) city.proxy.heal()
    }
    await pause(random.whole(500, 4000))
  }
  return happened

  function count(what: string): void {
    happened.set(what, (happened.get(what) ?? 0) + 1)
  }
}

function faultOf(random: Random): Fault {
  if (random.happens(0.2)) return { kind: 'latency', milliseconds: random.whole(10, 1500) }
  return { kind: random.one(SPOILING) }
}
