import { epochAt } from '../../security/masking/key-epochs.ts'
import type { KeyEpoch } from '../../security/masking/mask-keys.ts'
import { policiesUnder } from '../../security/policy/policies-under.ts'
import type { PolicySet } from '../../security/policy/rule.ts'
import { followKeyFile } from './key-file.ts'

/** The keys of pseudonyms as a file says, read again when it changes. */
export interface MaskKeyFile {
  readonly epoch: () => KeyEpoch
  stop(): void
}

/**
 * Reads the file of keys and follows it: another epoch is in force from its date on, or as soon as the file names it, without a
 * restart. A file that became faulty is reported and changes nothing. @throws ConfigError for one that is faulty at the start
 */
export function openMaskKeyFile(
  path: string,
  failed: (error: unknown) => void,
  now: () => number = Date.now,
): MaskKeyFile {
  const file = followKeyFile(path, 'masking.keyFile', {
    changed: (next) => {
      epochs = next
    },
    failed,
  })
  let epochs = file.epochs
  return {
    epoch: () => {
      const epoch = epochAt(epochs, now())
      if (!epoch) throw new Error('There is no epoch of keys')
      return epoch
    },
    stop: file.stop,
  }
}

/** Answers policies that are others as soon as the keys are: whatever was compiled from them is compiled anew. */
export function underEpoch(policies: () => PolicySet, epoch: () => string): () => PolicySet {
  return policiesUnder(policies, epoch, (from, now) => ({ ...from, moment: `${from.moment ?? ''}.${now}` }))
}
