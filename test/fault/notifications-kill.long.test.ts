import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import { freePort } from '../support/free-port.ts'
import { type HubProcess, startHubProcess } from '../support/hub-process.ts'
import { buildSlowDisk } from '../support/slow-disk.ts'
import { temporaryFolder } from '../support/stores.ts'
import { until } from '../support/until.ts'

/** So often the hub is killed where nobody says otherwise; HUB_TEST_KILLS=20 is what it has to stand. */
const KILLS = Number(process.env.HUB_TEST_KILLS ?? 3)
/** Matched changes that are acknowledged in all. */
const CHANGES = KILLS * 500
/** As many writers with entities of their own, one subscription and endpoint for each. */
const WRITERS = 20
const ENTITIES = 25
/** Longer than it takes where nothing else is done. */
const PATIENCE = 180_000
const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'
const LETTERS = '/hub/v1/subscriptions/urn:s:1/deadLetters'
const UPSERT = '/ngsi-ld/v1/entityOperations/upsert?options=update'
const SETTINGS = {
  HUB_SUBSCRIPTIONS_FIRST_DELAY: '5',
  HUB_SUBSCRIPTIONS_LONGEST_DELAY: '50',
  HUB_SUBSCRIPTIONS_ATTEMPTS: '1000',
  HUB_CONTEXT_DEFAULT: 'core',
}

/** One entity of a notification that came: it says its state by a number that grows. */
interface Taken {
  readonly path: string
  readonly id: string
  readonly entityId: string
  readonly state: number
}

