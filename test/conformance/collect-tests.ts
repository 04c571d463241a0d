import { readdirSync } from 'node:fs'
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
    .sort()
  const mocha = new Mocha()
  for (const file of files) mocha.addFile(file)
  await mocha.loadFilesAsync()
  return mocha.suite.suites.flatMap(requirementsOf)
}

/** A suite titled by a clause is about it; one within another clause's suite is about its own. */
function requirementsOf(suite: Mocha.Suite): readonly TestedRequirement[] {
  const [, clause, title] = CLAUSE.exec(suite.title) ?? []
  const below = suite.suites.flatMap((inner) => requirementsOf(inner))
  if (clause === undefined || title === undefined) return below
  const file = sourceOf(suite.file)
  const parts = [
    ...suite.tests.filter(isRun).map((test) => ({ requirement: test.title, tests: 1 })),
    ...suite.suites
      .filter((inner) => !CLAUSE.test(inner.title))
      .map((inner) => ({ requirement: inner.title, tests: countOf(inner) })),
  ]
  return [...parts.map((part) => ({ clause, title, file, ...part })), ...below]
}

/** What depends on the machine is not told. */
function isRun(test: Mocha.Test): boolean {
  return !test.title.startsWith('SKIPPED')
}

function countOf(suite: Mocha.Suite): number {
  return suite.tests.filter(isRun).length + suite.suites.reduce((sum, inner) => sum + countOf(inner), 0)
}

function sourceOf(compiled: string | undefined): string {
  const path = relative(join(packageRoot, 'dist'), compiled ?? '')
  return path.replaceAll('\\', '/').replace(/\.js$/, '.ts')
}
