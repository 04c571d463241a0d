import type { Client } from 'undici'
import { id } from './entities.ts'
import { TEMPORAL } from './history-load.ts'
import type { LoadRequest } from './load.ts'
import { send } from './notification-load.ts'
import { ascending, at } from './statistics.ts'

const ASKED = 200

/** Asks for the averages by day of one entity, from an instant on. */
export function averages(name: string, from: number): LoadRequest {
  return { method: 'GET', path: `${TEMPORAL}/${id(name)}?${daily(from)}` }
}

/** Answers what averages by day are asked for with. */
export function daily(from: number): string {
  const timeAt = new Date(from).toISOString()
  return `attrs=noise&timerel=after&timeAt=${timeAt}&format=aggregatedValues&aggrMethods=avg&aggrPeriodDuration=P1D`
}

/** The same request with a header that the hub does not know: no remembered answer is given to it. */
export function anew(request: LoadRequest): LoadRequest {
  return { ...request, headers: { 'x-anew': 'yes' } }
}

/** Answers how long a request takes, one after the other, median of so many in milliseconds. */
export async function timed(client: Client, request: LoadRequest, times = ASKED): Promise<number> {
  const all: number[] = []
  for (let time = 0; time < times; time++) {
    const began = performance.now()
    await send(client, request)
    all.push(performance.now() - began)
  }
  return at(all.sort(ascending), 0.5)
}
