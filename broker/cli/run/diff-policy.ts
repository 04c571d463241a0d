import { readFileSync, statSync } from 'node:fs'
import { parse } from 'yaml'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { diffPolicies, type PolicyChange } from '../../../security/policy/diff-policies.ts'
import { loadPolicies } from '../../../security/policy/load-policies.ts'
import type { PolicySet } from '../../../security/policy/rule.ts'
import { Problem } from '../../core/model/problem.ts'
import { hubOf, nameIn, readPolicies, readPolicyFiles, vocabularyOf } from '../../main/policies.ts'
import { readConfig } from '../../read-config.ts'
import { CommandFailure } from '../command-failure.ts'
import { tableText } from './print-table.ts'

export interface DiffOptions {
  readonly city: string
  readonly json?: true
}

const HEADS = { gains: 'Gains', loses: 'Loses', changes: 'Sees or does otherwise' } as const

/** Prints who gains or loses what between two sets of policies. @throws ConfigError, CommandFailure */
export async function diffPolicy(before: string, after: string, options: DiffOptions): Promise<void> {
  const ontology = readOntology(packageRoot)
  const changes = diffPolicies(await load(before, options), await load(after, options)).map((change) => ({
    ...change,
    what: nameIn(ontology, change.what),
    ...(change.attribute !== undefined && { attribute: nameIn(ontology, change.attribute) }),
  }))
  process.stdout.write(options.json ? `${JSON.stringify(changes, null, 2)}\n` : textOf(changes))
}

async function load(path: string, { city }: DiffOptions): Promise<PolicySet> {
  if (isConfiguration(path)) {
    return readPolicies(await readConfig({ file: path, environment: {} }), { root: packageRoot })
  }
  try {
    return loadPolicies(readPolicyFiles([path]), vocabularyOf(readOntology(packageRoot)), hubOf({ city }))
  } catch (error) {
    if (error instanceof Problem) throw new CommandFailure(error.message, 2)
    throw error
  }
}

/** A configuration has no rules of its own. */
function isConfiguration(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false
  const content: unknown = parse(readFileSync(path, 'utf8'))
  return typeof content === 'object' && content !== null && !('rules' in content)
}

function textOf(changes: readonly PolicyChange[]): string {
  if (changes.length === 0) return 'Nobody gains or loses anything.\n'
  const subjects = [...new Set(changes.map(({ subject }) => subject))]
  return subjects
    .map((subject) =>
      subjectText(
        subject,
        changes.filter((one) => one.subject === subject),
      ),
    )
    .join('\n')
}

function subjectText(subject: string, changes: readonly PolicyChange[]): string {
  const parts = (['gains', 'loses', 'changes'] as const).map((direction) => {
    const rows = rowsOf(changes.filter((one) => one.direction === direction))
    return rows.length === 0 ? '' : ` ${HEADS[direction]}\n${tableText(rows)}`
  })
  return `${subject}\n${parts.join('')}`
}

/** Attributes of a type and class that change alike stand in one row. */
function rowsOf(changes: readonly PolicyChange[]): readonly (readonly string[])[] {
  const alike = new Map<string, { readonly row: readonly string[]; readonly names: string[] }>()
  for (const { action, what, attribute, class: each, before, after } of changes) {
    const kind = attribute === undefined ? '' : (each ?? 'attributes')
    const row = [action, what, kind, `${before} → ${after}`]
    const key = JSON.stringify(row)
    const group = alike.get(key) ?? { row, names: [] }
    if (attribute !== undefined) group.names.push(attribute)
    alike.set(key, group)
  }
  return [...alike.values()].map(({ row, names }) => [...row, names.join(', ')])
}
