import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { loadFeed } from '../../../adapters/kit/intake/feed.ts'
import { mapInput } from '../../../adapters/kit/intake/map-input.ts'
import { listFiles } from '../../../adapters/transports/directory.ts'
import { packageRoot } from '../../../ontology/package-root.ts'

/** When the samples came, where a source does not say when it measured. */
const RECEIVED = '2025-11-15T01:35:00.000Z'

/** What the samples of one city become: the entities, what is refused, what is set aside. */
export interface MappedSamples {
  readonly entities: readonly unknown[]
  readonly refused: readonly { input: string; line?: number; reason: string; detail: string }[]
  readonly doubts: readonly { input: string; line?: number; text: string }[]
}

/** The key of the samples' hashes. */
export const PLATE_KEY = path.join(packageRoot, 'test/fixtures/feeds/plate-key.txt')

/** Maps the samples of one city, file after file, without a hub. */
export async function mapSamples(feedFolder: string, city: string): Promise<MappedSamples> {
  const feed = await loadFeed(path.join(feedFolder, 'feed.yaml'), { city, plateKey: PLATE_KEY })
  const entities: unknown[] = []
  const refused: MappedSamples['refused'][number][] = []
  const doubts: MappedSamples['doubts'][number][] = []
  for (const file of await listFiles(path.join(feedFolder, 'samples', city))) {
    const input = path.basename(file)
    const outcome = await mapInput(feed, { name: input, bytes: await readFile(file), receivedAt: RECEIVED })
    for (const { record, documents, doubts: texts } of outcome.mapped) {
      const place = { input, ...(record.line !== undefined && { line: record.line }) }
      entities.push(...documents)
      doubts.push(...texts.map((text) => ({ ...place, text })))
    }
    for (const { record, fault } of outcome.refused) {
      const place = { input, ...(record.line !== undefined && { line: record.line }) }
      refused.push({ ...place, reason: fault.reason, detail: fault.message })
    }
  }
  return { entities, refused, doubts }
}
