import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { FeedFault } from '../../../../adapters/kit/values/fault.ts'
import { CommandFailure } from '../../command-failure.ts'

/** Answers the feed.yaml that a file or folder on the command line means. */
export function feedFile(given: string): string {
  const place = resolve(given)
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() ? join(place, 'feed.yaml') : place
}

/** Does what a faulty feed stops, and says its faults as those of the command line. @throws CommandFailure */
export async function withFaults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof FeedFault) throw new CommandFailure(error.message, 2)
    throw error
  }
}
