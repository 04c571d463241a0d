import { createServer } from 'node:net'

/** Answers a port that was free a moment ago, for servers whose URL has to be known before they start. */
export function freePort(): Promise<number> {
  return portFrom(0)
}

function portFrom(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** Answers a free port that no system gives to connections by itself, so that it stays free for as long as a test needs. */
export async function quietPort(): Promise<number> {
  for (let tries = 0; tries < 20; tries++) {
    const port = 12_000 + Math.floor(Math.random() * 18_000)
    if (await portFrom(port).catch(() => undefined)) return port
  }
  return freePort()
}
