import { Client } from 'undici'

/** One request of a load; `index` grows over all connections. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What a load showed. */
export interface LoadResult {
  /** So many were answered, with those that do not count. */
  readonly requests: number
  readonly requestsPerSecond: number
  readonly p50ms: number
  readonly p99ms: number
  readonly slowestMs: number
}

/**
 * Sends requests over some connections for some seconds, one at a time on each. Nothing counts until every connection has
 * been answered once: a server takes one new connection in each turn of its event loop. @throws Error on any other status than 2xx */
export async function load(
  url: string,
  options: {
    readonly connections: number
    readonly seconds: number
    /** Goes on until so many requests were sent, however long it takes. */
    readonly requests?: number
  },
  request: (index: number) => LoadRequest,
): Promise<LoadResult> {
  const clients = Array.from({ length: options.connections }, () => new Client(url))
  const times: number[] = []
  let index = 0
  await Promise.all(clients.map(send))
  const until = performance.now() + options.seconds * 1000
  const started = performance.now()
  await Promise.all(clients.map(run))
  const seconds = (performance.now() - started) / 1000
  await Promise.all(clients.map((client) => client.close()))
  times.sort((left, right) => left - right)
  const at = (share: number): number =>
    times[Math.min(Math.floor(times.length * share), times.length - 1)] ?? 0
  return {
    requests: index,
    requestsPerSecond: times.length / seconds,
    p50ms: at(0.5),
    p99ms: at(0.99),
    slowestMs: at(1),
  }

  async function run(client: Client): Promise<void> {
    while (performance.now() < until || index < (options.requests ?? 0)) {
      const began = performance.now()
      await send(client)
      times.push(performance.now() - began)
    }
  }

  async function send(client: Client): Promise<void> {
    const { headers, ...rest } = request(index++)
    const answer = await client.request({
      ...rest,
      headers: { ...headers, ...(rest.body && { 'content-type': 'application/json' }) },
    })
    const text = await answer.body.text()
    if (answer.statusCode >= 300)
      throw new Error(`${rest.method} ${rest.path} answered ${answer.statusCode}: ${text.slice(0, 300)}`)
  }
}
