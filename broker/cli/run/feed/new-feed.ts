import path from 'node:path'
import { RecordFault } from '../../../../adapters/kit/values/fault.ts'
import { DecisionFault } from '../../../../adapters/onboarding/decision-fault.ts'
import { type DraftFeed, draftFeed } from '../../../../adapters/onboarding/draft-feed.ts'
import { type Decisions, type Proposal, SURE } from '../../../../adapters/onboarding/propose-mapping.ts'
import { FormatFault } from '../../../../adapters/onboarding/recognise-format.ts'
import { SourceFault } from '../../../../adapters/transports/transport.ts'
import { scanLabelled } from '../../../../security/masking/scan-labelled.ts'
import { CommandFailure } from '../../command-failure.ts'
import { askDecisions } from './ask-decisions.ts'
import type { Asker } from './asker.ts'
import { withFaults } from './feed-file.ts'
import { besideText, proposalText } from './show-proposal.ts'
import { type Source, type SourceOptions, sourceOf } from './source-of.ts'

/** Command line options of `hub feed new`. */
export interface NewFeedOptions extends SourceOptions {
  readonly from?: string
  readonly name?: string
  readonly title?: string
  readonly provider?: string
  readonly city: string
  readonly type?: string
  readonly key?: string
  readonly time?: string
  readonly map: Readonly<Record<string, string>>
  readonly patience: number
  readonly sheet?: string
  readonly yes?: true
}

/** Below this a type is a guess among several. */
const SURE_TYPE = 0.65
const SHOWN = 2

/** Samples a source, shows what its records would become, and writes the feed. @throws CommandFailure */
export async function newFeed(folder: string | undefined, options: NewFeedOptions): Promise<void> {
  const asks = options.yes !== true && process.stdin.isTTY && process.stdout.isTTY
  const print = (text: string): void => void process.stdout.write(text)
  await makeFeed(folder, options, {
    print,
    ...(asks && { asker: (await import('./asker.ts')).terminalAsker() }),
  })
}

/** With whom a feed is made. */
export interface Talk {
  /** Absent: nobody is asked, and what is not sure is left out. */
  readonly asker?: Asker
  print(text: string): void
}

/** The same with whoever is given. @throws CommandFailure */
export async function makeFeed(
  folder: string | undefined,
  options: NewFeedOptions,
  talk: Talk,
): Promise<void> {
  try {
    await withFaults(() => make(folder, options, talk))
  } catch (error) {
    if (error instanceof SourceFault) throw new CommandFailure(causedText(error))
    if (error instanceof FormatFault || error instanceof RecordFault || error instanceof DecisionFault)
      throw new CommandFailure(error.message, 2)
    throw error
  }
}

async function make(folder: string | undefined, options: NewFeedOptions, talk: Talk): Promise<void> {
  const { asker, print } = talk
  const from = await said(talk, options.from, ['--from', 'Where is the source? (file, folder or address)'])
  const source = sourceOf(from, options.name, options)
  const { name, title, dataProvider } = await described(talk, options, source.name)
  const place = path.resolve(folder ?? name)
  print(`Visiting ${from} …\n`)
  const draft = await draftOf(place, source, { ...options, name, title, dataProvider })
  print(`${draft.records.length} records of ${draft.format}\n\n`)
  const given = decisionsOf(options)
  if (asker) print(`${proposalText(draft.propose(given))}\n`)
  const decisions = asker ? await askDecisions(asker, draft.propose, given) : given
  const proposal = draft.propose(decisions)
  checkSure(proposal, decisions)
  print(`${proposalText(proposal)}\n`)
  print(await shown(draft, proposal))
  if (asker && !(await asker.agree(`Write ${path.join(place, 'feed.yaml')}?`, true))) return
  const files = await draft.write(proposal)
  print(files.map((file) => `Wrote ${near(file)}\n`).join(''))
  if (files.length === 1)
    print('No sample is kept, since it is too large or has fields of persons: add one without them\n')
  print(`Next: hub feed test ${near(place)}, then hub feed run ${near(place)} --once\n`)
}

