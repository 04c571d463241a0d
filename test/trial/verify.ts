import type { HubProcess } from '../support/hub-process.ts'
import { type Copy, type Found, faultsOf, type Item } from './ledger.ts'
import type { TrialHubs } from './trial-hubs.ts'

/** So many entities are looked at at a time. */
const AT_A_TIME = 8

/** Looks at every entity at every hub by itself, and says what is not as it has to be. */
export async function verify(
  { province, cities }: TrialHubs,
  items: readonly Item[],
): Promise<readonly string[]> {
  const hubs = new Map<string, HubProcess>([
    ['province', province],
    ...cities.map(({ name, hub }) => [name, hub] as const),
  ])
  const faults: string[] = []
  const left = [...items]
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (let item = left.pop(); item; item = left.pop()) faults.push(...(await verifyItem(hubs, item)))
    }),
  )
  return faults
}

async function verifyItem(hubs: ReadonlyMap<string, HubProcess>, item: Item): Promise<readonly string[]> {
  const faults: string[] = []
  for (const [place, hub] of hubs) {
    const entity = await bodyOf(hub, `/ngsi-ld/v1/entities/${item.id}?local=true&format=simplified`)
    const copy = item.copies.find((each) => each.place === place)
    if (copy) faults.push(...faultsOf(item, copy, await foundOf(hub, item, copy, entity)))
    else if (entity) faults.push(`${item.id} is at ${place}, where it does not belong`)
    for (const { attribute } of item.copies)
      if (copy && attribute !== copy.attribute && entity?.[attribute] !== undefined)
        faults.push(`${item.id} has ${attribute} at ${place}, where it does not belong`)
  }
  return faults
}

async function foundOf(
  hub: HubProcess,
  { id }: Item,
  { attribute }: Copy,
  entity: Readonly<Record<string, unknown>> | undefined,
): Promise<Found> {
  const past = await bodyOf(hub, `/ngsi-ld/v1/temporal/entities/${id}?local=true&attrs=${attribute}`)
  const instances = [past?.[attribute] ?? []].flat() as readonly { readonly value?: unknown }[] // as history writes them
  const history = instances.map(({ value }) => value).filter((value) => typeof value === 'number')
  const value = entity?.[attribute]
  return { present: value !== undefined, history, ...(typeof value === 'number' && { value }) }
}

/** Answers a body; undefined when there is nothing of that name. @throws Error on any other answer */
async function bodyOf(hub: HubProcess, path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { status, body } = await hub.send('GET', path)
  if (status === 404) return undefined
  if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`)
  return { ...(body as object) } // a JSON object
}
