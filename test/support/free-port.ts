import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** From here up ports are nobody's by custom, and below those that systems give to connections by themselves. */
const FIRST = 12_000
const PORTS = 18_000
const TRIES = 200

/**
 * Answers a free port for servers whose URL has to be known before they start: no connection is given it meanwhile, and no
 * other test of the same run. @throws Error where hardly any is free
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = FIRST + Math.floor(Math.random() * PORTS)
    if (isClaimed(port) && (await isFree(port))) return port
  }
  throw new Error(`${TRIES} ports from ${FIRST} to ${FIRST + PORTS} were tried, and none is free`)
}

/** By a folder of the run, which one process can make. */
function isClaimed(port: number): boolean {
  const run = process.env.TEST_RUN_FOLDER
  if (run === undefined) return true
  mkdirSync(join(run, 'ports'), { recursive: true })
  try {
    mkdirSync(join(run, 'ports', String(port)))
    return true
  } catch {
    return false
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/** The text with these ports instead of those; what is put in is not looked at again. */
export function withPorts(text: string, ports: ReadonlyMap<string, string>): string {
  if (ports.size === 0) return text
  return text.replaceAll(
    new RegExp(`\\b(${[...ports.keys()].join('|')})\\b`, 'g'),
    (port) => ports.get(port) ?? port,
  )
}
