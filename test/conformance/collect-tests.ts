import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import Mocha from 'mocha'
import { packageRoot } from '../../ontology/package-root.ts'

/** What the tests of one file say about a clause of the standard. */
export interface TestedRequirement {
  readonly clause: string
  /** The words after the number in the title of the suite. */
  readonly title: string
  readonly requirement: string
  /** Source file, from the root of the package. */
  readonly file: string
  readonly tests: number
}

const CLAUSE = /^(\d+(?:\.\d+)+)(?: to \d+(?:\.\d+)+)? (.+)$/

/** Reads what the test files named by clause test, without running them: suites by clause, and what stands right below. */
export async function collectTests(): Promise<readonly TestedRequirement[]> {
  const folder = join(packageRoot, 'dist/test')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?:^|[\\/])\d+\.[^\\/]*\.test\.js$/.test(name))
    .map((name) => join(folder, name))
    .filter((file) => existsSync(join(packageRoot, sourceOf(file))))
    .sort()
  const mocha = new Mocha()
  for (const file of files) mocha.addFile(file)
  await mocha.loadFilesAsync()
  return mocha.suite.suites.flatMap(requirementsOf)
}

/** What is titled by a clause is about it; all else is about the clause of the suite around it, if there is one. */
function requirementsOf(suite: Mocha.Suite): readonly TestedRequirement[] {
  const [, clause, title = ''] = CLAUSE.exec(suite.title) ?? []
  const file = sourceOf(suite.file)
  const numbered = suite.tests
    .filter((test) => CLAUSE.test(test.title))
    .flatMap((test) => {
      const [, own, requirement] = CLAUSE.exec(test.title) ?? []
      return own && requirement ? [{ clause: own, title: '', requirement, file, tests: 1 }] : []
    })
  const below = suite.suites.flatMap(requirementsOf)
  if (clause === undefined) return [...numbered, ...below]
  const parts = [
    ...suite.tests.filter(isPlain).map((test) => ({ requirement: test.title, tests: 1 })),
    ...suite.suites
      .filter((inner) => !CLAUSE.test(inner.title))
      .map((inner) => ({ requirement: inner.title, tests: countOf(inner) }))
      .filter(({ tests }) => tests > 0),
  ]
  return [...parts.map((part) => ({ clause, title, file, ...part })), ...numbered, ...below]
}

/** What depends on the machine is not told; what has a number of its own is told there. */
function isPlain(test: Mocha.Test): boolean {
  return !test.title.startsWith('SKIPPED') && !CLAUSE.test(test.title)
}

function countOf(suite: Mocha.Suite): number {
  return suite.tests.filter(isPlain).length + suite.suites.reduce((sum, inner) => sum + countOf(inner), 0)
}

function sourceOf(compiled: string | undefined): string {
  const path = relative(join(packageRoot, 'dist'), compiled ?? '')
  return path.replaceAll('\\', '/').replace(/\.js$/, '.ts')
}
