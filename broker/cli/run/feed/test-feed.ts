import { testSamples } from '../../../../adapters/onboarding/sample-pairs.ts'
import { CommandFailure } from '../../command-failure.ts'
import { feedFile, withFaults } from './feed-file.ts'

/** Command line options of `hub feed test`. */
export interface TestOptions {
  readonly variable: Readonly<Record<string, string>>
  readonly keep?: true
}

/** Prints what the samples of a feed become, and where that is not as expected. @throws CommandFailure where it is not */
export async function testFeed(feed: string, { variable, keep }: TestOptions): Promise<void> {
  const tested = await withFaults(() =>
    testSamples(feedFile(feed), { variables: variable, keep: keep === true }),
  )
  for (const { city, entities, refused, differences, isNew } of tested) {
    const outcome = keep
      ? 'kept'
      : isNew
        ? 'nothing is expected yet'
        : differences.length === 0
          ? 'as expected'
          : 'differs'
    process.stdout.write(`${city}: ${entities} entities, ${refused} records refused: ${outcome}\n`)
    for (const difference of differences) process.stdout.write(`  ${difference}\n`)
  }
  if (!keep && tested.some(({ isNew }) => isNew))
    throw new CommandFailure(
      'Nothing is expected of some samples: look at what they become, and keep it with --keep',
    )
  if (tested.some(({ differences }) => differences.length > 0))
    throw new CommandFailure('Samples become something else than is expected')
}
