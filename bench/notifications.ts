import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'undici'
import { create, entity, id } from './entities.ts'
import { freePort } from './free-port.ts'
import { type LoadRequest, load } from './load.ts'
import {
  bareRoundTrip,
  delays,
  forget,
  paced,
  SUBSCRIPTIONS,
  send,
  subscribeAll,
  whileWriting,
} from './notification-load.ts'
import { type Server, startHub, startReceiver } from './servers.ts'
import { ascending, at, median, spread } from './statistics.ts'

/** One thing that was compared. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly aim: string
  /** What was compared with what. */
  readonly text: string
}

export interface BenchPart {
  readonly folder: string
  readonly seconds: number
  readonly rounds: number
  readonly connections: number
  readonly isWanted: (name: string) => boolean
  /** Sees to it that a server is stopped in the end, whatever happens. */
  readonly started: <One extends Pick<Server, 'stop'>>(server: Promise<One>) => Promise<One>
}

const CONTEXT = { HUB_CONTEXT_DEFAULT: 'ontology' }
const NOBODY = 10_000
const PER_SECOND = 500
/** So many writes come before those that count: until then code is still being compiled. */
const WARM = 10_000
/** A slow disk delays some writes of every second: fewer seconds have no stable p99. */
const SECONDS = 8
const FAN = 1000
const ENDPOINTS = 100

/** Measures what subscriptions cost writers, and how soon notifications come. */
export async function notifications(bench: BenchPart): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  const parts = [
    ['create.subscribed', unmatched],
    ['notify.latency', latency],
    ['notify.fan', fan],
    ['notify.dead', dead],
  ] as const
  for (const [name, measure] of parts) {
    if (bench.isWanted(name)) figures.push(...(await measure(bench)))
  }
  return figures
}

/** 10,000 subscriptions of which none matches, against a hub without, in turn. */
async function unmatched({ folder, started, seconds, rounds, connections }: BenchPart): Promise<Figure[]> {
  const hub = await started(startHub(folder, { name: 'subscribed', settings: CONTEXT }))
  const other = await started(startHub(folder, { name: 'unsubscribed', settings: CONTEXT }))
  await subscribeAll(
    hub.url,
    Array.from({ length: NOBODY }, (_, at) => unmatchedSubscription(at)),
  )
  let sent = 0
  const next = (): LoadRequest => create(sent++, 500)
  const options = { connections, seconds }
  const shares: number[] = []
  for (let round = 0; round <= rounds; round++) {
    // who comes first changes
    const order = round % 2 === 0 ? [hub, other] : [other, hub]
    const speed = new Map<Server, number>()
    for (const server of order) speed.set(server, (await load(server.url, options, next)).requestsPerSecond)
    if (round > 0) shares.push((speed.get(hub) ?? 0) / (speed.get(other) ?? 1))
  }
  await Promise.all([hub.stop(), other.stop()])
  return [
    {
      name: 'create.subscribed',
      value: median(shares),
      aim: '>= 0.9',
      text: `share of creates/s with ${NOBODY} subscriptions of which none matches, of those of a hub without; ${spread(shares)}`,
    },
  ]
}

/** Other types, other ids, other beginnings of ids, other attributes and other areas of the type that is written. */
function unmatchedSubscription(at: number): object {
  const type = 'AirQualityObserved'
  const far = { georel: 'near;maxDistance==1000', geometry: 'Point' }
  const kinds = [
    { entities: [{ type: `Other${at}` }] },
    { entities: [{ type, id: id(`other-${at}`) }] },
    { entities: [{ type, idPattern: `^${id(`other-${at}-`)}` }] },
    { entities: [{ type }], watchedAttributes: [`other${at}`] },
    { entities: [{ type }], geoQ: { ...far, coordinates: [(at % 90) - 0.5, ((at / 90) % 60) - 0.5] } },
  ]
  return { ...kinds[at % kinds.length], ...notifying('http://127.0.0.1:9/') }
}

