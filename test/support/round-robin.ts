import { createServer, request } from 'node:http'

/** A load balancer without sticky sessions. */
export interface RoundRobin {
  /** How many requests went to each. */
  readonly counts: readonly number[]
  close(): void
}

/** Hands requests to a port on to these ports, one after the other, each of which answers the same. */
export async function startRoundRobin(port: number, targets: readonly number[]): Promise<RoundRobin> {
  const counts = targets.map(() => 0)
  let turn = 0
  const server = createServer((asked, answer) => {
    const at = turn++ % targets.length
    counts[at] = (counts[at] ?? 0) + 1
    const { method, url: path, headers } = asked
    const onward = request(
      { host: '127.0.0.1', port: targets[at], method, path, headers, agent: false },
      (told) => {
        answer.writeHead(told.statusCode ?? 502, told.headers)
        told.pipe(answer)
      },
    )
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    asked.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    counts,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
