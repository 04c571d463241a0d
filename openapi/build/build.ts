import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeJson } from '../../ontology/build/generate.ts'
import { lastReleased } from '../../ontology/build/released.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import type { JsonValue } from '../../ontology/vocabulary.ts'
import { bundle } from './bundle.ts'
import { writeChangelog } from './changelog.ts'
import { incompatibilities } from './compatibility.ts'
import { type Contract, contractOf } from './contract.ts'
import { readCatalogue } from './read-catalogue.ts'

const folder = join(packageRoot, 'openapi')
const page = join(packageRoot, 'docs', 'guide', 'api-changes.md')

const document = bundle(join(folder, 'spec'))
const contract = contractOf(document)
const released = lastReleased<Contract>(join(folder, 'released'))
const faults = incompatibilities(released, contract)
for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exitCode = 1
if (!process.argv.includes('--release')) write()
else if (faults.length === 0) release()

function write(): void {
  mkdirSync(join(folder, 'generated'), { recursive: true })
  writeGenerated('openapi.json', document)
  writeGenerated('vi.json', readCatalogue(join(folder, 'languages', 'vi.yaml')))
  const before = existsSync(page) ? readFileSync(page, 'utf8') : ''
  writeFileSync(page, writeChangelog(before, released, contract))
}

function writeGenerated(name: string, content: object): void {
  writeFileSync(join(folder, 'generated', name), `${JSON.stringify(content, null, 1)}\n`)
}

/** What is promised from now on. */
function release(): void {
  const [major] = contract.version.split('.')
  const text = writeJson({ ...contract } as unknown as JsonValue, 2) // made of JSON
  writeFileSync(join(folder, 'released', `v${major}.json`), text)
}
