import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../support/free-port.ts'
import { type HubProcess, startHubProcess } from '../support/hub-process.ts'
import { dropDatabase } from '../support/mongodb-server.ts'
import { temporaryFolder } from '../support/stores.ts'
import { until } from '../support/until.ts'
import { createRandom, type Random } from '../trial/random.ts'

const HUBS = 3
const ENTITIES = 300
const WRITE_EVERY_MILLISECONDS = 20
const BETWEEN_KILLS = { least: 4, most: 12 }
const TYPE = 'Counted'
/** Time of the first observation of all. */
const FIRST = Date.UTC(2026, 0, 1)

/** What is to be done to hubs on a database, and for how long. */
export interface FaultRun {
  readonly url: string
  readonly seed: number
  readonly seconds: number
}

/** What was counted, and what was lost or doubled. */
export interface FaultResult {
  readonly counts: Readonly<Record<string, number>>
  readonly faults: readonly string[]
}

/** An entity and what was written of it: states 1, 2, 3, … one after the other. */
interface Written {
  readonly id: string
  state: number
  busy: boolean
  /** States of which an answer was lost, so that they were written again. */
  readonly repeated: Set<number>
}

/**
 * Writes fifty states a second to three hub processes, any of which is killed at any time, and looks afterwards whether
 * each is there: as the last state of its entity, once in its history, and in notifications of one id.
 */
export async function runFault({ url, seed, seconds }: FaultRun): Promise<FaultResult> {
  const random = createRandom(seed)
  const database = `hub-fault-${process.pid}`
  const hubs = await Promise.all(Array.from({ length: HUBS }, () => startHub(url, database)))
  const receiver = await startReceiver()
  try {
    await subscribe(hubs, receiver.url)
    const entities = Array.from({ length: ENTITIES }, (_, at): Written => {
      return { id: `urn:${TYPE}:${at + 1}`, state: 0, busy: false, repeated: new Set() }
    })
    const end = Date.now() + seconds * 1000
    const [kills] = await Promise.all([
      killAtRandom(hubs, { random, end, start: () => startHub(url, database) }),
      writeUntil(entities, { hubs, random: createRandom(seed + 1), end }),
    ])
    const { taken } = receiver
    const all = entities.reduce((sum, { state }) => sum + state, 0)
    await until('all notifications', () => taken.size >= all, 120_000).catch(() => {}) // what is missing is told below
    await pause(3000)
    const faults = [...missedNotifications(entities, taken), ...(await lostStates(entities, hubs, random))]
    const repeated = entities.reduce((sum, one) => sum + one.repeated.size, 0)
    const counts = {
      'states were written and acknowledged': all,
      'of them written again, since an answer was lost': repeated,
      'processes were killed and started anew': kills,
      'notifications came': receiver.came(),
    }
    return { counts, faults }
  } finally {
    await Promise.all(hubs.map((hub) => hub.kill()))
    receiver.close()
    await dropDatabase(url, database)
  }
}

async function startHub(url: string, database: string): Promise<HubProcess> {
  return startHubProcess({
    data: temporaryFolder(),
    port: await freePort(),
    settings: {
      HUB_STORE_KIND: 'mongodb',
      HUB_STORE_MONGODB_URL: url,
      HUB_STORE_MONGODB_DATABASE: database,
      HUB_CONTEXT_DEFAULT: 'core',
    },
  })
}

async function subscribe([hub]: readonly HubProcess[], uri: string): Promise<void> {
  const answer = await hub?.send('POST', '/ngsi-ld/v1/subscriptions', {
    type: 'Subscription',
    entities: [{ type: TYPE }],
    notification: { endpoint: { uri } },
  })
  if (answer?.status !== 201) throw new Error(`Hub answers ${answer?.status} to a subscription`)
}

