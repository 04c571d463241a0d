import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { SourceRecord } from '../formats/format.ts'
import { parseDefinition } from '../kit/definition/load-definition.ts'
import type { Environment } from '../kit/definition/secret.ts'
import { readyFeed } from '../kit/intake/feed.ts'
import type { Input } from '../kit/intake/input.ts'
import { type MappedInput, mapRecords } from '../kit/intake/map-input.ts'
import { FeedFault } from '../kit/values/fault.ts'
import { flatRecord } from '../kit/values/flat-record.ts'
import { definitionText, type NewFeed } from './definition-text.ts'
import { mappingOf } from './mapping-of.ts'
import type { PointsToPerson } from './personal-field.ts'
import { type Decisions, type Proposal, proposeMapping } from './propose-mapping.ts'
import { FormatFault, recogniseFormat } from './recognise-format.ts'
import { recordsOf, SAMPLE_RECORDS, sampleFile } from './sample-file.ts'
import { testSamples } from './sample-pairs.ts'
import { takeSample } from './take-sample.ts'

/** What a new feed is made of. */
export interface DraftOptions {
  /** Folder that is to hold its feed.yaml. */
  readonly folder: string
  readonly feed: Omit<NewFeed, 'format' | 'detectsPlaces'>
  /** Names that say what the source is of, besides its fields. */
  readonly hints: readonly string[]
  /** Sheet of a workbook; the first if absent. */
  readonly sheet?: string
  readonly pointsToPerson: PointsToPerson
  readonly environment: Environment
  readonly patienceMs: number
}

/** A feed that is not written yet, with a sample of its source. */
export interface DraftFeed {
  readonly format: string
  readonly records: readonly SourceRecord[]
  /** @throws DecisionFault */
  propose(decisions: Decisions): Proposal
  /** Maps the sampled records as the feed would. @throws FeedFault */
  preview(proposal: Proposal): Promise<MappedInput>
  /** Writes the feed with its sample and what that becomes; answers the files. @throws DecisionFault, FeedFault */
  write(proposal: Proposal): Promise<readonly string[]>
}

/** Samples the source of a new feed. @throws FeedFault, SourceFault, FormatFault */
export async function draftFeed(options: DraftOptions): Promise<DraftFeed> {
  const { folder, feed } = options
  const file = path.join(folder, 'feed.yaml')
  if (existsSync(file)) throw new FeedFault([`${file}: file is there already`])
  const looking = parseDefinition(
    definitionText({ ...feed, format: { kind: 'json' }, detectsPlaces: false }),
    file,
  )
  const inputs = await takeSample(looking, options)
  const { format, columns } = recogniseFormat(...firstOf(inputs), options.sheet)
  const ready = await readyFeed({
    ...looking,
    format: columns ? ({ ...format, columns } as typeof format) : format,
  })
  const records = recordsOf(ready, inputs).slice(0, 10 * SAMPLE_RECORDS)
  if (records.length === 0) throw new FormatFault('Source gives no record that can be read')
  const values = records.map(({ value }) => flatRecord(value))
  const textOf = (proposal: Proposal): string =>
    definitionText(
      { ...feed, format, detectsPlaces: format.kind === 'features' || proposal.place?.isWgs84 === false },
      { mapping: mappingOf(proposal), fields: proposal.fields },
    )
  return {
    format: format.kind,
    records,
    propose: (decisions) => proposeMapping({ ...options, records: values }, decisions),
    preview: async (proposal) => {
      const definition = parseDefinition(textOf(proposal), file)
      const [input] = inputs
      const place = { name: input?.name ?? 'sample', receivedAt: new Date().toISOString() }
      return mapRecords(await readyFeed(definition), records, place)
    },
    write: async (proposal) => {
      await mkdir(folder, { recursive: true })
      await writeFile(file, textOf(proposal), { flag: 'wx' })
      const personal = proposal.fields.filter(({ part }) => part === 'personal').map(({ field }) => field)
      const sample = sampleFile(format, inputs, { records, personal })
      if (!sample) return [file]
      const place = path.join(folder, 'samples', feed.city, sample.name)
      await mkdir(path.dirname(place), { recursive: true })
      await writeFile(place, sample.bytes)
      await testSamples(file, { keep: true })
      return [file, place, path.join(folder, 'expected', `${feed.city}.json`)]
    },
  }
}

/** Of messages the first tells how they are written. */
function firstOf([first]: readonly Input[]): [bytes: Uint8Array, name: string] {
  return [first?.bytes ?? new Uint8Array(), first?.name ?? '']
}
