/** An object of a document, whatever is in it. */
export type Tree = Readonly<Record<string, unknown>>

/** Tells objects from lists and plain values. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
