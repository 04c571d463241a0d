import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../../ontology/package-root.ts'

export type Tree = Readonly<Record<string, unknown>>

/** One entry of the document. */
export interface DocumentedOperation {
  readonly path: string
  readonly method: string
  readonly operation: Tree
  /** Parameters of the path and of the operation, references followed. */
  readonly parameters: readonly Tree[]
}

export const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const

/** The document that is committed and served. */
export const committedText: string = readFileSync(join(packageRoot, 'openapi/generated/openapi.json'), 'utf8')
export const document: Tree = JSON.parse(committedText)

/** Narrows to an object. @throws Error when it is none */
export function tree(value: unknown, what: string): Tree {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${what} is no object`)
  return value as Tree // narrowed above
}

/** Narrows to a list; what is absent is an empty one. @throws Error when it is none */
export function list(value: unknown, what: string): readonly unknown[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new Error(`${what} is no list`)
  return value
}

/** Follows a reference inside the document. @throws Error when it leads nowhere */
export function follow(reference: string): unknown {
  if (!reference.startsWith('#/')) throw new Error(`Reference ${reference} leaves the document`)
  return reference
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((node, part) => {
      const parent = tree(node, reference)
      if (!Object.hasOwn(parent, part)) throw new Error(`Reference ${reference} leads nowhere`)
      return parent[part]
    }, document)
}

/** Answers a part itself, or what its reference leads to. */
export function resolved(value: unknown, what: string): Tree {
  const part = tree(value, what)
  return typeof part.$ref === 'string' ? tree(follow(part.$ref), part.$ref) : part
}

/** Answers every entry of the document. */
export function operations(): readonly DocumentedOperation[] {
  return Object.entries(tree(document.paths, 'paths')).flatMap(([path, value]) => {
    const item = tree(value, path)
    return METHODS.filter((method) => Object.hasOwn(item, method)).map((method) => {
      const operation = tree(item[method], `${method} ${path}`)
      const parameters = [...list(item.parameters, path), ...list(operation.parameters, path)]
      return { path, method, operation, parameters: parameters.map((each) => resolved(each, path)) }
    })
  })
}

/** Visits every object inside a value. */
export function* objects(value: unknown, pointer = '#'): Generator<readonly [string, Tree]> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield [pointer, value as Tree] // narrowed above
  for (const [name, child] of Object.entries(value)) yield* objects(child, `${pointer}/${name}`)
}
