import { request } from 'undici'
import { entity } from './entities.ts'

const TOGETHER = 500

/** How many entities a hub is filled with. */
export interface Filling {
  readonly population: number
  /** So many different pages of 20 they make. */
  readonly pages: number
  readonly headers?: Readonly<Record<string, string>>
}

/** Creates the entities of the benches in a hub. @throws Error that has what it answered otherwise */
export async function fill(url: string, { population, pages, headers = {} }: Filling): Promise<void> {
  for (let first = 0; first < population; first += TOGETHER) {
    const items = Array.from({ length: Math.min(TOGETHER, population - first) }, (_, at) =>
      entity(String(first + at), first + at, pages),
    )
    const answer = await request(`${url}/ngsi-ld/v1/entityOperations/create`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: `[${items.join(',')}]`,
    })
    if (answer.statusCode !== 201) throw new Error(`Entities were not created: ${await answer.body.text()}`)
    await answer.body.dump()
  }
}
