import { isTree, type Tree } from './tree.ts'

/** Members that people read. */
const TEXTS: ReadonlySet<string> = new Set(['title', 'summary', 'description'])

/** Members that are data; what stands in them is of no language. */
const DATA: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'example', 'value'])

/** Members whose own members are named by who wrote the document. */
const NAMED: ReadonlySet<string> = new Set([
  ...['callbacks', 'content', 'encoding', 'examples', 'headers', 'links', 'parameters', 'pathItems', 'paths'],
  ...['requestBodies', 'responses', 'schemas', 'securitySchemes', 'variables', 'webhooks'],
  ...['$defs', 'dependentSchemas', 'patternProperties', 'properties'],
])

/** Answers the document with every text that people read changed, and nothing else. */
export function mapTexts(document: Tree, change: (text: string) => string): Tree {
  return mapMembers(document, (name, member) => {
    if (typeof member === 'string') return TEXTS.has(name) ? change(member) : member
    if (DATA.has(name) || (name.startsWith('x-') && name !== 'x-problems')) return member
    // scopes of OAuth: their names, and what they are for
    if (name === 'scopes' && isTree(member)) return mapMembers(member, (_, text) => change(String(text)))
    if (NAMED.has(name) && isTree(member)) return mapMembers(member, (_, part) => mapPart(part, change))
    return name === 'examples' ? member : mapPart(member, change)
  })
}

function mapPart(part: unknown, change: (text: string) => string): unknown {
  if (Array.isArray(part)) return part.map((item) => mapPart(item, change))
  return isTree(part) ? mapTexts(part, change) : part
}

function mapMembers(tree: Tree, change: (name: string, member: unknown) => unknown): Tree {
  return Object.fromEntries(Object.entries(tree).map(([name, member]) => [name, change(name, member)]))
}
