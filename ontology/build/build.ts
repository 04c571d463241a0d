import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { differences } from './differences.ts'
import { generate } from './generate.ts'

const generated = join(packageRoot, 'ontology', 'generated')
const files = generate(join(packageRoot, 'ontology', 'source'))

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
