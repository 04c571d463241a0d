import { setTimeout as pause } from 'node:timers/promises'
import type { Page, PageContext } from '../page.ts'

/** Tells whether the hub can do its work now: each check resolves, or rejects with what is wrong. */
export type HealthChecks = Readonly<Record<string, () => Promise<void>>>

/** Is told when a check fails that held before, with what is wrong, and when it holds again. */
export type HealthChanged = (check: string, state: 'ok' | 'failed', err?: unknown) => void

/** What a process says that answers. */
export const LIVE = { status: 'live' } as const

/** Whoever asks does not wait longer: what takes so long is of no use to requests either. */
const CHECK_MILLISECONDS = 2000

/** Serves `/health/live` (the process answers) and `/health/ready` (the checks hold; 503 when one does not). */
export function health(checks: HealthChecks, changed: HealthChanged): readonly Page[] {
  const page = (path: string, answer: Page['answer']): Page => ({
    paths: [path],
    route: path,
    methods: 'read',
    answer,
  })
  const failing = new Set<string>()
  const underWay = new Map<string, Promise<void>>()
  /** All who ask meanwhile share a check: what the store does not answer does not pile up. */
  const checked = (name: string, check: () => Promise<void>): Promise<void> => {
    const own = underWay.get(name) ?? Promise.race([check(), late()]).finally(() => underWay.delete(name))
    underWay.set(name, own)
    return own
  }
  const stateOf = async (name: string, check: () => Promise<void>) => {
    try {
      await checked(name, check)
      if (failing.delete(name)) changed(name, 'ok')
      return [name, 'ok'] as const
    } catch (err) {
      if (!failing.has(name)) changed(name, 'failed', err)
      failing.add(name)
      return [name, 'failed'] as const
    }
  }
  return [
    page('/health/live', (context) => send(context, 200, LIVE)),
    page('/health/ready', async (context) => {
      const results = await Promise.all(Object.entries(checks).map(([name, check]) => stateOf(name, check)))
      const ready = results.every(([, state]) => state === 'ok')
      send(context, ready ? 200 : 503, {
        status: ready ? 'ready' : 'not ready',
        checks: Object.fromEntries(results),
      })
    }),
  ]
}

async function late(): Promise<never> {
  await pause(CHECK_MILLISECONDS, undefined, { ref: false })
  throw new Error(`Check takes longer than ${CHECK_MILLISECONDS} ms`)
}

function send(context: PageContext, status: number, body: object): void {
  context.body = JSON.stringify(body)
  context.set('Content-Type', 'application/json')
  context.set('Cache-Control', 'no-store')
  context.status = status
}
