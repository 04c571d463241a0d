import type { TermTable } from '../context/term-table.ts'
import { isName } from '../model/iri.ts'
import type { TypeNode } from './ast.ts'
import type { QueryLimits } from './limits.ts'
import { Scanner } from './scanner.ts'

const ANY: TypeNode = Object.freeze({ kind: 'any' })

/**
 * TypeSelection : "*" | Element *( ( "|" | "," ) Element )
 *
 * Reads the `type` parameter (CIM 009 v1.9.1, 4.17 NGSI-LD Entity Type Selection Language) into a frozen tree.
 * @throws Problem BadRequestData, TooComplexQuery
 */
export function parseTypeSelection(text: string, table: TermTable, limits?: QueryLimits): TypeNode {
  const scanner = new Scanner('type', text, limits)
  if (text.trim() === '*') return ANY
  const first = parseElement(scanner, table)
  const nodes = [first]
  while (scanner.takeOneOf('|,')) nodes.push(parseElement(scanner, table))
  scanner.expectEnd('"|", "," or the end; ";" goes inside parentheses')
  return nodes.length === 1 ? first : Object.freeze({ kind: 'or', nodes: Object.freeze(nodes) })
}

/** Element : Type | "(" Type *( ";" Type ) ")" */
function parseElement(scanner: Scanner, table: TermTable): TypeNode {
  scanner.skipBlanks()
  const node = scanner.take('(') ? parseConjunction(scanner, table) : parseType(scanner, table)
  scanner.skipBlanks()
  return node
}

function parseConjunction(scanner: Scanner, table: TermTable): TypeNode {
  const first = parseType(scanner, table)
  const nodes = [first]
  while (scanner.take(';')) nodes.push(parseType(scanner, table))
  scanner.expect(')', '";" or ")"')
  return nodes.length === 1 ? first : Object.freeze({ kind: 'and', nodes: Object.freeze(nodes) })
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
