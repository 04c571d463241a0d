import type { TermTable } from '../context/term-table.ts'
import { type Iri, isName } from '../model/iri.ts'
import type { SystemMember } from './ast.ts'
import type { Scanner } from './scanner.ts'

const SYSTEM_MEMBERS: ReadonlySet<string> = new Set<SystemMember>([
  'observedAt',
  'createdAt',
  'modifiedAt',
  'expiresAt',
  'unitCode',
  'datasetId',
])

/** Tells whether a name is a member that is no attribute. */
export function isSystemMember(name: string): name is SystemMember {
  return SYSTEM_MEMBERS.has(name)
}

const NAME = /\p{L}[\p{L}\p{N}_]*/uy
const PREFIX = /\p{L}[\p{L}\p{N}_-]*:/uy
const IRI_REST = /[^\s;|,()[\]{}=!<>~"`^\\]+/y
const MEMBER_END = /\.(?:observedAt|createdAt|modifiedAt|expiresAt|unitCode|datasetId)$/

/**
 * Name : letter *( letter | number | "_" ) | Prefix ":" Name | IRI
 *
 * The standard knows only short names here (CIM 009 v1.9.1, 4.9). An IRI (`urn:` or `scheme:/`) is taken as far as it
 * goes without the characters of the language itself; dots belong to it, but for a system member at its end.
 */
export function readName(scanner: Scanner, expected: string): string {
  const start = scanner.position
  const prefix = scanner.match(PREFIX)
  const rest = isScheme(prefix, scanner.peek()) ? readIriRest(scanner) : scanner.match(NAME)
  if (rest === undefined || rest === '') throw scanner.fault(expected)
  const name = scanner.text.slice(start, scanner.position)
  if (!isName(name)) throw scanner.fault(expected, start)
  return name
}

function isScheme(prefix: string | undefined, next: string): boolean {
  return prefix === 'urn:' || (prefix !== undefined && next === '/')
}

function readIriRest(scanner: Scanner): string | undefined {
  const rest = scanner.match(IRI_REST)
  const member = rest && MEMBER_END.exec(rest)
  if (!member) return rest
  scanner.position -= member[0].length
  return rest.slice(0, -member[0].length)
}

/** Expands a list of names as they stand in a parameter. @throws Problem BadRequestData */
export function readNames(scanner: Scanner, table: TermTable, expected: string): readonly Iri[] {
  const names: Iri[] = []
  do {
    scanner.skipBlanks()
    names.push(table.expand(readName(scanner, expected)))
    scanner.checkListItems(names.length)
    scanner.skipBlanks()
  } while (scanner.take(','))
  return names
}
