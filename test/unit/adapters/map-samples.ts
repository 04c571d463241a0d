import path from 'node:path'
import { type MappedSamples, mapSamples as mapSamplesOf } from '../../../adapters/onboarding/sample-pairs.ts'
import { packageRoot } from '../../../ontology/package-root.ts'

/** The key of the samples' hashes. */
export const PLATE_KEY = path.join(packageRoot, 'test/fixtures/feeds/plate-key.txt')

/** Maps the samples of one city of a feed of this project, without a hub. */
export function mapSamples(feedFolder: string, city: string): Promise<MappedSamples> {
  return mapSamplesOf(path.join(feedFolder, 'feed.yaml'), city, { plateKey: PLATE_KEY })
}
