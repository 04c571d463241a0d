import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { WebSocket } from 'ws'
import {
  type Change,
  type Client,
  clientCredentials,
  createClient,
  type Followed,
  HubProblem,
  type Notification,
  receiver,
} from '../../openapi/client/client.ts'
import { type ClientHub, startClientHub } from '../support/client-hub.ts'
import type { TestHub } from '../support/hub.ts'

const SIGNING = `whsec_${Buffer.alloc(32, 5).toString('base64')}`

describe('e2e: client that follows', () => {
  let started: ClientHub
  let hub: TestHub
  let client: Client
  before(async () => {
    started = await startClientHub()
    ;({ hub, client } = started)
  })
  after(() => started?.stop())

  const openSocket = (url: string, protocols: string[]) => new WebSocket(url, protocols)

  for (const by of ['events', 'socket', 'feed'] as const)
    it(`follows changes by ${by}, and goes on where the connection broke`, async () => {
      const type = `Followed${by}`
      const created = (at: number) => client.entities.create({ id: `urn:x:${by}:${at}`, type, level: at })
      const stop = new AbortController()
      const from = await client.changes.now()
      let broken = 0
      const count = () => void broken++
      const breaking = createClient({
        url: hub.url,
        token: clientCredentials(started.credentials),
        fetch: async (request) => brokenOff(await fetch(request), count),
      })
      const follow = (after: string): Followed<Change<{ readonly id: string; readonly level?: unknown }>> =>
        breaking.changes.follow(type, {
          by,
          after,
          format: 'keyValues',
          signal: stop.signal,
          openSocket: brokenSocket(openSocket, count),
        })
      await created(0)
      const levels: unknown[] = []
      let after = from
      for await (const change of follow(from)) {
        levels.push(change.entity?.level)
        after = change.after
        if (levels.length < 4) await created(levels.length)
        else break
      }
      expect(levels).to.deep.equal([0, 1, 2, 3])
      expect(broken).to.be.at.least(3)
      await created(4)
      const ended = (async () => {
        for await (const change of follow(after)) {
          expect(change).to.include({ action: 'created', id: `urn:x:${by}:4` })
          stop.abort(new Error('seen enough'))
        }
      })()
      expect(await ended.catch((fault: unknown) => fault)).to.have.property('message', 'seen enough')
      const read = client.changes.read(type, { after: from })
      const all: string[] = []
      for await (const { id } of read) all.push(id)
      expect(all).to.have.length(5)
      expect(read.after).to.not.equal(from)
    })

  it('follows nothing that it may not see, nor from where the hub knows nothing', async () => {
    for (const by of ['events', 'socket', 'feed'] as const) {
      const follow = client.changes.follow('AirQualityObserved', { by, after: 'made-up', openSocket })
      const fault = await follow[Symbol.asyncIterator]()
        .next()
        .catch((caught: unknown) => caught)
      expect(fault, by).to.be.instanceOf(HubProblem).and.include({ status: 400 })
    }
  })

  it('follows without a socket where none opens', async () => {
    const nowhere = () => new WebSocket(`${hub.url.replace('http', 'ws')}/elsewhere`)
    const follow = client.changes.follow('AirQualityObserved', {
      by: 'socket',
      after: 'earliest',
      openSocket: nowhere,
    })
    const levels: unknown[] = []
    for await (const { id } of follow) if (levels.push(id) === 3) break
    expect(new Set(levels).size).to.equal(3)
  })

  it('receives notifications that the hub signs, and follows the same as a stream', async () => {
    const taken: Notification[] = []
    const hook = receiver({ secret: SIGNING, receive: (notification) => void taken.push(notification) })
    const server: Server = createServer((request, response) => void hook.node(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/` // it listens on a port
    const id = 'urn:ngsi-ld:Subscription:dust'
    const path = { id }
    await client.api.POST('/ngsi-ld/v1/subscriptions', {
      body: {
        id,
        type: 'Subscription',
        entities: [{ type: 'Notified' }],
        notification: { format: 'keyValues', endpoint: { uri } },
      },
    })
    await client.api.PUT('/hub/v1/subscriptions/{id}/delivery', {
      params: { path },
      body: { signingSecret: SIGNING },
    })
    const stop = new AbortController()
    const stream = client.changes.notifications(id, {
      after: await client.changes.now(),
      signal: stop.signal,
    })
    await client.entities.create({ id: 'urn:x:notified', type: 'Notified', level: 5 })
    const { value: told } = await stream.next()
    expect(told).to.deep.include({ type: 'Notification', subscriptionId: id })
    expect(told?.data).to.deep.equal([{ id: 'urn:x:notified', type: 'Notified', level: 5 }])
    stop.abort()
    const { data } = await client.api.POST('/hub/v1/subscriptions/{id}/test', { params: { path } })
    expect(data).to.include({ delivered: true, status: 204 })
    expect(taken.length).to.be.greaterThan(0)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
})

/** Breaks a stream of changes off behind its first change, as a network does. */
function brokenOff(response: Response, told: () => void): Response {
  const isStream = /event-stream|ndjson/.test(response.headers.get('content-type') ?? '')
  if (!isStream || !response.body) return response
  let text = ''
  const breaking = new TransformStream<Uint8Array, Uint8Array>({
    transform: (piece, controller) => {
      text += new TextDecoder().decode(piece)
      controller.enqueue(piece)
      if (!text.includes('"action"')) return
      told()
      controller.error(new TypeError('network is down'))
    },
  })
  return new Response(response.body.pipeThrough(breaking), response)
}

/** A socket that closes behind its first change. */
function brokenSocket(open: (url: string, protocols: string[]) => WebSocket, told: () => void) {
  return (url: string, protocols: string[]) => {
    const socket = open(url, protocols)
    socket.addEventListener('message', ({ data }) => {
      if (!String(data).includes('"action"')) return
      told()
      socket.terminate()
    })
    return socket
  }
}