/** What was said on the command line, else what somebody says. @throws CommandFailure where nobody can be asked */
async function said(
  { asker }: Talk,
  value: string | undefined,
  [option, question, preset]: readonly [option: string, question: string, preset?: string],
): Promise<string> {
  if (value !== undefined) return value
  if (!asker) throw new CommandFailure(`Option ${option} is missing, and there is no terminal to ask at`, 2)
  return asker.text(question, preset)
}

/** A name and a title can be had from the source where nobody is asked. */
async function described(
  talk: Talk,
  options: NewFeedOptions,
  proposed: string,
): Promise<{ readonly name: string; readonly title: string; readonly dataProvider: string }> {
  const alone = talk.asker === undefined
  const name = await said(talk, options.name ?? (alone ? proposed : undefined), [
    '--name',
    'Name of the feed',
    proposed,
  ])
  const title = await said(talk, options.title ?? (alone ? name : undefined), [
    '--title',
    'What is it called?',
    name,
  ])
  const dataProvider = await said(talk, options.provider, ['--provider', 'Which agency provides it?'])
  return { name, title, dataProvider }
}

function draftOf(
  folder: string,
  { transport, hints }: Source,
  feed: NewFeedOptions & { readonly name: string; readonly title: string; readonly dataProvider: string },
): Promise<DraftFeed> {
  const { name, title, dataProvider, city, patience, sheet } = feed
  return draftFeed({
    folder,
    feed: { name, title, dataProvider, city, transport },
    hints: [...hints, name, title],
    pointsToPerson: (text, field) => scanLabelled(text, field) !== text,
    environment: process.env,
    patienceMs: patience * 1000,
    ...(sheet !== undefined && { sheet }),
  })
}

function decisionsOf({ type, key, time, map }: NewFeedOptions): Decisions {
  return {
    ...(type !== undefined && { type }),
    ...(key !== undefined && { key }),
    ...(time !== undefined && { time }),
    columns: map,
  }
}

/** What nobody was asked about has to be sure. @throws CommandFailure */
function checkSure({ types, key }: Proposal, { type, key: saidKey }: Decisions): void {
  const [first, second] = types
  if (type === undefined && (first?.confidence ?? 0) < SURE_TYPE)
    throw new CommandFailure(
      `What the records are of is not sure (${first?.type.name} or ${second?.type.name}?): say it with --type`,
      2,
    )
  if (saidKey === undefined && (key?.confidence ?? 0) < SURE)
    throw new CommandFailure(
      'Which field names the thing that a record is of is not sure: say it with --key',
      2,
    )
}

/** The first records and what they become, and what came of all of the sample. */
async function shown(draft: DraftFeed, proposal: Proposal): Promise<string> {
  const { mapped, refused } = await draft.preview(proposal)
  const width = Math.min(160, process.stdout.columns || 120)
  const doubts = mapped.flatMap((record) => record.doubts)
  return [
    ...mapped
      .slice(0, SHOWN)
      .map(({ record, documents }) => `${besideText(record.value, documents, { ...proposal, width })}\n`),
    ...refused.slice(0, SHOWN).map(({ fault }) => `Not taken: ${fault.message}\n`),
    ...[...new Set(doubts)].slice(0, SHOWN).map((doubt) => `Left out: ${doubt}\n`),
    `taken: ${mapped.length}, not taken: ${refused.length}, values left out: ${doubts.length}\n`,
  ].join('')
}

/** What a source says beside its text may be of the network alone: its code. */
function causedText({ message, cause }: SourceFault): string {
  if (!(cause instanceof Error)) return message
  const { code, name } = cause as Error & { readonly code?: unknown } // many errors have one
  return `${message}: ${typeof code === 'string' ? code : name}`
}

function near(file: string): string {
  const relative = path.relative('.', file)
  return relative.startsWith('..') ? file : relative
}
