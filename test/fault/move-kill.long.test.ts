import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import { followedChanges } from '../support/followed-changes.ts'
import { freePort } from '../support/free-port.ts'
import { hubCommand } from '../support/hub-command.ts'
import { type HubProcess, startHubProcess } from '../support/hub-process.ts'
import { dropDatabase, type MongoServer, missingMongo, startMongo } from '../support/mongodb-server.ts'
import { NOW } from '../support/store-builders.ts'
import { temporaryFolder } from '../support/stores.ts'
import { until } from '../support/until.ts'

const LAMPS = ['urn:l:0', 'urn:l:1', 'urn:l:2'] as const
const ENTITIES = '/ngsi-ld/v1/entities'
const EVER = '/ngsi-ld/v1/temporal/entities?type=Lamp&timerel=after&timeAt=2000-01-01T00:00:00Z'
const BETWEEN_WRITES = 40
/** All that a hub answers without a clock in it. */
const ANSWERS = [
  `${ENTITIES}?type=Lamp&options=sysAttrs&count=true`,
  `${ENTITIES}?type=Lamp&georel=near;maxDistance==1000&geometry=Point&coordinates=[105.84,21.59]`,
  `${ENTITIES}?q=level>=0`,
  `${EVER}&options=sysAttrs`,
  '/ngsi-ld/v1/subscriptions',
  '/ngsi-ld/v1/types?details=true',
  '/ngsi-ld/v1/attributes?details=true',
]
const missing = missingMongo()

describe(`a hub that is moved while it is used${missing === undefined ? '' : ` SKIPPED: ${missing}`}`, () => {
  if (missing !== undefined) return
  const folder = temporaryFolder()
  const data = join(folder, 'data')
  const database = `hub-moved-${process.pid}`
  const answered: number[] = []
  const refusals: unknown[] = []
  const reads = new Map<number, number>()
  let server: MongoServer
  let old: HubProcess
  let next: HubProcess | undefined
  let beginning = ''

  before(async () => {
    server = await startMongo()
    old = await startHubProcess({ data, port: await freePort() })
    beginning = (await followedChanges(old.url)).after
    const location = { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.84, 21.59] } }
    for (const id of LAMPS) await old.send('POST', ENTITIES, { id, type: 'Lamp', location })
    await old.send('POST', '/ngsi-ld/v1/subscriptions', {
      ...{ id: 'urn:s:1', type: 'Subscription', entities: [{ type: 'Lamp' }], isActive: false },
      notification: { endpoint: { uri: 'http://127.0.0.1:9/' } },
    })
  })
  after(async () => {
    await old.stop()
    await next?.stop()
    await dropDatabase(server.url, database)
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function answersOf(hub: HubProcess): Promise<Readonly<Record<string, unknown>>> {
    const bodies: Record<string, unknown> = {}
    for (const path of ANSWERS) bodies[path] = (await hub.send('GET', path)).body
    return { ...bodies, changes: (await followedChanges(hub.url, beginning)).changes }
  }

  async function expectAnswers(hub: HubProcess, expected: Readonly<Record<string, unknown>>): Promise<void> {
    for (const [path, body] of Object.entries(await answersOf(hub)))
      expect(body, path).to.deep.equal(expected[path])
  }

  const minuteOf = (round: number): string => new Date(NOW / 1000 + round * 60_000).toISOString()

  /** Writes and reads until the answer is called, and takes down what comes of it. */
  function use(hub: HubProcess): () => Promise<void> {
    let stopped = false
    const write = async (): Promise<void> => {
      for (let round = 0; !stopped; round++) {
        const id = LAMPS[round % LAMPS.length]
        const level = { type: 'Property', value: round, observedAt: minuteOf(round) }
        const { status, headers } = await hub.send('PATCH', `${ENTITIES}/${id}/attrs`, { level })
        if (status === 204) answered.push(round)
        else refusals.push([status, headers['retry-after']])
        await pause(BETWEEN_WRITES)
      }
    }
    const read = async (): Promise<void> => {
      for (let round = 0; !stopped; round++) {
        const { status } = await hub.send('GET', `${ENTITIES}/${LAMPS[round % LAMPS.length]}`)
        reads.set(status, (reads.get(status) ?? 0) + 1)
        await pause(BETWEEN_WRITES)
      }
    }
    const all = Promise.all([write(), read()])
    return async () => {
      stopped = true
      await all
    }
  }

  const onMongo = { HUB_STORE_KIND: 'mongodb', HUB_STORE_MONGODB_DATABASE: database }

  it('goes on where it was killed, loses no write, and answers reads all the time', async () => {
    const parameters = ['move', '--from', data, '--to', server.url, '--database', database]
    const stop = use(old)
    await until('some writes', () => answered.length >= 5)
    const killedAt = (said: string) =>
      hubCommand(parameters, (output, kill) => {
        if (output.includes(said)) kill()
      })
    let finished = await killedAt('copies from')
    // on a slow machine one may be through before it is killed
    if (finished.code === null) finished = await killedAt('takes no more writes')
    await until('writes that are refused', () => refusals.length >= 2)
    if (finished.code === null) finished = await hubCommand(parameters)
    const { code, output } = finished
    expect(code, output).to.equal(0)
    await stop()
    expect(output).to.match(/default tenant {2}history {2}\s*\d+ {2}\s*[0-9a-f]{16}/)
    expect(output).not.to.include(server.url)
    expect([...reads.keys()]).to.deep.equal([200])
    expect(new Set(refusals.map((refusal) => JSON.stringify(refusal)))).to.deep.equal(new Set(['[503,"10"]']))

    next = await startHubProcess({
      data: join(folder, 'next'),
      port: await freePort(),
      settings: { ...onMongo, HUB_STORE_MONGODB_URL: server.url },
    })
    const { body } = await next.send('GET', `${EVER}&format=temporalValues`)
    const told = (body as { level?: { values: [number, string][] } }[]).flatMap(
      ({ level }) => level?.values ?? [],
    )
    expect(told.map(([value]) => value).sort((left, right) => left - right)).to.deep.equal(answered)
  })

  it('answers as before from where it is, tells followers what comes, and is the same once it is back', async () => {
    if (!next) throw new Error('Hub did not start on what was moved')
    const before = await answersOf(old)
    await expectAnswers(next, before)
    const { after: follower } = await followedChanges(old.url)
    expect((await next.send('POST', ENTITIES, { id: 'urn:n:1', type: 'Other' })).status).to.equal(201)
    const { changes } = await followedChanges(next.url, follower)
    expect(changes.map(({ id }) => id)).to.deep.equal(['urn:n:1'])

    const there = await answersOf(next)
    await next.stop()
    const back = join(folder, 'back')
    const { code, output } = await hubCommand([
      'move',
      '--from',
      server.url,
      '--to',
      back,
      '--database',
      database,
    ])
    expect(code, output).to.equal(0)
    next = await startHubProcess({ data: back, port: await freePort() })
    await expectAnswers(next, there)
    expect((await next.send('DELETE', `${ENTITIES}/urn:n:1`)).status).to.equal(204)
  })
})