/** A receiver that a third of the time refuses, closes the connection, or hangs up when it has read everything. */
async function startMoodyReceiver() {
  const taken: Taken[] = []
  const seen: Taken[] = []
  const mood = { isMoody: true, isDead: false, refused: '' }
  let count = 0
  const server = createServer(async (request, response) => {
    const turn = mood.isMoody ? count++ % 9 : -1
    if (mood.isDead || turn === 0) return void request.socket.destroy()
    const all = await read(request).catch(() => undefined)
    if (!all) return
    seen.push(...all)
    if (turn === 3) return void request.socket.destroy()
    const refuses = turn === 6 || all.some(({ entityId }) => entityId === mood.refused)
    if (!refuses) taken.push(...all)
    response.writeHead(refuses ? 503 : 200).end()
  })
  await listen(server)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // a TCP server has such an address
    taken,
    seen,
    mood,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function read(request: IncomingMessage): Promise<readonly Taken[]> {
  const { id, data } = JSON.parse(await text(request))
  const entities: readonly { id: string; a?: { value: number }; b?: { value: number } }[] = data
  return entities.map((entity) => ({
    path: request.url ?? '',
    id,
    entityId: entity.id,
    state: Math.max(entity.a?.value ?? 0, entity.b?.value ?? 0),
  }))
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
}

describe('5.8.6 notifications under kill -9', function () {
  this.timeout(2 * PATIENCE)
  const folders: string[] = []
  const hubs = new Set<HubProcess>()
  const receivers: Awaited<ReturnType<typeof startMoodyReceiver>>[] = []
  afterEach(async () => {
    for (const hub of hubs) await hub.kill()
    hubs.clear()
    for (const receiver of receivers.splice(0)) receiver.close()
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })

  /** A hub that keeps its data and its port when it is killed. */
  async function startMortalHub(settings: Readonly<Record<string, string>> = {}) {
    const data = temporaryFolder()
    const port = await freePort()
    folders.push(data)
    const start = async (): Promise<HubProcess> => {
      const started = await startHubProcess({ data, port, settings: { ...SETTINGS, ...settings } })
      hubs.add(started)
      return started
    }
    let hub = await start()
    return {
      current: () => hub,
      kill: async () => {
        await hub.kill()
        hubs.delete(hub)
      },
      revive: async () => {
        hub = await start()
      },
    }
  }

  async function moodyReceiver() {
    const receiver = await startMoodyReceiver()
    receivers.push(receiver)
    return receiver
  }

  async function subscribe(hub: HubProcess, id: string, uri: string, members: object = {}): Promise<void> {
    const { status, body } = await hub.send('POST', SUBSCRIPTIONS, {
      id,
      type: 'Subscription',
      entities: [{ type: 'Bus' }],
      notification: { endpoint: { uri } },
      ...members,
    })
    expect(status, JSON.stringify(body)).to.equal(201)
  }

  it(`tells of ${CHANGES} changes, each at least once and those of an entity in order, through ${KILLS} kills and failures of a third`, async () => {
    const mortal = await startMortalHub()
    const receiver = await moodyReceiver()
    for (let writer = 0; writer < WRITERS; writer++) {
      const entities = [{ type: 'Bus', idPattern: `^urn:bus:${writer}:` }]
      await subscribe(mortal.current(), `urn:s:${writer}`, `${receiver.url}/${writer}`, { entities })
    }
    const started = performance.now()
    const acknowledged: { readonly writer: number; readonly state: number }[] = []
    const tried: number[] = Array.from({ length: WRITERS }, () => 0)
    let alive: Promise<void> = Promise.resolve()

    const write = async (writer: number): Promise<void> => {
      while (acknowledged.length * ENTITIES < CHANGES) {
        await alive
        const state = (tried[writer] ?? 0) + 1
        tried[writer] = state
        const changed = { type: 'Property', value: state }
        const items = Array.from({ length: ENTITIES }, (_, at) => ({
          ...{ id: `urn:bus:${writer}:${at}`, type: 'Bus' },
          ...(state % 3 !== 1 && { a: changed }),
          ...(state % 3 !== 2 && { b: changed }),
        }))
        const status = await mortal
          .current()
          .send('POST', UPSERT, items)
          .then(
            (answer) => answer.status,
            () => undefined,
          )
        if (status === 201 || status === 204) acknowledged.push({ writer, state })
        else await pause(5)
      }
    }
    const kill = async (): Promise<void> => {
      for (let kill = 1; kill <= KILLS; kill++) {
        const due = (kill * CHANGES) / (KILLS + 1)
        await until('writes', () => acknowledged.length * ENTITIES >= due, 60_000)
        await pause(Math.random() * 200)
        let revived = (): void => {}
        alive = new Promise((resolve) => {
          revived = resolve
        })
        await mortal.kill()
        await mortal.revive()
        revived()
      }
    }
    await Promise.all([kill(), ...tried.map((_, writer) => write(writer))])
    const due = acknowledged.flatMap(({ writer, state }) =>
      Array.from({ length: ENTITIES }, (_, at) => `urn:bus:${writer}:${at} ${state}`),
    )
    const told = new Set<string>()
    let looked = 0
    const missing = () => {
      for (; looked < receiver.taken.length; looked++) {
        const { entityId, state } = receiver.taken[looked] as Taken // it is shorter than that
        told.add(`${entityId} ${state}`)
      }
      return told.size < due.length ? due.length : due.filter((one) => !told.has(one)).length
    }
    const written = performance.now()
    await until('all to be told', () => missing() === 0, PATIENCE).catch(() => {})
    console.log(
      `      ${due.length} changes acknowledged, ${told.size} told in ${receiver.taken.length} deliveries and ${receiver.seen.length} attempts that arrived; ${Math.round(written - started)} ms with kills, ${Math.round(performance.now() - written)} ms after them`,
    )
    expect(due.filter((one) => !told.has(one)).slice(0, 10)).to.deep.equal([])
    expectOrder(receiver.taken)
    expectIds(receiver.seen)
    const most = new Map(tried.map((state, writer) => [String(writer), state]))
    for (const { entityId, state } of receiver.seen)
      expect(state, entityId).to.be.within(1, most.get(entityId.split(':')[2] ?? '') ?? 0)
  })

  /** Writes a state of one bus, which has to be acknowledged. */
  async function write(hub: HubProcess, name: string, state: number): Promise<void> {
    const { status } = await hub.send('POST', UPSERT, [
      { id: `urn:bus:0:${name}`, type: 'Bus', a: { type: 'Property', value: state } },
    ])
    expect(status).to.be.oneOf([201, 204])
  }

  it('delivers everything to an endpoint that was dead through kills, once it lives', async () => {
    const mortal = await startMortalHub()
    const receiver = await moodyReceiver()
    receiver.mood.isMoody = false
    receiver.mood.isDead = true
    await subscribe(mortal.current(), 'urn:s:dead', `${receiver.url}/dead`)
    // a kill between the commit of a subscription and its first notification, and two with what waits
    for (let kill = 0; kill < 3; kill++) {
      for (let state = 1; state <= 150; state++) await write(mortal.current(), `${kill}`, state)
      await mortal.kill()
      await mortal.revive()
    }
    receiver.mood.isDead = false
    await until('all states', () => new Set(receiver.taken.map(named)).size === 450, PATIENCE)
    expectOrder(receiver.taken)
    expectIds(receiver.seen)
  })

  it('tells the latest state of what was throttled, and goes on by time, after a kill', async () => {
    const mortal = await startMortalHub()
    const receiver = await moodyReceiver()
    receiver.mood.isMoody = false
    await subscribe(mortal.current(), 'urn:s:throttled', `${receiver.url}/throttled`, { throttling: 2 })
    await subscribe(mortal.current(), 'urn:s:periodic', `${receiver.url}/periodic`, { timeInterval: 1 })
    const last = (path: string) => receiver.taken.filter((one) => one.path === path).at(-1)?.state
    for (let state = 1; state <= 20; state++) await write(mortal.current(), 'x', state)
    await until('the first state that was throttled', () => last('/throttled') !== undefined)
    await write(mortal.current(), 'x', 21)
    await mortal.kill()
    const before = receiver.taken.length
    await mortal.revive()
    await until('the last state, both ways', () => last('/throttled') === 21 && last('/periodic') === 21)
    expect(receiver.taken.length).to.be.greaterThan(before)
    const told = receiver.taken.filter((one) => one.path === '/throttled')
    expect(told.length, 'throttled').to.be.below(6)
  })

  it('keeps what was given up through a kill, and delivers it when it is asked to', async () => {
    const mortal = await startMortalHub({ HUB_SUBSCRIPTIONS_ATTEMPTS: '2' })
    const receiver = await moodyReceiver()
    receiver.mood.isMoody = false
    receiver.mood.refused = 'urn:bus:0:poison'
    await subscribe(mortal.current(), 'urn:s:1', `${receiver.url}/1`)
    await write(mortal.current(), 'poison', 1)
    const letters = async (): Promise<readonly unknown[]> => {
      const { body } = await mortal.current().send('GET', LETTERS)
      return Array.isArray(body) ? body : []
    }
    let others = 0
    await until('a dead letter', async () => {
      await write(mortal.current(), 'fine', ++others)
      return (await letters()).length === 1
    })
    await mortal.kill()
    await mortal.revive()
    expect(await letters()).to.have.length(1)
    receiver.mood.refused = ''
    const { status } = await mortal.current().send('POST', `${LETTERS}/replay`)
    expect(status).to.be.below(300)
    await until('what was given up', () =>
      receiver.taken.some(({ entityId }) => entityId === 'urn:bus:0:poison'),
    )
    expectIds(receiver.seen)
  })

  it('loses and holds up nothing when the disk is full for a while', async function () {
    const folder = temporaryFolder()
    folders.push(folder)
    const library = buildSlowDisk(folder)
    if (!library) {
      if (this.test) this.test.title = `SKIPPED: ${this.test.title} (no C compiler, or not Linux)`
      return this.skip()
    }
    const full = join(folder, 'disk-is-full')
    const mortal = await startMortalHub({ LD_PRELOAD: library, DISK_FULL_FLAG: full })
    const receiver = await moodyReceiver()
    receiver.mood.isMoody = false
    receiver.mood.refused = 'urn:bus:0:late'
    await subscribe(mortal.current(), 'urn:s:1', `${receiver.url}/1`)
    await write(mortal.current(), 'late', 1)
    await write(mortal.current(), 'fine', 1)
    writeFileSync(full, '')
    const refused = await mortal.current().send('POST', UPSERT, [{ id: 'urn:bus:0:no', type: 'Bus' }])
    expect(refused.status).to.be.oneOf([207, 400, 507])
    // longer than until the state of the subscription would be kept
    await pause(2500)
    receiver.mood.refused = ''
    await until('what waited', () => receiver.taken.some(({ entityId }) => entityId === 'urn:bus:0:late'))
    rmSync(full)
    await write(mortal.current(), 'fine', 2)
    const last = () => receiver.taken.filter(({ entityId }) => entityId === 'urn:bus:0:fine').at(-1)?.state
    await until('what came after', () => last() === 2)
    await mortal.kill()
    await mortal.revive()
    await write(mortal.current(), 'fine', 3)
    await until('what came after a restart', () => last() === 3)
    expectOrder(receiver.taken)
    expectIds(receiver.seen)
  })
})

function named({ entityId, state }: Taken): string {
  return `${entityId} ${state}`
}

/** First deliveries of an entity's states come in order. */
function expectOrder(taken: readonly Taken[]): void {
  const last = new Map<string, number>()
  const before = new Set<string>()
  for (const { path, entityId, state } of taken) {
    const entity = `${path} ${entityId}`
    if (before.has(`${entity} ${state}`)) continue
    before.add(`${entity} ${state}`)
    if (state < (last.get(entity) ?? 0)) expect.fail(`${entity}: ${state} after ${last.get(entity)}`)
    last.set(entity, state)
  }
}

/** A change has one id, however often it is told, and shares it with no other. */
function expectIds(seen: readonly Taken[]): void {
  const byChange = new Map<string, string>()
  const byId = new Map<string, string>()
  for (const { path, id, entityId, state } of seen) {
    const change = `${path} ${entityId} ${state}`
    if ((byChange.get(change) ?? id) !== id) expect.fail(`${change} has two ids`)
    if ((byId.get(id) ?? change) !== change) expect.fail(`${id} is of two changes`)
    byChange.set(change, id)
    byId.set(id, change)
  }
}
