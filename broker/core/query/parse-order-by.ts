import type { TermTable } from '../context/term-table.ts'
import type { OrderTerm } from './ast.ts'
import type { QueryLimits } from './limits.ts'
import { parsePath } from './parse-q-path.ts'
import { Scanner } from './scanner.ts'

type Member = NonNullable<OrderTerm['member']>

const MEMBER = /(?:id|type|scope)(?![\p{L}\p{N}_.:[{])/uy
const DIRECTION = /[a-z-]+/y
const DIRECTIONS: ReadonlyMap<string, Pick<OrderTerm, 'descending' | 'byDistance'>> = new Map([
  ['asc', { descending: false, byDistance: false }],
  ['desc', { descending: true, byDistance: false }],
  ['dist-asc', { descending: false, byDistance: true }],
  ['dist-desc', { descending: true, byDistance: true }],
])
const ASCENDING = { descending: false, byDistance: false }

/**
 * OrderBy : Term *( "," Term )
 *
 * Reads `orderBy` (CIM 009 v1.9.1, 4.23.3 NGSI-LD Entity Ordering Language). @throws Problem BadRequestData, TooComplexQuery
 */
export function parseOrderBy(text: string, table: TermTable, limits?: QueryLimits): readonly OrderTerm[] {
  const scanner = new Scanner('orderBy', text, limits)
  const terms: OrderTerm[] = []
  do {
    scanner.countTerm()
    terms.push(parseTerm(scanner, table))
  } while (scanner.take(','))
  scanner.expectEnd('";", "," or the end')
  return Object.freeze(terms)
}

/** Term : ( "id" | "type" | "scope" | Path ) [ ";" Direction ] */
function parseTerm(scanner: Scanner, table: TermTable): OrderTerm {
  scanner.skipBlanks()
  const start = scanner.position
  const member = scanner.match(MEMBER) as Member | undefined // one of the pattern's words
  const by = member ? { member } : { path: parsePath(scanner, table) }
  if (by.path?.linked) throw scanner.fault('an attribute of the entity itself', start)
  scanner.skipBlanks()
  const direction = scanner.take(';') ? parseDirection(scanner) : ASCENDING
  scanner.skipBlanks()
  return Object.freeze({ ...by, ...direction })
}

function parseDirection(scanner: Scanner): Pick<OrderTerm, 'descending' | 'byDistance'> {
  scanner.skipBlanks()
  const start = scanner.position
  const direction = DIRECTIONS.get(scanner.match(DIRECTION) ?? '')
  if (!direction) throw scanner.fault(`one of ${[...DIRECTIONS.keys()].join(', ')}`, start)
  return direction
}
