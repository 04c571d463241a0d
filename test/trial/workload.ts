import type { HubProcess, HubProcessAnswer } from '../support/hub-process.ts'
import { type Told, told } from './answers.ts'
import { attempt, type Copy, type Item, isCertain, type Write } from './ledger.ts'
import type { Random } from './random.ts'
import { type City, cityOf, METERS, OPERATION, type TrialHubs } from './trial-hubs.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const OPERATIONS = '/ngsi-ld/v1/entityOperations'
/** Entities that are alive at a time, at most; and that may be left of those whose deletion nobody confirmed: a page shows all. */
const MOST = 300
/** A copy is left alone after so many writes, so that its history stays short. */
const MOST_WRITES = 100

/** What clients did, and what they saw that may not be. */
export interface Workload {
  readonly items: readonly Item[]
  readonly faults: readonly string[]
  /** How often each operation ended how. */
  readonly tally: ReadonlyMap<string, number>
  /** Longest time that a read took, milliseconds. */
  readonly slowestRead: number
  /** Does one thing after another until it is told to stop. */
  work(isOver: () => boolean): Promise<void>
}

/** Makes clients of a province and of its cities. */
export function createWorkload({ province, cities }: TrialHubs, random: Random): Workload {
  const items: Item[] = []
  const faults: string[] = []
  const tally = new Map<string, number>()
  let slowestRead = 0
  let values = 0
  let operations = 0

  const count = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1)
  const names = cities.map(({ name }) => name)

  /** No answer is an answer too: the connection broke. */
  async function send(
    hub: HubProcess,
    ...[method, path, body]: Parameters<HubProcess['send']>
  ): Promise<HubProcessAnswer | undefined> {
    try {
      return await hub.send(method, path, body, { [OPERATION]: `operation-${++operations}` })
    } catch {
      return undefined
    }
  }

  async function write(
    what: string,
    hub: HubProcess,
    ...request: Parameters<HubProcess['send']>
  ): Promise<Told> {
    const answer = told(await send(hub, ...request))
    count(`${what} ${answer.status ?? 'broken'}`)
    if (hub === province && answer.status === undefined) faults.push(`${what}: the province did not answer`)
    return answer
  }

  // --- writes -----------------------------------------------------------------------------------------------------

  function newItem(
    type: string,
    id: string,
    parts: readonly (readonly [place: string, attribute: string])[],
  ): Item {
    const copies = parts.map(([place, attribute]) => ({
      place,
      attribute,
      writes: [],
      created: 'unknown' as const,
    }))
    const item = { id, type, copies, busy: true }
    items.push(item)
    return item
  }

  /** Writes a new value to each copy. */
  function attempts(item: Item): ReadonlyMap<Copy, Write> {
    return new Map(item.copies.map((copy) => [copy, attempt(copy, ++values)]))
  }

  function bodyOf(written: ReadonlyMap<Copy, Write>): object {
    return Object.fromEntries(
      [...written].map(([{ attribute }, { value }]) => [attribute, { type: 'Property', value }]),
    )
  }

  function newBus(): Item {
    const city = random.one(names)
    return newItem('Bus', `urn:bus:${city}:${items.length}`, [[city, 'speed']])
  }

  function noteCreation(item: Item, written: ReadonlyMap<Copy, Write>, answer: Told): void {
    for (const [copy, one] of written) {
      one.outcome = answer.ofEntity(item.id, copy.place === 'province' ? undefined : copy.place)
      copy.created = one.outcome
    }
  }

  async function createBus(): Promise<void> {
    const item = newBus()
    const written = attempts(item)
    const body = { id: item.id, type: item.type, ...bodyOf(written) }
    noteCreation(item, written, await write('create', province, 'POST', ENTITIES, body))
    item.busy = false
  }

  /** Each meter once: its reading is the city's, its owner the province's. */
  async function createMeter(): Promise<void> {
    const number = items.filter(({ type }) => type === 'Meter').length
    if (number >= METERS) return createBus()
    const city = names[cityOf(number, names.length)] ?? ''
    const item = newItem('Meter', `urn:meter:${number}`, [
      [city, 'reading'],
      ['province', 'owner'],
    ])
    const written = attempts(item)
    const body = { id: item.id, type: item.type, ...bodyOf(written) }
    noteCreation(item, written, await write('create exclusive', province, 'POST', ENTITIES, body))
    item.busy = false
  }

  /** Made at the city itself, which does not ask the province. */
  async function createSensor(city: City): Promise<void> {
    const item = newItem('Sensor', `urn:sensor:${city.name}:${items.length}`, [[city.name, 'level']])
    const written = attempts(item)
    const body = { id: item.id, type: item.type, ...bodyOf(written) }
    noteCreation(item, written, await write('create at city', city.hub, 'POST', ENTITIES, body))
    item.busy = false
  }

  function taken(type?: string): Item | undefined {
    const free = items.filter(
      (item) =>
        !item.busy &&
        (type === undefined || item.type === type) &&
        item.copies.every(
          ({ deleted, created, writes }) =>
            deleted === undefined && created !== 'refused' && writes.length < MOST_WRITES,
        ),
    )
    if (free.length === 0) return undefined
    const item = random.one(free)
    item.busy = true
    return item
  }

  /** Where a client writes: sensors are the cities' own, buses also there. */
  function hubFor({ type, copies }: Item): HubProcess {
    const city = cities.find(({ name }) => name === copies[0]?.place)
    if (city && (type === 'Sensor' || (type === 'Bus' && random.happens(0.2)))) return city.hub
    return province
  }

  async function update(): Promise<void> {
    const item = taken()
    if (!item) return createBus()
    const hub = hubFor(item)
    const written = attempts(item)
    const method = random.one(['PATCH', 'POST'] as const)
    const path = `${ENTITIES}/${item.id}/attrs`
    const answer = await write(
      hub === province ? 'update' : 'update at city',
      hub,
      method,
      path,
      bodyOf(written),
    )
    for (const [copy, one] of written) {
      one.outcome = answer.ofAttribute(copy.attribute)
      if (one.outcome === 'acked') copy.created = 'acked'
    }
    if (answer.status === 404 && item.copies.every(isCertain)) faults.push(`${item.id} is said not to exist`)
    item.busy = false
  }

  async function remove(): Promise<void> {
    const item = taken()
    if (!item) return createBus()
    for (const copy of item.copies) copy.deleted = 'unknown'
    const hub = hubFor(item)
    const answer = await write('delete', hub, 'DELETE', `${ENTITIES}/${item.id}`)
    for (const copy of item.copies)
      copy.deleted = answer.ofEntity(item.id, copy.place === 'province' ? undefined : copy.place)
    item.busy = false
  }

  /** Deletes again what may be left of a deletion that nobody confirmed. */
  async function sweep(item: Item): Promise<void> {
    item.busy = true
    const { status } = await write('sweep', province, 'DELETE', `${ENTITIES}/${item.id}`)
    if (status === 204 || status === 404) item.swept = true
    item.busy = false
  }

  async function batch(): Promise<void> {
    const what = random.one(['create', 'upsert', 'update', 'delete'] as const)
    const size = random.whole(2, 6)
    const some = Array.from({ length: size }, () => (what === 'create' ? newBus() : taken('Bus'))).filter(
      (item) => item !== undefined,
    )
    if (some.length === 0) return createBus()
    if (what === 'delete') await batchDelete(some)
    else await batchWrite(what, some)
    for (const item of some) item.busy = false
  }

  async function batchDelete(some: readonly Item[]): Promise<void> {
    for (const { copies } of some) for (const copy of copies) copy.deleted = 'unknown'
    const ids = some.map(({ id }) => id)
    const answer = await write('batch delete', province, 'POST', `${OPERATIONS}/delete`, ids)
    for (const { id, copies } of some)
      for (const copy of copies) copy.deleted = answer.ofEntity(id, copy.place)
  }

  async function batchWrite(what: 'create' | 'upsert' | 'update', some: readonly Item[]): Promise<void> {
    const written = new Map(some.map((item) => [item, attempts(item)]))
    const bodies = [...written].map(([{ id, type }, each]) => ({ id, type, ...bodyOf(each) }))
    const path = `${OPERATIONS}/${what}${what === 'upsert' ? '?options=update' : ''}`
    const answer = await write(`batch ${what}`, province, 'POST', path, bodies)
    for (const [item, each] of written) {
      if (what === 'create') noteCreation(item, each, answer)
      for (const [copy, one] of each) {
        one.outcome = answer.ofEntity(item.id, copy.place)
        if (one.outcome === 'acked') copy.created = 'acked'
      }
    }
  }

  // --- reads ------------------------------------------------------------------------------------------------------

  async function read(what: string, path: string): Promise<HubProcessAnswer | undefined> {
    const began = performance.now()
    const answer = await send(province, 'GET', path)
    slowestRead = Math.max(slowestRead, performance.now() - began)
    const isPartial = answer?.headers['ngsild-warning'] !== undefined
    count(`${what} ${answer?.status ?? 'broken'}${isPartial ? ' with a warning' : ''}`)
    if (!answer || answer.status >= 500) faults.push(`GET ${path} answered ${answer?.status ?? 'nothing'}`)
    return isPartial ? undefined : answer
  }

  /** What is whole has all that was confirmed before it was asked for. */
  async function query(): Promise<void> {
    const type = random.one(['Bus', 'Sensor', 'Meter'])
    const expected = items.filter((item) => item.type === type && item.copies.some(isCertain))
    const answer = await read('query', `${ENTITIES}?type=${type}&limit=1000&format=simplified`)
    if (!answer) return
    const ids = (answer.body as readonly { readonly id: string }[]).map(({ id }) => id) // a query answers a list
    // the province has no more to say in a page than that
    if (String(answer.headers.link ?? '').includes('rel="next"')) return count('query of several pages')
    const there = new Set(ids)
    if (there.size < ids.length) faults.push(`A query of type ${type} has an entity twice`)
    for (const item of expected)
      if (item.copies.some(isCertain) && !there.has(item.id))
        faults.push(`${item.id} is missing in an answer without a warning`)
  }

  /** What is whole shows no value that is older than what was confirmed before it was asked for. */
  async function retrieve(): Promise<void> {
    if (items.length === 0) return
    const item = random.one(items)
    const before = item.copies.map((copy) => [copy, isCertain(copy), lastAcked(copy)] as const)
    const answer = await read('retrieve', `${ENTITIES}/${item.id}?format=simplified`)
    if (!answer) return
    const body: Readonly<Record<string, unknown>> = { ...(answer.body as object) } // an entity or a problem
    for (const [copy, certain, place] of before) {
      if (!certain || !isCertain(copy)) continue
      const at = copy.writes.findIndex(({ value }) => value === body[copy.attribute])
      if (answer.status === 404 || at < 0) faults.push(`${item.id} lacks ${copy.attribute} without a warning`)
      else if (at < place && copy.writes[at]?.outcome === 'acked')
        faults.push(`${item.id} shows ${copy.attribute} as it was before a confirmed write`)
    }
  }

  function lastAcked({ writes }: Copy): number {
    return writes.findLastIndex(({ outcome }) => outcome === 'acked')
  }

  function step(): Promise<void> {
    const isFull =
      items.filter(({ copies }) => copies.every(({ deleted }) => deleted === undefined)).length > MOST
    const left = items.filter(
      ({ copies, busy, swept }) => !busy && !swept && copies.some(({ deleted }) => deleted === 'unknown'),
    )
    // a city that is away confirms none: meanwhile, other things go on
    if (left.length > MOST && random.happens(0.3)) return sweep(random.one(left))
    const chance = random.next()
    if (chance < 0.12) return isFull ? remove() : createBus()
    if (chance < 0.16) return createMeter()
    if (chance < 0.2) return isFull ? remove() : createSensor(random.one(cities))
    if (chance < 0.24) return remove()
    if (chance < 0.34) return batch()
    if (chance < 0.65) return update()
    return chance < 0.8 ? query() : retrieve()
  }

  return {
    items,
    faults,
    tally,
    get slowestRead() {
      return slowestRead
    },
    work: async (isOver) => {
      while (!isOver()) {
        await step()
        await new Promise((resolve) => setTimeout(resolve, random.whole(0, 20)))
      }
    },
  }
}
