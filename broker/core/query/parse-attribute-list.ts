import type { TermTable } from '../context/term-table.ts'
import type { Iri } from '../model/iri.ts'
import type { QueryLimits } from './limits.ts'
import { readNames } from './names.ts'
import { Scanner } from './scanner.ts'

/** Reads a comma-separated list of attributes: deprecated `attrs`, and `keep` or `drop` of a purge. */
export function parseAttributeList(
  text: string,
  table: TermTable,
  { parameter = 'attrs', limits }: { readonly parameter?: string; readonly limits?: QueryLimits } = {},
): readonly Iri[] {
  const scanner = new Scanner(parameter, text, limits)
  const names = readNames(scanner, table, 'the name of an attribute')
  scanner.expectEnd('"," or the end')
  return Object.freeze([...new Set(names)])
}
