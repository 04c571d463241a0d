import type { TestedRequirement } from './collect-tests.ts'
import type { Clause, Statement } from './statements.ts'

interface Row {
  readonly requirement: string
  readonly files: readonly string[]
  readonly tests: number
  readonly state: string
}

/** Writes the page that says for each clause what it asks for, which tests show it, and how the hub stands to it. */
export function matrixPage(clauses: readonly Clause[], tests: readonly TestedRequirement[]): string {
  const known = new Map(clauses.map((each) => [each.clause, each]))
  for (const { clause, title } of tests)
    if (!known.has(clause)) known.set(clause, { clause, title, statements: [] })
  const ordered = [...known.values()].sort((left, right) => compareClauses(left.clause, right.clause))
  const sections = ordered.map((each) => ({ each, rows: rowsOf(each, tests) }))
  const all = sections.flatMap(({ rows }) => rows)
  return `${[HEAD, totals(all), ...sections.map(({ each, rows }) => section(each, rows))].join('\n')}`
}

const HEAD = `# Requirements and tests

What CIM 009 v1.9.1 asks for, in our own words, by clause; the tests that show it; and how the hub stands to it.
Made by \`npm run conformance\` of the titles of the tests and of \`test/conformance/statements.yaml\`; never edit it.
The reasons of deviations stand in [conformance.md](conformance.md) in full. Tests of the pure rules are counted beside
those over HTTP where they say the same of the same clause.
`

/** Statements of the list in their order, then what else the HTTP tests of the clause show, then the unit tests together. */
function rowsOf({ clause, statements }: Clause, tests: readonly TestedRequirement[]): readonly Row[] {
  const own = tests.filter((test) => test.clause === clause)
  const listed = new Set(statements.map(({ statement }) => statement))
  const others = own.filter(({ requirement }) => !listed.has(requirement))
  const further = new Set(others.filter(isHttp).map(({ requirement }) => requirement))
  return [
    ...statements.map((statement) => rowOf(statement, own)),
    ...[...further].map((statement) => rowOf({ statement }, own)),
    ...pureRules(others.filter((test) => !isHttp(test))),
  ]
}

function isHttp({ file }: TestedRequirement): boolean {
  return file.startsWith('test/http/')
}

function rowOf(statement: Statement, own: readonly TestedRequirement[]): Row {
  const found = own.filter(({ requirement }) => requirement === statement.statement)
  return {
    requirement: statement.statement,
    files: [...new Set(found.map(({ file }) => file))],
    tests: found.reduce((sum, each) => sum + each.tests, 0),
    state: stateOf(statement, found.length > 0),
  }
}

function stateOf({ later, deviation }: Statement, tested: boolean): string {
  if (deviation !== undefined) return `deviation: ${deviation}`
  if (tested) return 'tested'
  return later === undefined ? '**not tested**' : `later: issue ${later}`
}

function pureRules(others: readonly TestedRequirement[]): readonly Row[] {
  if (others.length === 0) return []
  const tests = others.reduce((sum, each) => sum + each.tests, 0)
  const files = [...new Set(others.map(({ file }) => file))]
  return [{ requirement: 'the rules of the clause by themselves', files, tests, state: 'tested' }]
}

function totals(rows: readonly Row[]): string {
  const kinds = ['tested', 'deviation', 'later', '**not tested**']
  const counts = kinds.map((kind) => rows.filter(({ state }) => state.startsWith(kind)).length)
  const tests = rows.reduce((sum, each) => sum + each.tests, 0)
  return `| requirements | tested | deviation | later | not tested | tests |
|---|---|---|---|---|---|
| ${[rows.length, ...counts, tests].join(' | ')} |
`
}

function section({ clause, title }: Clause, rows: readonly Row[]): string {
  const lines = rows.map(({ requirement, files, tests, state }) => {
    const links = files.map((file) => `[${nameOf(file)}](../${file})`).join('<br>')
    return `| ${cell(requirement)} | ${tests > 0 ? `${links} (${tests})` : ''} | ${cell(state)} |`
  })
  return `## ${clause} ${title}\n\n| requirement | tests | state |\n|---|---|---|\n${lines.join('\n')}\n`
}

function nameOf(file: string): string {
  return file.replace(/^test\//, '').replace(/\.test\.ts$/, '')
}

/** What stands in a cell is text, not Markdown. */
function cell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll(/[|<>`]/g, (character) => `\\${character}`)
}

/** Orders numbers of clauses part by part: 4.9 before 4.10. */
function compareClauses(left: string, right: string): number {
  const [some, others] = [left, right].map((text) => text.split('.').map(Number))
  for (let at = 0; at < Math.max(some?.length ?? 0, others?.length ?? 0); at++) {
    const difference = (some?.[at] ?? -1) - (others?.[at] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}
