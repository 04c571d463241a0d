import type { Client } from 'undici'
import { entity, id } from './entities.ts'
import { send } from './notification-load.ts'

/** When the first of all readings was, milliseconds. */
export const START = Date.UTC(2024, 0, 1)
export const MINUTE = 60_000
export const DAY = 86_400_000
export const IN_ONE_REQUEST = 4000
export const TEMPORAL = '/ngsi-ld/v1/temporal/entities'

/** Makes an entity with one reading a minute, as it is now and as it was. */
export async function provision(client: Client, name: string, instances: number): Promise<void> {
  await send(client, { method: 'POST', path: '/ngsi-ld/v1/entities', body: entity(name, 0, 500) })
  for (let first = 0; first < instances; first += IN_ONE_REQUEST) {
    const length = Math.min(IN_ONE_REQUEST, instances - first)
    const noise = Array.from({ length }, (_, place) => reading(first + place))
    await send(client, {
      method: 'POST',
      path: `${TEMPORAL}/${id(name)}/attrs`,
      body: JSON.stringify({ noise }),
    })
  }
}

function reading(minute: number): object {
  const observedAt = new Date(START + minute * MINUTE).toISOString()
  return { type: 'Property', value: 40 + (mixed(minute) % 400) / 10, observedAt }
}

/** Numbers that do not follow from one another, the same in each run: packing finds no pattern that a sensor has not. */
function mixed(number: number): number {
  const once = Math.imul(number ^ (number >>> 16), 0x45d9f3b)
  const twice = Math.imul(once ^ (once >>> 16), 0x45d9f3b)
  return (twice ^ (twice >>> 16)) >>> 0
}
