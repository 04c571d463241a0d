import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../ontology/package-root.ts'
import { collectTests } from './collect-tests.ts'
import { matrixPage } from './matrix.ts'
import { readStatements } from './statements.ts'

writeFileSync(
  join(packageRoot, 'docs', 'conformance-matrix.md'),
  matrixPage(readStatements(), await collectTests()),
)
// what the tests opened when they were loaded is not waited for
process.exit(0)
