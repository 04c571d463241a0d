import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the package: where ontology, feeds, policies and pages are, whether compiled or not. */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)))

/** Version of the package. */
export const version: string = readVersion(join(packageRoot, 'package.json'))

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error('Package has no package.json above its program')
  return findRoot(parent)
}

function readVersion(file: string): string {
  const { version: text }: { version?: string } = JSON.parse(readFileSync(file, 'utf8'))
  return text ?? '0.0.0'
}
