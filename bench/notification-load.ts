import { hrtime } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { Agent, Client, Pool } from 'undici'
import type { LoadRequest } from './load.ts'
import { median } from './statistics.ts'

export const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'
const PATIENCE = 60_000

/** Creates subscriptions. */
export async function subscribeAll(url: string, subscriptions: readonly object[]): Promise<void> {
  const pool = new Pool(url, { connections: 32 })
  let next = 0
  const work = async (): Promise<void> => {
    for (let one = subscriptions[next++]; one; one = subscriptions[next++])
      await send(pool, { method: 'POST', path: SUBSCRIPTIONS, body: JSON.stringify(one) })
  }
  await Promise.all(Array.from({ length: 32 }, work))
  await pool.close()
}

/** Sends a request that has to succeed. @throws Error */
export async function send(
  client: Client | Pool,
  { method, path, body, headers }: LoadRequest,
): Promise<void> {
  const answer = await client.request({
    method,
    path,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body }),
  })
  const text = await answer.body.text()
  if (answer.statusCode >= 300) throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`)
}

/** Writes at an even pace, whatever the answers do; answers when each was answered, in microseconds of the shared clock. */
export async function paced(
  url: string,
  { perSecond, writes }: { readonly perSecond: number; readonly writes: number },
  request: () => LoadRequest,
): Promise<readonly number[]> {
  const pool = new Pool(url, { connections: 50 })
  await Promise.all(
    Array.from({ length: 50 }, () =>
      pool.request({ method: 'GET', path: '/health/live' }).then(({ body }) => body.dump()),
    ),
  )
  const acknowledged: number[] = []
  const started = performance.now()
  const all: Promise<void>[] = []
  while (all.length < writes) {
    const due = Math.min(((performance.now() - started) * perSecond) / 1000, writes)
    while (all.length < due) {
      const index = all.length
      all.push(
        send(pool, request()).then(() => {
          acknowledged[index] = now()
        }),
      )
    }
    await pause(1)
  }
  await Promise.all(all)
  await pool.close()
  return acknowledged
}

/** Creates over ten connections until something is over; answers how many a second. */
export async function whileWriting(
  url: string,
  request: () => LoadRequest,
  work: () => Promise<unknown>,
): Promise<number> {
  const clients = Array.from({ length: 10 }, () => new Client(url))
  await Promise.all(clients.map((client) => send(client, request())))
  let isOver = false
  let count = 0
  const began = performance.now()
  const writers = clients.map(async (client) => {
    while (!isOver) {
      await send(client, request())
      count++
    }
  })
  await work()
  const perSecond = (count * 1000) / (performance.now() - began)
  isOver = true
  await Promise.all(writers)
  await Promise.all(clients.map((client) => client.close()))
  return perSecond
}

/** Median round trip of a POST over one connection, microseconds. */
export async function bareRoundTrip(url: string, body: string): Promise<number> {
  const client = new Client(url)
  const times: number[] = []
  for (let post = 0; post < 1500; post++) {
    const began = now()
    await send(client, { method: 'POST', path: '/bare', body })
    if (post >= 1000) times.push(now() - began)
  }
  await client.close()
  await taken(url)
  return median(times)
}

type Told = readonly (readonly [entityId: string, at: number])[]

/** What a receiver was told of since it was asked last. */
export async function taken(url: string): Promise<Told> {
  return (await answered(url, '/taken')) as Told // what the receiver writes
}

/** Waits until a receiver has been told of so many. */
async function takenCount(url: string, count: number): Promise<void> {
  const end = performance.now() + PATIENCE
  while (Number(await answered(url, '/count')) < count) {
    if (performance.now() > end) throw new Error(`Notifications do not come: ${count} were due`)
    await pause(20)
  }
}

/** Waits for so many, and some time more, and forgets them. */
export async function forget(url: string, count: number, milliseconds = 0): Promise<void> {
  await takenCount(url, count)
  await pause(milliseconds)
  await taken(url)
}

const agent = new Agent()

async function answered(url: string, path: string): Promise<unknown> {
  const { body } = await agent.request({ origin: url, method: 'GET', path })
  return body.json()
}

/**
 * From each answer to the arrival of what it told of, microseconds, once everything has come; a name of undefined is not
 * waited for. @throws Error when something does not come
 */
export async function delays(
  url: string,
  acknowledged: readonly number[],
  nameOf: (index: number) => string | undefined,
): Promise<readonly number[]> {
  const due = acknowledged.flatMap((at, index) => {
    const name = nameOf(index)
    return name === undefined ? [] : [{ name, at }]
  })
  const arrived = new Map<string, number>()
  const end = performance.now() + PATIENCE
  for (;;) {
    for (const [name, at] of await taken(url)) if (!arrived.has(name)) arrived.set(name, at)
    const missing = due.filter(({ name }) => !arrived.has(name))
    if (missing.length === 0) return due.map(({ name, at }) => (arrived.get(name) ?? 0) - at)
    if (performance.now() > end) throw new Error(`Nobody was told of ${missing[0]?.name}`)
    await pause(50)
  }
}

function now(): number {
  return Number(hrtime.bigint() / 1000n)
}
