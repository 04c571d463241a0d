import type { TermTable } from '../context/term-table.ts'
import type { Iri } from '../model/iri.ts'
import type { QNode, QOperator, QPath } from './ast.ts'
import type { QueryLimits } from './limits.ts'
import { parsePath } from './parse-q-path.ts'
import { parseComparable, parseEqualityValue, parseRegExp } from './parse-q-value.ts'
import { keepPattern } from './pattern.ts'
import { Scanner } from './scanner.ts'

/** What a q text is read with. */
export interface ParseQOptions {
  readonly table: TermTable
  /** What problems call the text; `q` when absent. */
  readonly parameter?: string
  /** Names of attributes whose compared values are expanded (`expandValues`). */
  readonly expandValues?: readonly string[]
  /** Names of attributes whose values are plain JSON (`jsonKeys`). */
  readonly jsonKeys?: readonly string[]
  readonly limits?: QueryLimits
}

interface Reader {
  readonly scanner: Scanner
  readonly table: TermTable
  readonly expandValues: ReadonlySet<Iri>
  readonly jsonKeys: ReadonlySet<Iri>
}

/**
 * Reads a q text (CIM 009 v1.9.1, 4.9 NGSI-LD Query Language) into a frozen tree.
 * @throws Problem BadRequestData with the position of the fault, TooComplexQuery with the limit
 */
export function parseQ(
  text: string,
  { table, parameter = 'q', expandValues = [], jsonKeys = [], limits }: ParseQOptions,
): QNode {
  const reader: Reader = {
    scanner: new Scanner(parameter, text, limits),
    table,
    expandValues: expandAll(expandValues, table),
    jsonKeys: expandAll(jsonKeys, table),
  }
  const node = parseDisjunction(reader)
  reader.scanner.expectEnd('an operator, ";", "|" or the end')
  return node
}

/** Disjunction : Conjunction *( "|" Conjunction ) */
function parseDisjunction(reader: Reader): QNode {
  return joined(reader, 'or', '|', parseConjunction)
}

/** Conjunction : Term *( ";" Term ) */
function parseConjunction(reader: Reader): QNode {
  return joined(reader, 'and', ';', parseTerm)
}

function joined(reader: Reader, kind: 'and' | 'or', symbol: string, part: (reader: Reader) => QNode): QNode {
  const first = part(reader)
  const nodes = [first]
  while (reader.scanner.take(symbol)) nodes.push(part(reader))
  return nodes.length === 1 ? first : Object.freeze({ kind, nodes: Object.freeze(nodes) })
}

/** Term : "(" Disjunction ")" | "!" Path | Path | Path Comparison */
function parseTerm(reader: Reader): QNode {
  const { scanner, table } = reader
  scanner.skipBlanks()
  const node = scanner.take('(') ? parseGroup(reader) : parseQueryTerm(reader, scanner, table)
  scanner.skipBlanks()
  return node
}

function parseGroup(reader: Reader): QNode {
  const node = reader.scanner.nested(() => parseDisjunction(reader))
  reader.scanner.expect(')', 'an operator, ";", "|" or ")"')
  return node
}

function parseQueryTerm(reader: Reader, scanner: Scanner, table: TermTable): QNode {
  scanner.countTerm()
  if (scanner.take('!')) return Object.freeze({ kind: 'absent', path: parsePath(scanner, table) })
  const path = parsePath(scanner, table)
  scanner.skipBlanks()
  const operator = OPERATORS.find((symbol) => scanner.take(symbol))
  return operator ? parseComparison(reader, path, operator) : Object.freeze({ kind: 'exists', path })
}

/** The longer ones first. */
const OPERATORS: readonly QOperator[] = ['!~=', '~=', '==', '!=', '>=', '<=', '>', '<']

/** Comparison : ( "==" | "!=" ) EqualityValue | ( ">" | ">=" | "<" | "<=" ) Comparable | ( "~=" | "!~=" ) RegExp */
function parseComparison(reader: Reader, path: QPath, operator: QOperator): QNode {
  reader.scanner.skipBlanks()
  if (operator === '~=' || operator === '!~=') return parsePatternComparison(reader.scanner, path, operator)
  const value =
    operator === '==' || operator === '!='
      ? parseEqualityValue(reader.scanner)
      : parseComparable(reader.scanner)
  return named({ kind: 'compare', path, operator, value }, reader)
}

/** Says anew of which attributes a q compares expanded values or plain JSON; patterns are neither. */
export function renamedQ(
  node: QNode,
  { table, expandValues = [], jsonKeys = [] }: Pick<ParseQOptions, 'table' | 'expandValues' | 'jsonKeys'>,
): QNode {
  const names = { table, expandValues: expandAll(expandValues, table), jsonKeys: expandAll(jsonKeys, table) }
  const renamed = (each: QNode): QNode => {
    if ('nodes' in each)
      return Object.freeze({ kind: each.kind, nodes: Object.freeze(each.nodes.map(renamed)) })
    return each.kind === 'compare' && each.pattern === undefined ? named(each, names) : each
  }
  return renamed(node)
}

function expandAll(names: readonly string[], table: TermTable): ReadonlySet<Iri> {
  return new Set(names.map((name) => table.expand(name)))
}

function named(
  {
    path,
    operator,
    value,
  }: Pick<Extract<QNode, { kind: 'compare' }>, 'kind' | 'path' | 'operator' | 'value'>,
  { table, expandValues, jsonKeys }: Omit<Reader, 'scanner'>,
): QNode {
  const target = targetAttribute(path)
  const expanded = target !== undefined && expandValues.has(target) ? expandTexts(value, table) : []
  return Object.freeze({
    kind: 'compare',
    path,
    operator,
    value,
    ...(expanded.length > 0 && { expanded }),
    ...(target !== undefined && jsonKeys.has(target) && { jsonKeys: true as const }),
  })
}

function parsePatternComparison(scanner: Scanner, path: QPath, operator: QOperator): QNode {
  const { pattern, program } = parseRegExp(scanner)
  const value = Object.freeze({ kind: 'string' as const, value: pattern })
  const node: QNode = Object.freeze({ kind: 'compare', path, operator, value, pattern })
  keepPattern(node, program)
  return node
}

/** The attribute whose value is looked at: the last of the path, of the linked entity if there is one. */
function targetAttribute(path: QPath): Iri | undefined {
  return path.linked ? targetAttribute(path.linked.path) : path.attributes.at(-1)
}

function expandTexts(value: ReturnType<typeof parseEqualityValue>, table: TermTable): readonly Iri[] {
  const scalars = value.kind === 'list' ? value.values : value.kind === 'range' ? [] : [value]
  return Object.freeze(
    scalars.flatMap((scalar) =>
      scalar.kind === 'string' || scalar.kind === 'uri' ? [table.expand(scalar.value)] : [],
    ),
  )
}
