import { readFileSync, statSync, unwatchFile, watchFile } from 'node:fs'
import { type DatedEpoch, parseKeyEpochs } from '../../security/masking/key-epochs.ts'
import { ConfigError } from '../config-error.ts'
import type { SettingPath } from '../config-schema.ts'

/** Who is told of a file of keys. */
export interface KeyFileFollower {
  /** The file has changed, and this is in it now. */
  changed(epochs: readonly DatedEpoch[]): void
  /** It is faulty, or gone: what was read before counts. */
  failed(error: unknown): void
}

/** A file of keys that is followed. */
export interface FollowedKeyFile {
  /** What was in it at first. */
  readonly epochs: readonly DatedEpoch[]
  stop(): void
}

const LOOK_MILLISECONDS = 2000

/** Reads a file of keys, which its owner alone may read, and follows it. @throws ConfigError for one that is faulty now */
export function followKeyFile(
  path: string,
  setting: SettingPath,
  { changed, failed }: KeyFileFollower,
): FollowedKeyFile {
  const epochs = readFirst(path, setting)
  watchFile(path, { interval: LOOK_MILLISECONDS, persistent: false }, ({ mtimeMs }) => {
    if (mtimeMs === 0) return failed(new Error('File of keys is gone'))
    try {
      changed(read(path))
    } catch (error) {
      failed(error)
    }
  })
  return { epochs, stop: () => unwatchFile(path) }
}

function readFirst(path: string, setting: SettingPath): readonly DatedEpoch[] {
  try {
    return read(path)
  } catch (error) {
    const text = error instanceof Error && 'code' in error ? 'File of keys cannot be read' : String(error)
    throw new ConfigError([{ where: setting, text }])
  }
}

/** What others may read is no secret, whenever that came to be. @throws Error for a file that is faulty */
function read(path: string): readonly DatedEpoch[] {
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    throw new Error('File of keys may be read by others than its owner')
  return parseKeyEpochs(readFileSync(path, 'utf8'))
}
