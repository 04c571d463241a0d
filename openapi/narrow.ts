import { isTree, type Tree, treeOf } from './tree.ts'

const METHODS: ReadonlySet<string> = new Set([
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
])

/** Answers the operations of a document. */
export function operationsOf({ paths }: Tree): readonly Tree[] {
  return Object.values(treeOf(paths)).flatMap((item) =>
    Object.entries(treeOf(item)).flatMap(([name, operation]) =>
      METHODS.has(name) && isTree(operation) ? [operation] : [],
    ),
  )
}

/** Answers the document with the operations that are kept, and those tags and parts that these, or parts in `also`, refer to. */
export function narrowed(
  document: Tree,
  keeps: (operation: Tree) => boolean,
  also: readonly string[] = [],
): Tree {
  const { paths, components, tags, ...rest } = document
  const kept = Object.entries(treeOf(paths)).flatMap(([path, item]) => {
    const members = Object.entries(treeOf(item)).filter(
      ([name, member]) => !METHODS.has(name) || (isTree(member) && keeps(member)),
    )
    return members.some(([name]) => METHODS.has(name)) ? [[path, Object.fromEntries(members)] as const] : []
  })
  const left: Tree = { ...rest, paths: Object.fromEntries(kept) }
  const used = new Set(operationsOf(left).flatMap((operation) => operation.tags))
  const named = Array.isArray(tags) ? tags.filter((tag) => isTree(tag) && used.has(tag.name)) : []
  return { ...left, tags: named, components: partsUsed(treeOf(components), [left, also]) }
}

const PARTS = '#/components/'

/** Keeps the parts that something leads to, and all security schemes, which are referred to by their names. */
function partsUsed(components: Tree, from: unknown): Tree {
  const used = new Set<string>()
  const open: unknown[] = [from]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string' && value.startsWith(PARTS) && !used.has(value)) {
      used.add(value)
      open.push(partAt(components, value))
    } else if (typeof value === 'object' && value !== null) open.push(...Object.values(value))
  }
  return Object.fromEntries(
    Object.entries(components).flatMap(([kind, parts]) => {
      if (kind === 'securitySchemes') return [[kind, parts]]
      const left = Object.entries(treeOf(parts)).filter(([name]) => used.has(`${PARTS}${kind}/${name}`))
      return left.length > 0 ? [[kind, Object.fromEntries(left)]] : []
    }),
  )
}

function partAt(components: Tree, reference: string): unknown {
  const [kind = '', name = ''] = reference.slice(PARTS.length).split('/')
  const parts = components[kind]
  return treeOf(parts)[name]
}
