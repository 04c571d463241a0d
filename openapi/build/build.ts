import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from './bundle.ts'
import { readCatalogue } from './read-catalogue.ts'

const folder = join(process.cwd(), 'openapi')
const generated = join(folder, 'generated')
mkdirSync(generated, { recursive: true })
write('openapi.json', bundle(join(folder, 'spec')))
write('vi.json', readCatalogue(join(folder, 'languages', 'vi.yaml')))

function write(name: string, content: object): void {
  writeFileSync(join(generated, name), `${JSON.stringify(content, null, 1)}\n`)
}
