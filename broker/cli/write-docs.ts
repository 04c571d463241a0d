import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../ontology/package-root.ts'
import { configurationPage } from '../config-docs.ts'

writeFileSync(join(packageRoot, 'docs', 'guide', 'configuration.md'), configurationPage())
