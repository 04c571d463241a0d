import type { FeedDefinition } from '../definition/feed-definition.ts'
import { isJsonMap, type Json, type JsonMap, member } from '../values/json.ts'
import { type Brought, broughtJson, broughtOf } from './brought.ts'
import { type Summary, summaryJson, summaryOf } from './summary.ts'

/** What a transport has to remember between its runs, such as an ETag. */
export type TransportMemory = Readonly<Record<string, string>>

/** What a hub keeps of a feed. */
export interface FeedState {
  readonly counters: Summary
  readonly brought: Brought
  readonly memory: TransportMemory
  readonly lastRun?: Json
  readonly lastError?: Json
}

/** Reads the state that a hub kept. */
export function stateOf(document: Json | undefined): FeedState {
  const memory = member(document, 'checkpoint')
  const pairs = isJsonMap(memory) ? Object.entries(memory) : []
  const texts = pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  const [lastRun, lastError] = [member(document, 'lastRun'), member(document, 'lastError')]
  return {
    counters: summaryOf(member(document, 'counters')),
    brought: broughtOf(member(document, 'brought')),
    memory: Object.fromEntries(texts),
    ...(lastRun !== undefined && { lastRun }),
    ...(lastError !== undefined && { lastError }),
  }
}

/** Writes the state as the hub keeps it. */
export function stateJson(
  definition: FeedDefinition,
  { counters, brought, memory, lastRun, lastError }: FeedState,
): JsonMap {
  return {
    definition: definitionJson(definition),
    counters: summaryJson(counters),
    brought: broughtJson(brought),
    checkpoint: { ...memory },
    ...(lastRun !== undefined && { lastRun }),
    ...(lastError !== undefined && { lastError }),
  }
}

/** Writes what others may know of the definition of a feed. */
export function definitionJson({
  title,
  source,
  dataProvider,
  transport,
  format,
  privacy,
  use,
  quality,
  dataset,
  lineage,
}: FeedDefinition): JsonMap {
  return {
    ...{ title, source, dataProvider, transport: transport.kind, format: format.kind },
    ...(privacy && { privacy: { ...privacy } }),
    ...(use && { use: { ...use } }),
    ...(quality && { quality: { ...quality } }),
    ...(dataset && { dataset: { ...dataset } }),
    ...(lineage !== undefined && { lineage }),
  }
}
