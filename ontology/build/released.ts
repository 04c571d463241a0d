import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import type { Contract } from './contract.ts'

/** Folder of what releases promised, one file for each version. */
export const RELEASED: string = join(packageRoot, 'ontology', 'released')

/** Answers what the last release promised, of the ontology or of another folder. */
export function lastReleased<Released = Contract>(folder: string = RELEASED): Released {
  const versions = readdirSync(folder)
    .filter((name) => /^v\d+\.json$/.test(name))
    .sort((left, right) => Number.parseInt(left.slice(1), 10) - Number.parseInt(right.slice(1), 10))
  return JSON.parse(readFileSync(join(folder, versions.at(-1) ?? ''), 'utf8')) as Released // `--release` wrote it
}
