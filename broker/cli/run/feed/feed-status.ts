import { askHub, type HubOptions } from '../ask-hub.ts'
import { tableText } from '../print-table.ts'

/** What the hub answers of a feed (`FeedState` of the OpenAPI document), as far as it is shown. */
interface FeedState {
  readonly name: string
  readonly counters?: Counts
  readonly lastRun?: { readonly endedAt: string }
  readonly lastError?: { readonly text: string; readonly retryAt: string }
  readonly brought?: Readonly<Record<string, { readonly to?: string }>>
  readonly running?: { readonly nextVisitAt?: string; readonly faults: readonly string[] }
}

interface Counts {
  readonly read: number
  readonly written: number
  readonly unchanged: number
  readonly quarantined: Readonly<Record<string, number>>
}

const PAGE = 1000

/** Prints how the feeds of a hub stand. @throws CommandFailure */
export async function printStatus(
  name: string | undefined,
  { json, ...hub }: HubOptions & { readonly json?: true },
): Promise<void> {
  const feeds =
    name === undefined ? await allFeeds(hub) : [await ask<FeedState>(hub, `/${encodeURIComponent(name)}`)]
  if (json) {
    for (const feed of feeds) process.stdout.write(`${JSON.stringify(feed)}\n`)
    return
  }
  process.stdout.write(statusText(feeds, Date.now()))
}

/** Writes feeds as a table, with what is wrong of each below it. */
export function statusText(feeds: readonly FeedState[], now: number): string {
  const head = ['feed', 'state', 'last run', 'lag', 'read', 'written', 'unchanged', 'set aside', 'next run']
  const rows = feeds.map((feed) => {
    const { name, counters, lastRun, lastError, running } = feed
    return [
      name,
      running?.faults.length ? 'misdefined' : lastError ? 'failed' : lastRun ? 'fine' : 'has not run',
      lastRun ? `${duration(now - Date.parse(lastRun.endedAt))} ago` : '-',
      lagText(feed, now),
      ...[counters?.read, counters?.written, counters?.unchanged].map((count) => String(count ?? 0)),
      asideText(counters),
      nextText(feed, now),
    ]
  })
  const notes = feeds.flatMap(({ name, lastError, running }) => [
    ...(running?.faults ?? []).map((fault) => `${name}: ${fault}\n`),
    ...(lastError ? [`${name}: ${lastError.text}\n`] : []),
  ])
  return tableText([head, ...rows]) + notes.join('')
}

/** How old the latest observation is that came of any type. */
function lagText({ brought = {} }: FeedState, now: number): string {
  const times = Object.values(brought).flatMap(({ to }) => (to === undefined ? [] : [Date.parse(to)]))
  return times.length === 0 ? '-' : duration(now - Math.max(...times))
}

function asideText(counters: Counts | undefined): string {
  const reasons = Object.entries(counters?.quarantined ?? {}).filter(([, count]) => count > 0)
  const total = reasons.reduce((sum, [, count]) => sum + count, 0)
  return total === 0 ? '0' : `${total} (${reasons.map(([reason, count]) => `${reason} ${count}`).join(', ')})`
}

function nextText({ lastError, running }: FeedState, now: number): string {
  const next = running?.nextVisitAt ?? lastError?.retryAt
  if (next !== undefined && Date.parse(next) > now) return `in ${duration(Date.parse(next) - now)}`
  return running ? 'runs now' : 'not here'
}

/** The two largest parts of a length of time; what is ahead of the clock has none. */
function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  if (first < 0) return '0 s'
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

async function allFeeds(hub: HubOptions): Promise<readonly FeedState[]> {
  const feeds: FeedState[] = []
  for (let after = ''; ; ) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(after !== '' && { after }) })
    const page = await ask<readonly FeedState[]>(hub, `?${query}`)
    feeds.push(...page)
    const last = page.at(-1)
    if (!last || page.length < PAGE) return feeds
    after = last.name
  }
}

async function ask<T>(hub: HubOptions, rest: string): Promise<T> {
  const { body } = await askHub(hub, { path: `/hub/v1/feeds${rest}` })
  return (await body.json()) as T // what the hub says it answers
}
