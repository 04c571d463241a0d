import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import { MongoClient } from 'mongodb'
import { type CapableMongo, missingCapableMongo, startCapableMongo } from '../support/capable-mongo.ts'
import { freePort } from '../support/free-port.ts'
import { type HubProcess, startHubProcess } from '../support/hub-process.ts'
import { type MongoLink, startMongoLink } from '../support/mongo-link.ts'
import { dropDatabase } from '../support/mongodb-server.ts'
import { temporaryFolder } from '../support/stores.ts'
import { until } from '../support/until.ts'

const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'
const ENTITIES = '/ngsi-ld/v1/entities'
const UPSERT = '/ngsi-ld/v1/entityOperations/upsert?options=update'
const TEMPORAL = '/ngsi-ld/v1/temporal/entities'
const RETENTION = `
history:
  retain: [{ types: [Old], instances: P30D }]
`
const REGISTRATIONS = '/ngsi-ld/v1/csourceRegistrations'

/** How one hub is started otherwise than the others. */
interface Starting {
  readonly url?: string
  readonly log?: string
}

/** What a receiver took: the state of an entity, and the id of the notification. */
interface Taken {
  readonly id: string
  readonly state: number
  readonly at: number
}

/** Answers every request alike, and keeps what notifications tell. */
async function startReceiver(answer: unknown = undefined) {
  const taken: Taken[] = []
  const server: Server = createServer(async (request, response) => {
    const body = await text(request)
    if (request.method === 'POST' && body !== '') {
      const { id, data } = JSON.parse(body)
      for (const { n } of data) taken.push({ id, state: n.value, at: performance.now() })
    }
    response.setHeader('Content-Type', 'application/json')
    response.end(answer === undefined ? '' : JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // a TCP server has such an address
    taken,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

describe('several hub processes on one database', function () {
  this.timeout(180_000)
  const missing = missingCapableMongo()
  if (missing !== undefined) {
    it.skip(`SKIPPED: several hub processes (${missing})`)
    return
  }
  let mongo: CapableMongo
  const database = `hub-test-several-${process.pid}`
  const hubs = new Set<HubProcess>()
  const links = new Set<MongoLink>()
  const config = join(temporaryFolder(), 'hub.yaml')
  const receivers = new Set<Awaited<ReturnType<typeof startReceiver>>>()
  before(async () => {
    writeFileSync(config, RETENTION)
    mongo = await startCapableMongo()
  })
  after(async () => {
    for (const hub of hubs) await hub.kill()
    for (const receiver of receivers) receiver.close()
    for (const link of links) await link.close()
    await dropDatabase(mongo.url, database)
    await mongo.close()
  })

  async function startHub({ url = mongo.url, ...more }: Starting = {}): Promise<HubProcess> {
    const hub = await startHubProcess({
      data: temporaryFolder(),
      port: await freePort(),
      ...{ config, ...more },
      settings: {
        HUB_STORE_KIND: 'mongodb',
        HUB_STORE_MONGODB_URL: url,
        HUB_STORE_MONGODB_DATABASE: database,
        HUB_CONTEXT_DEFAULT: 'core',
        HUB_FEDERATION_ASK_IDENTITY: 'false',
      },
    })
    hubs.add(hub)
    return hub
  }

  async function receiver(answer?: unknown) {
    const one = await startReceiver(answer)
    receivers.add(one)
    return one
  }

  /** How many processes the database has, and which of them makes the notifications. */
  async function processes(): Promise<{ readonly present: number; readonly notifying: string | undefined }> {
    const client = await new MongoClient(mongo.url).connect()
    try {
      const kept = client.db(database)
      const leases = kept.collection<{ _id: string; holder: string }>('leases')
      const lease = await leases.findOne({ _id: 'notifications' })
      return { present: await kept.collection('processes').countDocuments(), notifying: lease?.holder }
    } finally {
      await client.close()
    }
  }

  const subscribe = async (hub: HubProcess, id: string, type: string, uri: string): Promise<void> => {
    const subscription = {
      id,
      type: 'Subscription',
      entities: [{ type }],
      notification: { endpoint: { uri } },
    }
    const { status, body } = await hub.send('POST', SUBSCRIPTIONS, subscription)
    expect(status, JSON.stringify(body)).to.equal(201)
  }

  /** Writes a state until a hub takes it; what came before an answer that was lost is written again. */
  const write = async (hub: () => HubProcess, type: string, state: number): Promise<void> => {
    const item = { id: `urn:${type}:1`, type, n: { type: 'Property', value: state } }
    for (;;) {
      const status = await hub()
        .send('POST', UPSERT, [item])
        .then(
          (answer) => answer.status,
          () => undefined,
        )
      if (status === 201 || status === 204) return
      await pause(20)
    }
  }

  it('notifies once of what is written to either, for subscriptions that were made at either', async () => {
    const [first, second] = [await startHub(), await startHub()]
    const told = await receiver()
    await subscribe(first, 'urn:s:first', 'One', `${told.url}/first`)
    await subscribe(second, 'urn:s:second', 'One', `${told.url}/second`)
    for (let state = 1; state <= 10; state++) await write(() => (state % 2 ? first : second), 'One', state)
    await until('all notifications', () => told.taken.length >= 20, 20_000)
    await pause(1500)
    expect(told.taken.map(({ state }) => state).sort((a, b) => a - b)).to.deep.equal(
      Array.from({ length: 20 }, (_, at) => 1 + Math.floor(at / 2)),
    )
    expect(new Set(told.taken.map(({ id }) => id)).size).to.equal(20)
    // whichever process is asked tells how it fares
    for (const hub of [first, second])
      await until('how it fares', async () => {
        const { body } = await hub.send('GET', `${SUBSCRIPTIONS}/urn:s:second`)
        return (body as { notification: { timesSent?: number } }).notification.timesSent === 10
      })
    await second.send('DELETE', `${SUBSCRIPTIONS}/urn:s:first`)
    await first.send('DELETE', `${SUBSCRIPTIONS}/urn:s:second`)
    await pause(2500)
    await write(() => first, 'One', 11)
    await pause(1500)
    expect(told.taken).to.have.length(20)
  })

  it('asks a source of either that was registered at the other', async () => {
    const [first, second] = [...hubs] as [HubProcess, HubProcess] // the test before started them
    const source = await receiver([{ id: 'urn:Far:1', type: 'Far', n: { type: 'Property', value: 1 } }])
    const { status } = await second.send('POST', REGISTRATIONS, {
      id: 'urn:r:1',
      type: 'ContextSourceRegistration',
      information: [{ entities: [{ type: 'Far' }] }],
      endpoint: source.url,
    })
    expect(status).to.equal(201)
    const found = async (): Promise<number> => {
      const { body } = await first.send('GET', `${ENTITIES}?type=Far`)
      return (body as readonly unknown[]).length
    }
    await until('what is far', async () => (await found()) === 1, 10_000)
    await first.send('DELETE', `${REGISTRATIONS}/urn:r:1`)
    await until(
      'nothing far',
      async () => {
        const { body } = await second.send('GET', `${ENTITIES}?type=Far`)
        return (body as readonly unknown[]).length === 0
      },
      10_000,
    )
  })

  it('goes on with all that is due when the one that makes the notifications is killed', async () => {
    const told = await receiver()
    // the first to start makes the notifications, and shortens history
    const [dying, other] = [...hubs] as [HubProcess, HubProcess]
    await subscribe(other, 'urn:s:kill', 'Two', told.url)
    const n = [{ type: 'Property', value: 1, observedAt: '2020-01-01T00:00:00Z' }]
    expect((await other.send('POST', TEMPORAL, { id: 'urn:Old:1', type: 'Old', n })).status).to.equal(201)
    const old = async () => JSON.stringify((await other.send('GET', `${TEMPORAL}/urn:Old:1`)).body)
    expect(await old()).to.include('2020-01-01')
    let state = 0
    while (state < 10) await write(() => dying, 'Two', ++state)
    await dying.kill()
    hubs.delete(dying)
    const killed = performance.now()
    while (state < 20) await write(() => other, 'Two', ++state)
    const all = () => new Set(told.taken.map((one) => one.state)).size === state
    await until('all states', all, 60_000)
    const seconds = (performance.now() - killed) / 1000
    await until('history that is shorter', async () => !(await old()).includes('2020-01-01'), 20_000)
    console.log(`      the other one told of all ${seconds.toFixed(1)} s after the kill, on ${mongo.kind}`)
    expectOneIdEach(told.taken)
    await startHub()
  })

  it('takes over from one that stands still, which tells nothing and ends itself when it goes on', async () => {
    const told = await receiver()
    const all = [...hubs] as [HubProcess, HubProcess]
    const [still, other] = all // the one that lived longer makes the notifications
    await subscribe(other, 'urn:s:still', 'Still', told.url)
    let state = 0
    while (state < 5) await write(() => still, 'Still', ++state)
    await until('the first states', () => told.taken.length === 5, 30_000)
    await pause(1500)
    const before = await processes()
    const goOn = still.pause()
    while (state < 10) await write(() => other, 'Still', ++state)
    await until('the others', () => told.taken.length >= 10, 60_000)
    const after = await processes()
    expect([before.present, after.present]).to.deep.equal([2, 1])
    expect(after.notifying, 'who makes the notifications').not.to.equal(before.notifying)
    goOn()
    hubs.delete(still)
    expect(await still.ended, 'exit code').to.equal(1)
    while (state < 15) await write(() => other, 'Still', ++state)
    await until('all', () => told.taken.length >= 15, 30_000)
    await pause(1500)
    expect(told.taken.map((one) => one.state)).to.deep.equal(Array.from({ length: 15 }, (_, at) => at + 1))
    await startHub()
  })

  it('erases a person at two at once, who both are answered and leave nothing of her', async () => {
    const [first, second] = [...hubs] as [HubProcess, HubProcess]
    const phone = '0912345678'
    const items = Array.from({ length: 60 }, (_, at) => ({
      ...{ id: `urn:Note:${at}`, type: 'Note', n: { type: 'Property', value: at } },
      text: { type: 'Property', value: `to be called back: ${phone}` },
    }))
    for (const hub of [first, second]) expect((await hub.send('POST', UPSERT, items)).status).to.be.below(300)
    for (const { id } of items) {
      const notification = { endpoint: { uri: 'http://127.0.0.1:9/none' } }
      const subscription = { type: 'Subscription', entities: [{ type: 'Note' }], notification }
      const q = `text~="${phone}"`
      const kept = { ...subscription, id: `urn:s:of:${id}`, q }
      expect((await first.send('POST', SUBSCRIPTIONS, kept)).status).to.equal(201)
    }
    const identifiers = [`phone:${phone}`]
    const ask = (hub: HubProcess, what: string) =>
      hub.send('POST', `/hub/v1/privacy/${what}`, { identifiers })
    const answers = await Promise.all([ask(first, 'erase'), ask(second, 'erase')])
    expect(
      answers.map(({ status }) => status),
      JSON.stringify(answers.map(({ body }) => body)),
    ).to.deep.equal([200, 200])
    for (const hub of [first, second]) {
      const { body } = await ask(hub, 'find')
      expect((body as { readonly hubs: readonly unknown[] }).hubs).to.have.length(1)
      expect(JSON.stringify(body)).to.include('"places":[]')
    }
    const { body } = await first.send('GET', `${ENTITIES}?type=Note&limit=100`)
    expect(body).to.have.length(60)
    expect(JSON.stringify(body)).not.to.include('text')
  })

  for (const [what, end] of Object.entries({
    'stands still': (link: MongoLink) => link.stall(),
    'is gone': (link: MongoLink) => link.close(),
  }))
    it(`stops in a while where its server ${what}, and says what it leaves, which another one does`, async () => {
      const link = await startMongoLink(mongo.url)
      links.add(link)
      const direct = new URL(link.url)
      direct.search = 'directConnection=true'
      const log = join(temporaryFolder(), 'log')
      for (const hub of hubs) await hub.stop()
      hubs.clear()
      const stopping = await startHub({ url: direct.href, log })
      await write(() => stopping, 'Left', 1)
      const other = await startHub()
      await end(link)
      const begun = performance.now()
      await stopping.stop()
      console.log(`      it ended ${((performance.now() - begun) / 1000).toFixed(1)} s after it was told to`)
      hubs.delete(stopping)
      expect(await stopping.ended, 'exit code').to.equal(1)
      const said = readFileSync(log, 'utf8')
      expect(said).to.match(/"duties":\[[^\]]*"notifications"[^\]]*\],"msg":"hub stops before all is done/)
      const told = await receiver()
      await subscribe(other, `urn:s:${what.replaceAll(' ', '-')}`, 'Left', told.url)
      await write(() => other, 'Left', 2)
      await until('what is told by the other one', () => told.taken.length > 0, 60_000)
      await startHub()
    })

  it('loses and doubles nothing when one after the other is stopped and started under writes', async () => {
    const told = await receiver()
    const [first] = hubs
    if (!first) throw new Error('No hub is there')
    await subscribe(first, 'urn:s:roll', 'Three', told.url)
    let state = 0
    let current = first
    let ended = false
    const writing = (async () => {
      while (!ended) {
        await write(() => current, 'Three', ++state)
        await pause(20)
      }
    })()
    for (const leaving of [...hubs]) {
      const [other] = [...hubs].filter((hub) => hub !== leaving) as [HubProcess]
      current = other
      await leaving.stop()
      hubs.delete(leaving)
      await startHub()
      await pause(500)
    }
    ended = true
    await writing
    await until('all states', () => new Set(told.taken.map((one) => one.state)).size === state, 20_000)
    await pause(1500)
    expect(told.taken).to.have.length(state)
    expect(told.taken.map((one) => one.state)).to.deep.equal(Array.from({ length: state }, (_, at) => at + 1))
    expectOneIdEach(told.taken)
  })
})

/** A change has one id, however often it is told. */
function expectOneIdEach(taken: readonly Taken[]): void {
  const ids = new Map<number, Set<string>>()
  for (const { id, state } of taken) ids.set(state, (ids.get(state) ?? new Set()).add(id))
  for (const [state, names] of ids) expect([...names], `state ${state}`).to.have.length(1)
}