/** One subscription that every write matches, at an even pace. */
async function latency({ folder, started, seconds, rounds }: BenchPart): Promise<Figure[]> {
  const hub = await started(startHub(folder, { name: 'latency', settings: CONTEXT, everyCore: true }))
  const receiver = await started(startReceiver())
  await subscribeAll(hub.url, [{ entities: [{ type: 'AirQualityObserved' }], ...notifying(receiver.url) }])
  const body = JSON.stringify({
    id: 'urn:n:1',
    type: 'Notification',
    data: [JSON.parse(entity('x', 1, 500))],
  })
  const found: { bare: number; p50: number; p99: number; early: number; sent: number }[] = []
  let sent = 0
  for (let round = 0; round <= rounds; round++) {
    const bare = await bareRoundTrip(receiver.url, body)
    const writes = round === 0 ? WARM : PER_SECOND * Math.max(seconds, SECONDS)
    const first = sent
    const acknowledged = await paced(hub.url, { perSecond: PER_SECOND, writes }, () => create(sent++, 500))
    const times = await delays(receiver.url, acknowledged, (at) => id(`c-${first + at}`))
    if (round === 0) continue
    const late = times.map((time) => Math.max(time, 0)).sort(ascending)
    found.push({
      bare,
      p50: at(late, 0.5) / bare,
      p99: at(late, 0.99) / bare,
      early: times.filter((time) => time < 0).length,
      sent: times.length,
    })
  }
  await Promise.all([hub.stop(), receiver.stop()])
  const bare = median(found.map((each) => each.bare))
  const early = median(found.map((each) => each.early / each.sent))
  const text = (p: 'p50' | 'p99') =>
    `${p} from the answer to the write to the arrival of its notification at ${PER_SECOND} writes/s, in round trips of a bare POST (p50 ${(bare / 1000).toFixed(2)} ms); ${(100 * early).toFixed(0)} % came before the answer; ${spread(found.map((each) => each[p]))}`
  return [
    {
      name: 'notify.latency.p50',
      value: median(found.map(({ p50 }) => p50)),
      aim: '<= 5',
      text: text('p50'),
    },
    {
      name: 'notify.latency.p99',
      value: median(found.map(({ p99 }) => p99)),
      aim: '<= 20',
      text: text('p99'),
    },
  ]
}

/** 1,000 subscriptions that one write matches: what that costs it, and those who write meanwhile. */
async function fan({ folder, started, rounds }: BenchPart): Promise<Figure[]> {
  const hub = await started(startHub(folder, { name: 'fan', settings: CONTEXT, everyCore: true }))
  const receiver = await started(startReceiver())
  const entities = [{ type: 'Fan' }]
  await subscribeAll(
    hub.url,
    Array.from({ length: FAN }, (_, at) => ({ entities, ...notifying(`${receiver.url}/${at}`) })),
  )
  const client = new Client(hub.url)
  const write = async (type: string, number: number): Promise<number> => {
    const began = performance.now()
    await send(client, written(type, number))
    return performance.now() - began
  }
  const acknowledged: number[] = []
  const slowed: number[] = []
  let lasted = 0
  let beside = 0
  for (let round = 0; round <= 8 * rounds; round++) {
    const times = new Map<string, number>()
    for (const type of round % 2 === 0 ? ['Fan', 'Alone'] : ['Alone', 'Fan']) {
      times.set(type, await write(type, round))
      if (type === 'Fan') await forget(receiver.url, FAN)
      await pause(20)
    }
    if (round > 0) acknowledged.push((times.get('Fan') ?? 0) / (times.get('Alone') ?? 1))
  }
  for (let round = 0; round <= rounds; round++) {
    const began = performance.now()
    const busy = await whileWriting(
      hub.url,
      () => create(beside++, 500),
      async () => {
        await write('Fan', 1_000_000 + round)
        await forget(receiver.url, FAN)
      },
    )
    lasted = performance.now() - began
    const quiet = await whileWriting(
      hub.url,
      () => create(beside++, 500),
      () => pause(lasted),
    )
    if (round > 0) slowed.push(busy / quiet)
  }
  await client.close()
  await Promise.all([hub.stop(), receiver.stop()])
  return [
    {
      name: 'notify.fan.write',
      value: median(acknowledged),
      aim: '<= 1.1',
      text: `time to the answer of a write that ${FAN} subscriptions match, all of which were notified, to that of one that none matches; ${spread(acknowledged)}`,
    },
    {
      name: 'notify.fan.beside',
      value: median(slowed),
      aim: '',
      text: `creates/s of a writer of other entities from such a write to the last of its notifications, of those at other times; ${spread(slowed)}; ${Math.round(lasted)} ms`,
    },
  ]
}

