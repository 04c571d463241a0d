import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'

/** Where files are, and whom to tell what is wrong with them. */
export interface SecretPlaces {
  readonly folder: string
  readonly fault: (text: string) => void
  readonly warn: (text: string) => void
}

/** Reads a secret out of a file, without the blanks around it; undefined: it cannot be read, and that is told. */
export function readSecret(file: string, what: string, places: SecretPlaces): string | undefined {
  const path = resolve(places.folder, file)
  try {
    const secret = readFileSync(path, 'utf8').trim()
    checkMode(path, what, places)
    return secret
  } catch {
    places.fault(`${what} names the file ${file}, which cannot be read`)
    return undefined
  }
}

/** Warns where everybody on this machine may read a file; one that is not there is somebody else's business. */
export function checkMode(path: string, what: string, { warn, folder }: SecretPlaces): void {
  if (process.platform === 'win32') return
  const mode = statSync(resolve(folder, path), { throwIfNoEntry: false })?.mode ?? 0
  if ((mode & 0o004) !== 0)
    warn(`File ${path} of ${what} can be read by everybody on this machine: chmod o-r`)
}
