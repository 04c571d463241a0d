import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { isJsonMap, type Json, member, textMember } from '../kit/values/json.ts'
import type { Message, Simulator } from './simulator.ts'
import { startTcpProxy } from './tcp-proxy.ts'

/** An NGSIv2 broker: entities and subscriptions in memory, notifications to those that are active and not over. */
export interface NgsiV2Broker {
  readonly port: number
  readonly subscriptions: Map<string, V2Subscription>
  /** Changes an entity, and tells who has subscribed unless deliveries fail. */
  put(entity: Json & { readonly id: string }): Promise<void>
  /** Changes the entities of a notification, and sends it as it is. */
  tell(notification: Uint8Array): Promise<void>
  /** Deliveries are lost from now on, and counted as failed. */
  failing: boolean
  close(): Promise<void>
}

interface V2Subscription {
  readonly id: string
  readonly description?: string
  readonly subject: { readonly entities: readonly { readonly type: string }[] }
  readonly notification: {
    readonly httpCustom: { readonly url: string; readonly headers: Readonly<Record<string, string>> }
    readonly lastFailure?: string
    readonly lastSuccess?: string
  }
  readonly expires: string
  readonly status?: string
}

/** Starts the broker on a free port of loopback. */
export async function startNgsiV2Broker(): Promise<NgsiV2Broker> {
  const entities = new Map<string, Json>()
  let made = 0
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://broker')
    const [, , resource, id = ''] = pathname.split('/')
    const page = <T>(all: readonly T[]): T[] => {
      const from = Number(searchParams.get('offset') ?? 0)
      return all.slice(from, from + Number(searchParams.get('limit') ?? 20))
    }
    const reply = (status: number, body?: unknown): void =>
      void response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(body === undefined ? '' : JSON.stringify(body))
    const type = searchParams.get('type')
    if (resource === 'entities') {
      return reply(200, page([...entities.values()].filter((entity) => textMember(entity, 'type') === type)))
    }
    if (resource !== 'subscriptions') return reply(404)
    if (request.method === 'GET') return reply(200, page([...broker.subscriptions.values()]))
    const body = (await bodyOf(request)) as V2Subscription
    if (request.method === 'POST') {
      const next = { ...body, id: `s${++made}`, status: 'active' }
      broker.subscriptions.set(next.id, next)
      response.setHeader('location', `/v2/subscriptions/${next.id}`)
      return reply(201)
    }
    const before = broker.subscriptions.get(id)
    if (!before) return reply(404)
    broker.subscriptions.set(id, { ...before, ...body })
    return reply(204)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const deliver = async (body: Uint8Array | string): Promise<void> => {
    for (const one of broker.subscriptions.values()) {
      if (one.status !== 'active' || Date.parse(one.expires) < Date.now()) continue
      const delivered = !broker.failing && (await notified(one, body))
      const { notification } = one
      const told = { [delivered ? 'lastSuccess' : 'lastFailure']: new Date().toISOString() }
      broker.subscriptions.set(one.id, { ...one, notification: { ...notification, ...told } })
    }
  }
  const broker: NgsiV2Broker = {
    port: (server.address() as AddressInfo).port, // it listens
    subscriptions: new Map(),
    failing: false,
    put: async (entity) => {
      entities.set(entity.id, entity)
      await deliver(JSON.stringify({ data: [entity] }))
    },
    tell: async (notification) => {
      for (const entity of entitiesIn(notification)) {
        const id = textMember(entity, 'id')
        if (id !== undefined) entities.set(id, entity)
      }
      await deliver(notification)
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return broker
}

/** An NGSIv2 broker of a platform, which notifies the feed of this hub. */
export async function ngsiSimulator(folder: string, { hub }: { readonly hub: string }): Promise<Simulator> {
  const broker = await startNgsiV2Broker()
  const proxy = await startTcpProxy(broker.port, 150)
  const keyFile = path.join(folder, 'key')
  await writeFile(keyFile, randomBytes(24).toString('base64url'), { mode: 0o600 })
  const url = `http://127.0.0.1:${proxy.port}/v2`
  return {
    place: url,
    variables: { url, hub, keyFile },
    give: async (messages: readonly Message[]) => {
      for (const { bytes } of messages) await broker.tell(bytes)
    },
    breaks: async (fault) => {
      broker.failing = fault !== undefined
      proxy.breaks(fault)
    },
    stop: async () => {
      await proxy.close()
      await broker.close()
    },
  }
}

/** Half a notification has none. */
function entitiesIn(notification: Uint8Array): readonly Json[] {
  try {
    const data = member(JSON.parse(Buffer.from(notification).toString()) as Json, 'data')
    return Array.isArray(data) ? (data as readonly Json[]).filter(isJsonMap) : []
  } catch {
    return []
  }
}

async function notified({ notification }: V2Subscription, body: Uint8Array | string): Promise<boolean> {
  const { url, headers } = notification.httpCustom
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  }).catch(() => undefined)
  await answer?.arrayBuffer()
  return answer?.ok === true
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // no encoding is set
  return JSON.parse(Buffer.concat(chunks).toString())
}
