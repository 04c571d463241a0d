import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../ontology/package-root.ts'

/** Version of the package. */
export const version: string = readVersion(join(packageRoot, 'package.json'))

function readVersion(file: string): string {
  const { version: text }: { version?: string } = JSON.parse(readFileSync(file, 'utf8'))
  return text ?? '0.0.0'
}
