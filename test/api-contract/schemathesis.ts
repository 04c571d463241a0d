import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../ontology/package-root.ts'

const FOLDER = join(packageRoot, 'test/api-contract')
const DOCUMENT = join(packageRoot, 'openapi/generated/openapi.json')
/** Beyond its time it finishes what it is at. */
const GRACE = 60_000

/** What is asked of one run. */
export interface SchemathesisRun {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly seconds: number
  readonly seed: number
  /** Operations, such as `DELETE /a/{id}`, that alone are tried, or that are left out. */
  readonly only?: readonly string[]
  readonly except?: readonly string[]
  /** Where what it writes is kept. */
  readonly folder: string
}

/** What one run found. */
export interface Findings {
  readonly requests: number
  /** Requests that were carried out. */
  readonly accepted: number
  readonly operations: number
  readonly failures: readonly {
    readonly title: string
    readonly count: number
    readonly operations: readonly string[]
  }[]
  /** What it printed, with each failure and how to repeat it. */
  readonly text: string
}

/** What is read of the report. */
interface Report {
  readonly complete: boolean
  readonly operations: { readonly tested: number } | null
  readonly test_cases: { readonly generated: number }
  readonly failures: Findings['failures']
  readonly errors: readonly { readonly title: string; readonly count: number }[]
  readonly valid_rates: Readonly<Record<string, Readonly<Record<string, { readonly accepted: number }>>>>
}

/** Answers the command, where it is installed. */
export function findSchemathesis(): string | undefined {
  const command = process.env.SCHEMATHESIS ?? join(packageRoot, '.build/schemathesis/bin/st')
  return existsSync(command) ? command : undefined
}

/** Runs Schemathesis over the whole document for so long. @throws Error when it comes to no report */
export async function runSchemathesis(command: string, run: SchemathesisRun): Promise<Findings> {
  const report = join(run.folder, 'report.json')
  const printed = join(run.folder, 'printed.txt')
  const output = openSync(printed, 'w')
  const child = spawn(command, argumentsOf(run, report), {
    cwd: run.folder,
    env: { ...process.env, CONTRACT_HOOKS: join(FOLDER, 'hooks.py'), PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', output, output],
    timeout: run.seconds * 1000 + GRACE,
    killSignal: 'SIGKILL',
  })
  const end = (): void => void child.kill('SIGKILL')
  process.once('exit', end)
  const [code] = await once(child, 'exit')
  process.off('exit', end)
  closeSync(output)
  const text = readFileSync(printed, 'utf8')
  if (!existsSync(report)) throw new Error(`Schemathesis ended with ${code} and no report:\n${text}`)
  return findings(JSON.parse(readFileSync(report, 'utf8')), text)
}

function argumentsOf(
  { url, headers, seconds, seed, only = [], except = [] }: SchemathesisRun,
  report: string,
): string[] {
  return [
    ...['--no-color', '--config-file', join(FOLDER, 'schemathesis.toml'), 'run', DOCUMENT, '--url', url],
    ...['--seed', String(seed), '--max-time', String(seconds), '--report-json-path', report],
    ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    ...only.flatMap((name) => ['--include-name', name]),
    ...except.flatMap((name) => ['--exclude-name', name]),
  ]
}

/** An error of Schemathesis itself is a failure as well: something was not tried. */
function findings(report: Report, text: string): Findings {
  const { complete, operations, test_cases: cases, failures, errors, valid_rates: rates } = report
  if (!complete) throw new Error(`Schemathesis did not come to its end:\n${text}`)
  const accepted = Object.values(rates)
    .flatMap((phases) => Object.values(phases))
    .reduce((sum, phase) => sum + phase.accepted, 0)
  return {
    requests: cases.generated,
    accepted,
    operations: operations?.tested ?? 0,
    failures: [...failures, ...errors.map((error) => ({ ...error, operations: [] }))],
    text,
  }
}
