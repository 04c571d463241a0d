import { readFileSync, statSync, unwatchFile, watchFile } from 'node:fs'
import { type DatedEpoch, epochAt, parseKeyEpochs } from '../../security/masking/key-epochs.ts'
import type { KeyEpoch } from '../../security/masking/mask-keys.ts'
import { policiesUnder } from '../../security/policy/policies-under.ts'
import type { PolicySet } from '../../security/policy/rule.ts'
import { ConfigError } from '../config-error.ts'

/** The keys of pseudonyms as a file says, read again when it changes. */
export interface MaskKeyFile {
  readonly epoch: () => KeyEpoch
  stop(): void
}

const LOOK_MILLISECONDS = 2000

/**
 * Reads the file of keys and follows it: another epoch is in force from its date on, or as soon as the file names it, without a
 * restart. A file that became faulty is reported and changes nothing. @throws ConfigError for one that is faulty at the start
 */
export function openMaskKeyFile(
  path: string,
  failed: (error: unknown) => void,
  now: () => number = Date.now,
): MaskKeyFile {
  let epochs = readFirst(path)
  watchFile(path, { interval: LOOK_MILLISECONDS, persistent: false }, ({ mtimeMs }) => {
    if (mtimeMs === 0) return failed(new Error('File of keys is gone'))
    try {
      epochs = parseKeyEpochs(readFileSync(path, 'utf8'))
    } catch (error) {
      failed(error)
    }
  })
  return {
    epoch: () => {
      const epoch = epochAt(epochs, now())
      if (!epoch) throw new Error('There is no epoch of keys')
      return epoch
    },
    stop: () => unwatchFile(path),
  }
}

function readFirst(path: string): readonly DatedEpoch[] {
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
      throw new Error('File of keys may be read by others than its owner')
    return parseKeyEpochs(readFileSync(path, 'utf8'))
  } catch (error) {
    const text = error instanceof Error && 'code' in error ? 'File of keys cannot be read' : String(error)
    throw new ConfigError([{ where: 'masking.keyFile', text }])
  }
}

/** Answers policies that are others as soon as the keys are: whatever was compiled from them is compiled anew. */
export function underEpoch(policies: () => PolicySet, epoch: () => string): () => PolicySet {
  return policiesUnder(policies, epoch, (from, now) => ({ ...from, moment: `${from.moment ?? ''}.${now}` }))
}
