import type Koa from 'koa'
import { readsPage } from '../middleware/allow-methods.ts'

/** Tells whether the hub can do its work now: each check resolves, or rejects with what is wrong. */
export type HealthChecks = Readonly<Record<string, () => Promise<void>>>

/** Serves `/health/live` (the process answers) and `/health/ready` (the checks hold; 503 when one does not). */
export function health(checks: HealthChecks): (context: Koa.Context) => Promise<boolean> {
  return async (context) => {
    if (context.path !== '/health/live' && context.path !== '/health/ready') return false
    if (!readsPage(context)) return true
    if (context.path === '/health/live') answer(context, 200, { status: 'live' })
    else {
      const results = await Promise.all(Object.entries(checks).map(([name, check]) => outcome(name, check)))
      const ready = results.every(([, state]) => state === 'ok')
      answer(context, ready ? 200 : 503, {
        status: ready ? 'ready' : 'not ready',
        checks: Object.fromEntries(results),
      })
    }
    return true
  }
}

async function outcome(name: string, check: () => Promise<void>): Promise<[string, string]> {
  try {
    await check()
    return [name, 'ok']
  } catch {
    return [name, 'failed']
  }
}

function answer(context: Koa.Context, status: number, body: object): void {
  context.state.route = context.path
  context.body = JSON.stringify(body)
  context.set('Content-Type', 'application/json')
  context.set('Cache-Control', 'no-store')
  context.status = status
}
