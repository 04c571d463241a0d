import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import type { JsonValue } from '../vocabulary.ts'
import { incompatibilities } from './compatibility.ts'
import { type Contract, contractOf } from './contract.ts'
import { differences } from './differences.ts'
import { generate, writeJson } from './generate.ts'
import { readSource } from './read-source.ts'
import { lastReleased, RELEASED } from './released.ts'
import { resolve } from './resolve.ts'

const folder = join(packageRoot, 'ontology', 'source')
const generated = join(packageRoot, 'ontology', 'generated')
const files = generate(folder)
const contract = contractOf(resolve(readSource(folder)))

if (process.argv.includes('--check')) check()
else if (process.argv.includes('--release')) release(contract)
else write()

/** Nothing is written: the committed files are those of the source, and the source keeps what was released. */
function check(): void {
  complain(differences(files, generated).map((path) => `ontology/generated/${path} differs from the source`))
  complain(incompatibilities(lastReleased(), contract))
}

/** What is promised from now on. */
function release(next: Contract): void {
  const faults = incompatibilities(lastReleased(), next)
  complain(faults)
  if (faults.length === 0)
    writeFileSync(join(RELEASED, `${next.version}.json`), writeJson({ ...next } as unknown as JsonValue, 4)) // its interfaces are plain JSON
}

function complain(faults: readonly string[]): void {
  for (const fault of faults) console.error(fault)
  if (faults.length > 0) process.exitCode = 1
}

/** Versions that are not generated any more stay as they were. */
function write(): void {
  rmSync(join(generated, contract.version), { recursive: true, force: true })
  for (const [path, text] of files) {
    mkdirSync(dirname(join(generated, path)), { recursive: true })
    writeFileSync(join(generated, path), text)
  }
  console.log(`${files.size} files written to ontology/generated`)
}
