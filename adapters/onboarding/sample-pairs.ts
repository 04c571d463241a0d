import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Variables } from '../kit/definition/load-definition.ts'
import { loadFeed } from '../kit/intake/feed.ts'
import { mapInput } from '../kit/intake/map-input.ts'
import { FeedFault } from '../kit/values/fault.ts'
import type { Json } from '../kit/values/json.ts'
import { listFiles } from '../transports/directory.ts'
import { differences } from './differences.ts'

/** When samples came, for records that tell no time: the same samples become the same entities always. */
const SAMPLES_CAME = '2025-11-15T01:35:00.000Z'

/** Where something stands in the samples. */
interface Place {
  readonly input: string
  readonly line?: number
}

/** What the samples of one city become: the entities, what is refused or told, what is set aside. */
export interface MappedSamples {
  readonly entities: readonly unknown[]
  readonly refused: readonly (Place & { readonly reason: string; readonly detail: string })[]
  readonly doubts: readonly (Place & { readonly text: string })[]
}

/** What came of the samples of one city beside what is expected of them. */
export interface TestedSamples {
  readonly city: string
  readonly entities: number
  readonly refused: number
  /** Where it is not as expected, in words; the values of samples are in them. */
  readonly differences: readonly string[]
  /** Nothing was expected until now. */
  readonly isNew: boolean
}

/** Maps the samples of one city (`samples/CITY/` beside a feed.yaml), file after file, without a hub. @throws FeedFault */
export async function mapSamples(
  feedFile: string,
  city: string,
  variables: Variables = {},
): Promise<MappedSamples> {
  const feed = await loadFeed(feedFile, { city, ...variables })
  const entities: unknown[] = []
  const refused: MappedSamples['refused'][number][] = []
  const doubts: MappedSamples['doubts'][number][] = []
  for (const file of await listFiles(path.join(path.dirname(feedFile), 'samples', city))) {
    const input = path.basename(file)
    const outcome = await mapInput(feed, {
      name: input,
      bytes: await readFile(file),
      receivedAt: SAMPLES_CAME,
    })
    const at = (line: number | undefined): Place => ({ input, ...(line !== undefined && { line }) })
    for (const { record, documents, doubts: texts } of outcome.mapped) {
      entities.push(...documents)
      doubts.push(...texts.map((text) => ({ ...at(record.line), text })))
    }
    for (const { record, fault } of outcome.refused)
      refused.push({ ...at(record.line), reason: fault.reason, detail: fault.message })
    const told = outcome.notices.map(({ text }) => text).sort()
    if (told.length > 0) refused.push({ input, reason: 'unmapped', detail: told.join('; ') })
  }
  return { entities, refused, doubts }
}

/**
 * Compares the samples beside a feed.yaml with what is expected of them (`expected/CITY.json`), city by city; `keep` makes what they become
 * now the expected. @throws FeedFault where there are no samples
 */
export async function testSamples(
  feedFile: string,
  { variables = {}, keep = false }: { readonly variables?: Variables; readonly keep?: boolean } = {},
): Promise<readonly TestedSamples[]> {
  const folder = path.dirname(feedFile)
  const cities = await readdir(path.join(folder, 'samples')).catch(() => [])
  if (cities.length === 0)
    throw new FeedFault([`${feedFile}: folder samples beside it has no folder of a city`])
  const tested: TestedSamples[] = []
  for (const city of cities.sort()) {
    const mapped = await mapSamples(feedFile, city, variables)
    const file = path.join(folder, 'expected', `${city}.json`)
    const isNew = !existsSync(file)
    const expected = isNew ? undefined : (JSON.parse(await readFile(file, 'utf8')) as Json) // any JSON is
    // as a file has it: without what is undefined
    const actual = JSON.parse(JSON.stringify(mapped)) as Json
    if (keep) {
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, `${JSON.stringify(actual, null, 2)}\n`)
    }
    tested.push({
      ...{ city, isNew, entities: mapped.entities.length, refused: mapped.refused.length },
      differences: expected === undefined || keep ? [] : differences(expected, actual),
    })
  }
  return tested
}
