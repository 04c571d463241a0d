import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { packageRoot } from '../../ontology/package-root.ts'

/** One thing that the standard asks for, in our own words. */
export interface Statement {
  readonly statement: string
  /** Issue that is to bring it. */
  readonly later?: number
  /** Why the hub does it otherwise. */
  readonly deviation?: string
}

/** A clause of the standard (CIM 009 v1.9.1) and what it asks for. */
export interface Clause {
  readonly clause: string
  readonly title: string
  readonly statements: readonly Statement[]
}

/** Reads the list of clauses and their statements. */
export function readStatements(): readonly Clause[] {
  const text = readFileSync(join(packageRoot, 'test/conformance/statements.yaml'), 'utf8')
  const list = parse(text) as readonly (Omit<Clause, 'statements'> & {
    readonly statements: readonly (string | Statement)[]
  })[] // the form of the file is tested
  return list.map((each) => ({
    ...each,
    clause: String(each.clause),
    statements: each.statements.map((one) => (typeof one === 'string' ? { statement: one } : one)),
  }))
}
