import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configurationPage } from '../config-docs.ts'
import { packageRoot } from './package-root.ts'

writeFileSync(join(packageRoot, 'docs', 'guide', 'configuration.md'), configurationPage())
