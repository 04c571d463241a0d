import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Answers the folder above a file that holds package.json: built files stand elsewhere than data. */
export function packageRoot(file: string): string {
  const folder = dirname(file)
  if (existsSync(join(folder, 'package.json'))) return folder
  if (folder === file) throw new Error('No package.json stands above the running program')
  return packageRoot(folder)
}
