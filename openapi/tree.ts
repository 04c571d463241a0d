/** An object of a document, whatever is in it. */
export type Tree = Readonly<Record<string, unknown>>

/** Tells objects from lists and plain values. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Answers an object, empty where there is none. */
export function treeOf(value: unknown): Tree {
  return isTree(value) ? value : {}
}

/** Answers a list, empty where there is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Answers the names and objects that an object holds. */
export function treesOf(value: unknown): readonly (readonly [string, Tree])[] {
  return Object.entries(treeOf(value)).flatMap(([name, member]) =>
    isTree(member) ? [[name, member] as const] : [],
  )
}
