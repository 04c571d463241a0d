import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from './bundle.ts'

const root = process.cwd()
const generated = join(root, 'openapi', 'generated')
mkdirSync(generated, { recursive: true })
writeFileSync(
  join(generated, 'openapi.json'),
  `${JSON.stringify(bundle(join(root, 'openapi', 'spec')), null, 1)}\n`,
)
