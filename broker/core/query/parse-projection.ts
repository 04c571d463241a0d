import type { TermTable } from '../context/term-table.ts'
import type { Iri } from '../model/iri.ts'
import type { Projection } from './ast.ts'
import type { QueryLimits } from './limits.ts'
import { readName } from './names.ts'
import { Scanner } from './scanner.ts'

type Member = Projection['members'] extends ReadonlySet<infer Name> ? Name : never

const MEMBERS: ReadonlySet<string> = new Set<Member>([
  'id',
  'type',
  'scope',
  'createdAt',
  'modifiedAt',
  'expiresAt',
])

/**
 * Reads `pick` or `omit` (CIM 009 v1.9.1, 4.21 NGSI-LD Attribute Projection Language).
 * `parameter` names it in refusals. @throws Problem BadRequestData, TooComplexQuery
 */
export function parseProjection(
  text: string,
  table: TermTable,
  {
    parameter = 'pick',
    limits,
  }: { readonly parameter?: 'pick' | 'omit'; readonly limits?: QueryLimits } = {},
): Projection {
  const scanner = new Scanner(parameter, text, limits)
  const projection = parseTerms(scanner, table)
  scanner.expectEnd('",", "|", "{" or the end')
  return projection
}

/** Projection : Term *( ( "," | "|" ) Term ) */
function parseTerms(scanner: Scanner, table: TermTable): Projection {
  const members = new Set<Member>()
  const attributes = new Map<Iri, Projection | undefined>()
  do {
    parseTerm(scanner, table, { members, attributes })
  } while (scanner.takeOneOf(',|'))
  return Object.freeze({ members, attributes })
}

interface Growing {
  readonly members: Set<Member>
  readonly attributes: Map<Iri, Projection | undefined>
}

/** Term : Name [ "{" Projection "}" ] */
function parseTerm(scanner: Scanner, table: TermTable, { members, attributes }: Growing): void {
  scanner.countTerm()
  scanner.skipBlanks()
  const start = scanner.position
  const name = readName(scanner, 'the name of an attribute or entity member')
  scanner.skipBlanks()
  const nested = scanner.peek() === '{' ? parseNested(scanner, table) : undefined
  if (isMember(name)) {
    if (nested) throw scanner.fault('a relationship before "{"', start)
    members.add(name)
    return
  }
  const iri = table.expand(name)
  const known = attributes.get(iri)
  attributes.set(iri, known && nested ? union(known, nested) : (nested ?? known))
}

function isMember(name: string): name is Member {
  return MEMBERS.has(name)
}

/** Nested : "{" Projection "}" */
function parseNested(scanner: Scanner, table: TermTable): Projection {
  scanner.expect('{')
  const projection = scanner.nested(() => parseTerms(scanner, table))
  scanner.expect('}', '",", "|", "{" or "}"')
  scanner.skipBlanks()
  return projection
}

function union(left: Projection, right: Projection): Projection {
  const attributes = new Map(left.attributes)
  for (const [name, nested] of right.attributes) {
    const known = attributes.get(name)
    attributes.set(name, known && nested ? union(known, nested) : (nested ?? known))
  }
  return Object.freeze({ members: new Set([...left.members, ...right.members]), attributes })
}
