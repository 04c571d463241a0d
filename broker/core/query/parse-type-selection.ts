import type { TermTable } from '../context/term-table.ts'
import { isName } from '../model/iri.ts'
import type { TypeNode } from './ast.ts'
import type { QueryLimits } from './limits.ts'
import { Scanner } from './scanner.ts'

const ANY: TypeNode = Object.freeze({ kind: 'any' })

/**
 * TypeSelection : "*" | Element *( ( "|" | "," ) Element )
 *
 * Reads the `type` parameter (CIM 009 v1.9.1, 4.17 NGSI-LD Entity Type Selection Language) into a frozen tree. The grammar
 * has parentheses around conjunctions alone; they are taken around any choice, as others write them.
 * @throws Problem BadRequestData, TooComplexQuery
 */
export function parseTypeSelection(text: string, table: TermTable, limits?: QueryLimits): TypeNode {
  const scanner = new Scanner('type', text, limits)
  if (text.trim() === '*') return ANY
  const nodes = parseElements(scanner, table, '|,')
  scanner.expectEnd('"|", "," or the end; ";" goes inside parentheses')
  return join('or', nodes)
}

/** Elements : Element *( one of the operators Element ) */
function parseElements(scanner: Scanner, table: TermTable, operators: string): TypeNode[] {
  const nodes = [parseElement(scanner, table)]
  while (scanner.takeOneOf(operators)) nodes.push(parseElement(scanner, table))
  return nodes
}

/** Element : Type | "(" Element ( *( ";" Element ) | *( ( "|" | "," ) Element ) ) ")" */
function parseElement(scanner: Scanner, table: TermTable): TypeNode {
  scanner.skipBlanks()
  const node = scanner.take('(')
    ? scanner.nested(() => parseGroup(scanner, table))
    : parseType(scanner, table)
  scanner.skipBlanks()
  return node
}

function parseGroup(scanner: Scanner, table: TermTable): TypeNode {
  const first = parseElement(scanner, table)
  const kind = scanner.take(';') ? 'and' : scanner.takeOneOf('|,') ? 'or' : undefined
  const others = kind ? parseElements(scanner, table, kind === 'and' ? ';' : '|,') : []
  scanner.expect(')', kind === 'or' ? '"|", "," or ")"' : '";" or ")"')
  return join(kind ?? 'and', [first, ...others])
}

function join(kind: 'and' | 'or', nodes: readonly TypeNode[]): TypeNode {
  const [only] = nodes
  return only && nodes.length === 1 ? only : Object.freeze({ kind, nodes: Object.freeze(nodes) })
}

const TYPE = /[^\s|,;()]+/y

/** Type : a name or a URI without the characters of the language */
function parseType(scanner: Scanner, table: TermTable): TypeNode {
  scanner.countTerm()
  scanner.skipBlanks()
  const start = scanner.position
  const name = scanner.match(TYPE)
  if (name === undefined || !isName(name)) throw scanner.fault('the name or URI of an entity type', start)
  scanner.skipBlanks()
  return Object.freeze({ kind: 'type', type: table.expand(name) })
}
