import type { ScopeNode } from './ast.ts'
import type { QueryLimits } from './limits.ts'
import { Scanner } from './scanner.ts'

/**
 * ScopeQuery : And *( ( "|" | "," ) And )
 *
 * Reads the `scopeQ` parameter (CIM 009 v1.9.1, 4.19 NGSI-LD Scope Query Language) into a frozen tree. The grammar puts
 * ";" inside parentheses only; without them it binds tighter than "or".
 * @throws Problem BadRequestData, TooComplexQuery
 */
export function parseScopeQuery(text: string, limits?: QueryLimits): ScopeNode {
  const scanner = new Scanner('scopeQ', text, limits)
  const first = parseAnd(scanner)
  const nodes = [first]
  while (scanner.takeOneOf('|,')) nodes.push(parseAnd(scanner))
  scanner.expectEnd('"|", ",", ";" or the end')
  return nodes.length === 1 ? first : Object.freeze({ kind: 'or', nodes: Object.freeze(nodes) })
}

/** And : Element *( ";" Element ) */
function parseAnd(scanner: Scanner): ScopeNode {
  const first = parseElement(scanner)
  const nodes = [first]
  while (scanner.take(';')) nodes.push(parseElement(scanner))
  return nodes.length === 1 ? first : Object.freeze({ kind: 'and', nodes: Object.freeze(nodes) })
}

/** Element : Scope | "(" Scope *( ";" Scope ) ")" */
function parseElement(scanner: Scanner): ScopeNode {
  scanner.skipBlanks()
  const node = scanner.take('(') ? parseConjunction(scanner) : parseScope(scanner)
  scanner.skipBlanks()
  return node
}

function parseConjunction(scanner: Scanner): ScopeNode {
  const first = parseScope(scanner)
  const nodes = [first]
  while (scanner.take(';')) nodes.push(parseScope(scanner))
  scanner.expect(')', '";" or ")"')
  return nodes.length === 1 ? first : Object.freeze({ kind: 'and', nodes: Object.freeze(nodes) })
}

const LEVEL = /\+|\p{L}[\p{L}\p{N}_]*/uy

/** Scope : [ "/" ] Level *( "/" Level ) [ "/#" ] | "/#"; Level : "+" | letter *( letter | number | "_" ) */
function parseScope(scanner: Scanner): ScopeNode {
  scanner.countTerm()
  scanner.skipBlanks()
  const levels: string[] = []
  scanner.take('/')
  while (!scanner.take('#')) {
    const level = scanner.match(LEVEL)
    if (level === undefined) throw scanner.fault(levels.length > 0 ? 'a scope level, "+" or "#"' : 'a scope')
    levels.push(level)
    scanner.checkDepth(levels.length)
    if (!scanner.take('/')) return finishScope(scanner, levels, false)
  }
  return finishScope(scanner, levels, true)
}

function finishScope(scanner: Scanner, levels: readonly string[], below: boolean): ScopeNode {
  scanner.skipBlanks()
  return Object.freeze({ kind: 'scope', levels: Object.freeze(levels), below })
}
