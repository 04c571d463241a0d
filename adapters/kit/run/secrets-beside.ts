import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { SourceFault } from '../../transports/transport.ts'
import type { Environment, Secrets } from '../definition/secret.ts'

/** Reads credentials from the environment, and from files named from a folder. A last line end is no part of one. */
export function secretsBeside(folder: string, environment: Environment): Secrets {
  return async (secret) => {
    const text = 'file' in secret ? await fileText(folder, secret.file) : environment[secret.environment]
    const value = text?.replace(/\r?\n$/, '')
    if (value) return value
    const place = 'file' in secret ? `File ${secret.file}` : `Environment variable ${secret.environment}`
    throw new SourceFault(`${place} has no credential in it`)
  }
}

async function fileText(folder: string, file: string): Promise<string> {
  try {
    return await readFile(path.resolve(folder, file), 'utf8')
  } catch (cause) {
    throw new SourceFault(`File ${file} of a credential cannot be read`, { cause })
  }
}
