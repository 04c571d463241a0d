import type { TermTable } from '../context/term-table.ts'
import { type Iri, isName } from '../model/iri.ts'
import type { QPath, SystemMember } from './ast.ts'
import { isSystemMember, readName } from './names.ts'
import type { Scanner } from './scanner.ts'

const ATTRIBUTE_NAME = 'the name of an attribute'
const KEY = /[^.[\]]+/y

/** Path : Name *( "." Name ) [ "." Member ] [ "[" Keys "]" | "{" Linked "}" ] (CIM 009 v1.9.1, 4.9, Attribute) */
export function parsePath(scanner: Scanner, table: TermTable): QPath {
  scanner.skipBlanks()
  const { attributes, member } = parseDottedNames(scanner, table)
  const open = scanner.peek()
  if (member) {
    if (open === '[' || open === '{') throw scanner.fault(`an operator after the member ${member}`)
    return Object.freeze({ attributes, member })
  }
  if (open === '[') return Object.freeze({ attributes, value: parseKeys(scanner) })
  if (open === '{') return Object.freeze({ attributes, linked: parseLinked(scanner, table) })
  return Object.freeze({ attributes })
}

/** DottedNames : Name *( "." Name ) [ "." Member ], or a Member of the entity itself */
function parseDottedNames(
  scanner: Scanner,
  table: TermTable,
): { readonly attributes: readonly Iri[]; readonly member?: SystemMember } {
  const attributes: Iri[] = []
  do {
    const name = readName(scanner, ATTRIBUTE_NAME)
    if (isSystemMember(name)) {
      if (scanner.peek() === '.') throw scanner.fault(`an operator after the member ${name}`)
      return { attributes: Object.freeze(attributes), member: name }
    }
    attributes.push(table.expand(name))
    scanner.checkDepth(attributes.length)
  } while (scanner.take('.'))
  return { attributes: Object.freeze(attributes) }
}

/** Keys : "[" ( Key *( "." Key ) | LanguageTag | "*" ) "]"; keys are literal */
function parseKeys(scanner: Scanner): readonly string[] {
  scanner.expect('[')
  const keys: string[] = []
  do {
    const key = scanner.match(KEY)
    if (key === undefined) throw scanner.fault('a key of the value, a language tag or "*"')
    keys.push(key)
    scanner.checkDepth(keys.length)
  } while (scanner.take('.'))
  scanner.expect(']', '"." or "]"')
  return Object.freeze(keys)
}

/** Linked : "{" [ Type *( "," Type ) ":" ] Path "}" */
function parseLinked(scanner: Scanner, table: TermTable): NonNullable<QPath['linked']> {
  scanner.expect('{')
  const types = parseLinkedTypes(scanner, table)
  const path = scanner.nested(() => parsePath(scanner, table))
  scanner.skipBlanks()
  scanner.expect('}', '".", "[", "{" or "}"')
  return Object.freeze({ types, path })
}

const LINKED_HEAD = /[^{}[\]]*/y
const LAST_COLON = /^(.*):(?!\/)/s

/** Types end at the last colon before the path goes deeper; the colon of `scheme://` is none. */
function parseLinkedTypes(scanner: Scanner, table: TermTable): readonly Iri[] {
  const start = scanner.position
  const head = scanner.match(LINKED_HEAD) ?? ''
  const types = LAST_COLON.exec(head)?.[1]
  scanner.position = types === undefined ? start : start + types.length + 1
  if (types === undefined) return Object.freeze([])
  const names = types.split(',').map((name) => name.trim())
  scanner.checkListItems(names.length)
  if (!names.every(isName)) throw scanner.fault('a comma-separated list of entity types', start)
  return Object.freeze(names.map((name) => table.expand(name)))
}
