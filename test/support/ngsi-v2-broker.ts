import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An NGSIv2 broker of tests: entities and subscriptions in memory, notifications to those that are active and not over. */
export interface NgsiV2Broker {
  readonly url: string
  readonly subscriptions: Map<string, V2Subscription>
  /** Changes an entity, and tells who has subscribed unless deliveries fail. */
  put(entity: Readonly<Record<string, unknown>> & { readonly id: string }): Promise<void>
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
  const entities = new Map<string, object>()
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
    if (resource === 'entities') return reply(200, page([...entities.values()]))
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
  const broker: NgsiV2Broker = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`, // it listens
    subscriptions: new Map(),
    failing: false,
    put: async (entity) => {
      entities.set(entity.id, entity)
      for (const one of broker.subscriptions.values()) {
        if (one.status !== 'active' || Date.parse(one.expires) < Date.now()) continue
        const delivered = !broker.failing && (await notified(one, entity))
        const { notification } = one
        const told = { [delivered ? 'lastSuccess' : 'lastFailure']: new Date().toISOString() }
        broker.subscriptions.set(one.id, { ...one, notification: { ...notification, ...told } })
      }
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return broker
}

async function notified({ id, notification }: V2Subscription, entity: object): Promise<boolean> {
  const { url, headers } = notification.httpCustom
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ subscriptionId: id, data: [entity] }),
  })
  return answer.ok
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // no encoding is set
  return JSON.parse(Buffer.concat(chunks).toString())
}
