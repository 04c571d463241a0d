import { hubClient } from '../../../../adapters/kit/hub/hub-client.ts'
import { loadFeed } from '../../../../adapters/kit/intake/feed.ts'
import { FeedStore } from '../../../../adapters/kit/intake/feed-store.ts'
import { quarantineOf } from '../../../../adapters/kit/intake/quarantine-record.ts'
import { type ReplayOutcome, replayRecord } from '../../../../adapters/kit/intake/replay.ts'
import type { Json } from '../../../../adapters/kit/values/json.ts'
import { CommandFailure } from '../../command-failure.ts'
import { askHub, type HubOptions } from '../ask-hub.ts'
import { tokenSource } from '../token-source.ts'
import { feedFile, withFaults } from './feed-file.ts'

/** Command line options of `hub feed replay`. */
export interface ReplayOptions extends HubOptions {
  readonly variable: Readonly<Record<string, string>>
  readonly adapter?: string
}

const QUARANTINE = '/hub/v1/quarantine'
const PAGE = 100

/** Tries records of quarantine again, and prints what became of each. @throws CommandFailure where some stay there */
export async function replayFeed(
  name: string,
  ids: readonly string[],
  options: ReplayOptions,
  print: (text: string) => void = (text) => void process.stdout.write(text),
): Promise<void> {
  const tryOne =
    options.adapter === undefined ? triedByHub(options) : await triedHere(options.adapter, name, options)
  const counts = new Map<string, number>()
  for (const id of ids.length > 0 ? ids : await idsOf(name, options)) {
    const outcome = await tryOne(id)
    counts.set(outcome.outcome, (counts.get(outcome.outcome) ?? 0) + 1)
    const why = outcome.outcome === 'quarantined' ? ` (${outcome.reason}: ${outcome.detail})` : ''
    print(`${id}: ${outcome.outcome}${why}\n`)
  }
  const count = (outcome: string): number => counts.get(outcome) ?? 0
  print(
    `written ${count('written')}, unchanged ${count('unchanged')}, still set aside ${count('quarantined')}\n`,
  )
  if (count('quarantined') > 0) throw new CommandFailure(`${count('quarantined')} records stay in quarantine`)
}

async function idsOf(feed: string, hub: HubOptions): Promise<readonly string[]> {
  const ids: string[] = []
  for (let after: string | undefined; ; ) {
    const query = new URLSearchParams({ feed, limit: String(PAGE), ...(after !== undefined && { after }) })
    const { body } = await askHub(hub, { path: `${QUARANTINE}?${query}` })
    // as documented
    const { records, next } = (await body.json()) as { records: readonly { id: string }[]; next?: string }
    ids.push(...records.map(({ id }) => id))
    if (next === undefined) return ids
    after = next
  }
}

/** The hub runs the feed, and has it try. */
function triedByHub(hub: HubOptions): (id: string) => Promise<ReplayOutcome> {
  return async (id) => {
    const { body } = await askHub(hub, { method: 'POST', path: `${pathOf(id)}/replay` })
    return (await body.json()) as ReplayOutcome // as documented
  }
}

/** The feed runs elsewhere: its record is tried here, and leaves quarantine when the hub has it. */
async function triedHere(
  adapter: string,
  name: string,
  options: ReplayOptions,
): Promise<(id: string) => Promise<ReplayOutcome>> {
  const feed = await withFaults(() => loadFeed(feedFile(adapter), options.variable))
  if (feed.definition.name !== name)
    throw new CommandFailure(`Feed of ${adapter} is ${feed.definition.name} and not ${name}`, 2)
  const { hub, tenant } = options
  const client = hubClient({ baseUrl: hub.replace(/\/$/, ''), tenant, token: tokenSource(options) })
  const store = new FeedStore(client, feed.definition)
  return async (id) => {
    const { body } = await askHub(options, { path: pathOf(id) })
    const record = quarantineOf((await body.json()) as Json) // as documented
    if (!record) throw new CommandFailure(`Record ${id} cannot be read by this account`)
    const outcome = await replayRecord({ feed, client, store }, record)
    if (outcome.outcome !== 'quarantined') await askHub(options, { method: 'DELETE', path: pathOf(id) })
    return outcome
  }
}

function pathOf(id: string): string {
  return `${QUARANTINE}/${encodeURIComponent(id)}`
}
