import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the package, where what is not compiled stands: ontology, feeds, policies, pages. */
export const packageRoot: string = folderAbove(fileURLToPath(import.meta.url))

function folderAbove(file: string): string {
  const folder = dirname(file)
  if (existsSync(join(folder, 'package.json'))) return folder
  if (folder === file) throw new Error('No package.json stands above the running program')
  return folderAbove(folder)
}