/** Kills one after the other, and starts another one for each; answers how many. */
async function killAtRandom(
  hubs: HubProcess[],
  {
    random,
    end,
    start,
  }: { readonly random: Random; readonly end: number; readonly start: () => Promise<HubProcess> },
): Promise<number> {
  const { least, most } = BETWEEN_KILLS
  for (let kills = 0; ; kills++) {
    await pause(Math.min(random.whole(least * 1000, most * 1000), Math.max(0, end - Date.now())))
    if (Date.now() >= end) return kills
    const at = random.whole(0, HUBS - 1)
    await hubs[at]?.kill()
    await pause(random.whole(0, 2000))
    hubs[at] = await start()
  }
}

async function writeUntil(
  entities: readonly Written[],
  {
    hubs,
    random,
    end,
  }: { readonly hubs: readonly HubProcess[]; readonly random: Random; readonly end: number },
): Promise<void> {
  const under = new Set<Promise<void>>()
  for (let next = Date.now(); next < end; next += WRITE_EVERY_MILLISECONDS) {
    await pause(Math.max(0, next - Date.now()))
    const free = entities.filter(({ busy }) => !busy)
    if (free.length === 0) continue
    const written = writeNext(random.one(free), () => random.one(hubs)).finally(() => under.delete(written))
    under.add(written)
  }
  await Promise.all(under)
}

/** Writes the next state of an entity to whichever hub takes it. */
async function writeNext(entity: Written, anyHub: () => HubProcess): Promise<void> {
  entity.busy = true
  const state = entity.state + 1
  const item = {
    id: entity.id,
    type: TYPE,
    n: { type: 'Property', value: state, observedAt: new Date(FIRST + state * 1000).toISOString() },
  }
  for (;;) {
    const status = await anyHub()
      .send('POST', '/ngsi-ld/v1/entityOperations/upsert?options=update', [item])
      .then(
        (answer) => answer.status,
        () => undefined,
      )
    if (status === 201 || status === 204) break
    entity.repeated.add(state)
    await pause(50)
  }
  entity.state = state
  entity.busy = false
}

/** Receives notifications: by entity and state, the ids under which it was told. */
async function startReceiver() {
  const taken = new Map<string, Set<string>>()
  let came = 0
  const server = createServer(async (request, response) => {
    const { id, data } = JSON.parse(await text(request))
    came++
    for (const entity of data) {
      const key = `${entity.id} ${entity.n.value}`
      taken.set(key, (taken.get(key) ?? new Set()).add(id))
    }
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // a TCP server has such an address
    taken,
    came: () => came,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** A state that was written again may be a version of its own, and be told as such. */
function* missedNotifications(
  entities: readonly Written[],
  taken: ReadonlyMap<string, ReadonlySet<string>>,
): Iterable<string> {
  for (const { id, state: last, repeated } of entities)
    for (let state = 1; state <= last; state++) {
      const ids = taken.get(`${id} ${state}`)?.size ?? 0
      if (ids === 0) yield `State ${state} of ${id} was not told`
      if (ids > 1 && !repeated.has(state)) yield `State ${state} of ${id} was told under ${ids} ids`
    }
}

async function lostStates(
  entities: readonly Written[],
  hubs: readonly HubProcess[],
  next: Random,
): Promise<readonly string[]> {
  const faults: string[] = []
  for (const { id, state: last } of entities) {
    if (last === 0) continue
    const hub = next.one(hubs)
    const current = await hub.send('GET', `/ngsi-ld/v1/entities/${id}?options=keyValues`)
    const { n } = current.body as { readonly n?: number }
    if (n !== last) faults.push(`${id} has state ${n}, and ${last} was acknowledged`)
    const evolution = await hub.send(
      'GET',
      `/ngsi-ld/v1/temporal/entities/${id}?attrs=n&options=temporalValues`,
    )
    const { n: history } = evolution.body as {
      readonly n?: { readonly values: readonly (readonly [number, string])[] }
    }
    const states = (history?.values ?? []).map(([state]) => state).sort((left, right) => left - right)
    const expected = Array.from({ length: last }, (_, place) => place + 1)
    if (states.join() !== expected.join())
      faults.push(`History of ${id} has states ${states}, and 1 to ${last} were acknowledged`)
  }
  return faults
}
