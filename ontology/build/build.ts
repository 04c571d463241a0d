import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageRoot } from '../package-root.ts'
import { differences } from './differences.ts'
import { generate } from './generate.ts'

const root = packageRoot(fileURLToPath(import.meta.url))
const generated = join(root, 'ontology', 'generated')
const files = generate(join(root, 'ontology', 'source'))

if (process.argv.includes('--check')) check()
else write()

function check(): void {
  const different = differences(files, generated)
  for (const path of different) console.error(`ontology/generated/${path} differs from the source`)
  if (different.length > 0) process.exitCode = 1
}

function write(): void {
  rmSync(generated, { recursive: true, force: true })
  for (const [path, text] of files) {
    mkdirSync(dirname(join(generated, path)), { recursive: true })
    writeFileSync(join(generated, path), text)
  }
  console.log(`${files.size} files written to ontology/generated`)
}