/** 100 endpoints, one of which is dead. */
async function dead({ folder, started, seconds, rounds }: BenchPart): Promise<Figure[]> {
  const hub = await started(startHub(folder, { name: 'dead', settings: CONTEXT, everyCore: true }))
  const receiver = await started(startReceiver())
  const silent = await started(startReceiver('silent'))
  const uris = {
    live: `${receiver.url}/0`,
    silent: silent.url,
    refuses: `http://127.0.0.1:${await freePort()}/`,
  }
  await subscribeAll(
    hub.url,
    Array.from({ length: ENDPOINTS }, (_, at) => ({
      id: `urn:s:${at}`,
      entities: [{ type: `T${at}` }],
      ...notifying(`${receiver.url}/${at}`),
    })),
  )
  const found = {
    live: [] as number[],
    again: [] as number[],
    silent: [] as number[],
    refuses: [] as number[],
  }
  let sent = 0
  const writes = PER_SECOND * Math.max(seconds, SECONDS)
  await paced(hub.url, { perSecond: PER_SECOND, writes: WARM }, () => written(`T${sent % ENDPOINTS}`, sent++))
  // twice while it lives: what differs between those is noise
  const kinds = ['live', 'silent', 'again', 'refuses'] as const
  for (let round = 0; round < rounds; round++) {
    // what comes first and last changes
    for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
      await direct(hub.url, kind === 'again' ? uris.live : uris[kind])
      await forget(receiver.url, 0, 300)
      const first = sent
      const next = (): LoadRequest => written(`T${sent % ENDPOINTS}`, sent++)
      const acknowledged = await paced(hub.url, { perSecond: PER_SECOND, writes }, next)
      const all = await delays(receiver.url, acknowledged, (at) =>
        (first + at) % ENDPOINTS === 0 ? undefined : `urn:w:${first + at}`,
      )
      found[kind].push(...all.map((time) => Math.max(time, 0)))
    }
  }
  await Promise.all([hub.stop(), receiver.stop(), silent.stop()])
  const p99 = (...lists: readonly number[][]): number => at(lists.flat().sort(ascending), 0.99)
  const live = p99(found.live, found.again)
  const noise = p99(found.again) / p99(found.live)
  const does = { silent: 'never answers', refuses: 'refuses connections' }
  return (['silent', 'refuses'] as const).map((kind) => ({
    name: `notify.dead.${kind}`,
    value: p99(found[kind]) / live,
    aim: '<= 1.1',
    text: `p99 of ${ENDPOINTS - 1} endpoints while another one ${does[kind]}, to that while it takes everything (${(live / 1000).toFixed(1)} ms), of all rounds together; the two halves of that differ by ${noise.toFixed(2)}`,
  }))
}

/** Lets one subscription notify another endpoint. */
async function direct(hub: string, uri: string): Promise<void> {
  const client = new Client(hub)
  await send(client, {
    method: 'PATCH',
    path: `${SUBSCRIPTIONS}/urn:s:0`,
    body: JSON.stringify(notifying(uri)),
  })
  await client.close()
}

function notifying(uri: string): object {
  return { type: 'Subscription', notification: { endpoint: { uri } } }
}

function written(type: string, number: number): LoadRequest {
  const { id: _, type: __, ...attributes } = JSON.parse(entity(`w-${number}`, number, 500))
  const name = type.startsWith('T') ? `urn:w:${number}` : `urn:${type}:${number}`
  return {
    method: 'POST',
    path: '/ngsi-ld/v1/entities',
    body: JSON.stringify({ id: name, type, ...attributes }),
  }
}
