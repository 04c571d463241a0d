import type { Page, PageContext } from '../page.ts'

/** Tells whether the hub can do its work now: each check resolves, or rejects with what is wrong. */
export type HealthChecks = Readonly<Record<string, () => Promise<void>>>

/** Serves `/health/live` (the process answers) and `/health/ready` (the checks hold; 503 when one does not). */
export function health(checks: HealthChecks): readonly Page[] {
  const page = (path: string, answer: Page['answer']): Page => ({
    paths: [path],
    route: path,
    methods: 'read',
    answer,
  })
  return [
    page('/health/live', (context) => send(context, 200, { status: 'live' })),
    page('/health/ready', async (context) => {
      const results = await Promise.all(Object.entries(checks).map(([name, check]) => outcome(name, check)))
      const ready = results.every(([, state]) => state === 'ok')
      send(context, ready ? 200 : 503, {
        status: ready ? 'ready' : 'not ready',
        checks: Object.fromEntries(results),
      })
    }),
  ]
}

async function outcome(name: string, check: () => Promise<void>): Promise<[string, string]> {
  try {
    await check()
    return [name, 'ok']
  } catch {
    return [name, 'failed']
  }
}

function send(context: PageContext, status: number, body: object): void {
  context.body = JSON.stringify(body)
  context.set('Content-Type', 'application/json')
  context.set('Cache-Control', 'no-store')
  context.status = status
}
