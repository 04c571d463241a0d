import { CommandFailure } from '../command-failure.ts'
import { askHub, type HubOptions, type HubQuestion } from './ask-hub.ts'

const COLLECTION = '/hub/v1/subscriptions'
const PAGE = 100

/** What the hub answers of a subscription (`SubscriptionDelivery` of the OpenAPI document), as far as a list shows it. */
interface Listed {
  readonly id: string
  readonly status: string
  readonly notification: {
    readonly endpoint: { readonly uri: string }
    readonly status?: string
    readonly timesSent?: number
    readonly timesFailed?: number
  }
  readonly delivery: { readonly waiting: number; readonly behind: boolean; readonly breaker: string }
}

/** What the hub answers of a notification that was given up. */
interface Letter {
  readonly id: string
  readonly reason: string
  readonly attempts: number
  readonly changedAt: string
  readonly givenUpAt: string
}

/** Prints subscriptions, one a line. @throws CommandFailure */
export async function listSubscriptions(q: string, hub: HubOptions): Promise<void> {
  print(['subscription', 'status', 'last', 'sent', 'failed', 'waiting', 'endpoint'])
  for (let offset = 0; ; offset += PAGE) {
    const parameters = new URLSearchParams({ limit: String(PAGE), offset: String(offset) })
    if (q !== '') parameters.set('q', q)
    const page = await ask<readonly Listed[]>(hub, { path: `${COLLECTION}?${parameters}` })
    for (const { id, status, notification, delivery } of page) {
      const { endpoint, status: last = 'none', timesSent = 0, timesFailed = 0 } = notification
      const waiting = `${delivery.waiting}${delivery.behind ? '+' : ''}`
      const place = delivery.breaker === 'closed' ? endpoint.uri : `${endpoint.uri} (${delivery.breaker})`
      print([id, status, last, timesSent, timesFailed, waiting, place])
    }
    if (page.length < PAGE) return
  }
}

/** Prints what was given up of a subscription, one a line, the oldest first. @throws CommandFailure */
export async function listLetters(id: string, hub: HubOptions): Promise<void> {
  print(['notification', 'changed', 'given up', 'attempts', 'reason'])
  let path: string | undefined = `${pathOf(id)}/deadLetters?limit=${PAGE}`
  while (path !== undefined) {
    const { body, headers } = await askHub(hub, { path })
    const letters = (await body.json()) as readonly Letter[] // what the hub says it answers
    for (const letter of letters)
      print([letter.id, letter.changedAt, letter.givenUpAt, letter.attempts, letter.reason])
    path = /<([^>]+)>; *rel="next"/.exec(String(headers.link ?? ''))?.[1]
  }
}

/** Delivers again what was given up, all of it or one. @throws CommandFailure when something cannot be */
export async function replayLetters(id: string, letter: string | undefined, hub: HubOptions): Promise<void> {
  const parameters = letter === undefined ? '' : `?${new URLSearchParams({ letter })}`
  const question = { method: 'POST', path: `${pathOf(id)}/deadLetters/replay${parameters}` } as const
  const { replayed, gone, more } = await ask<{ replayed: number; gone: number; more: boolean }>(hub, question)
  process.stdout.write(`on their way again: ${replayed}\n`)
  if (more) process.stdout.write('there are more: replay again when these have arrived\n')
  if (gone > 0) throw new CommandFailure(`Changes of ${gone} notifications are not in the log any more`)
}

/** Sends one notification as a trial, and prints what came of it. @throws CommandFailure when it did not arrive */
export async function testSubscription(id: string, hub: HubOptions): Promise<void> {
  const attempt = await ask<{ delivered: boolean; status?: number; reason?: string; milliseconds: number }>(
    hub,
    { method: 'POST', path: `${pathOf(id)}/test` },
  )
  const status = attempt.status === undefined ? '' : `, status ${attempt.status}`
  if (!attempt.delivered)
    throw new CommandFailure(
      `Notification is not delivered${status}: ${attempt.reason ?? 'no reason is known'}`,
    )
  process.stdout.write(`delivered in ${attempt.milliseconds} ms${status}\n`)
}

async function ask<T>(hub: HubOptions, question: HubQuestion): Promise<T> {
  const { body } = await askHub(hub, question)
  return (await body.json()) as T // what the hub says it answers
}

function pathOf(id: string): string {
  return `${COLLECTION}/${encodeURIComponent(id)}`
}

/** Columns are separated by tabs, so that other programs read them too. */
function print(cells: readonly (string | number)[]): void {
  process.stdout.write(`${cells.join('\t')}\n`)
}
