import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { isTree, listOf, type Tree, treeOf, treesOf } from '../tree.ts'

type Growing = Record<string, unknown>

/** A request of an operation and what it is answered, as the files of examples have it. */
interface Example {
  /** Parameters. */
  readonly with?: Tree
  readonly body?: unknown
  /** Media type of the body; by default the first of the operation. */
  readonly bodyType?: string
  readonly status: number
  readonly location?: string
  readonly answer?: unknown
  readonly answerType?: string
}

/** Examples by operation and name. */
type ExampleFile = Readonly<Record<string, Readonly<Record<string, Example>>>>

interface Operation {
  readonly own: Growing
  readonly parameters: readonly unknown[]
}

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete'])

/**
 * Answers the document with the examples of a folder, which are by operation and name: parameters, body and answer of
 * one name go together. An answer without content has the name in `x-examples`. @throws Error for what fits nowhere
 */
export function withExamples(document: Tree, folder: string): Tree {
  // parts that several operations share by identity get examples of their own
  const whole: Growing = JSON.parse(JSON.stringify(document))
  const operations = operationsOf(whole)
  for (const file of readdirSync(folder).sort()) {
    const content = parse(readFileSync(join(folder, file), 'utf8'), { merge: true }) as ExampleFile // our own files
    for (const [operationId, examples] of Object.entries(content)) {
      const operation = operations.get(operationId)
      if (!operation) throw new Error(`${file}: no operation is ${operationId}`)
      for (const [name, example] of Object.entries(examples))
        add(whole, operation, { name, example, place: `${operationId}: ${name}` })
    }
  }
  return withoutUnused(whole)
}

/** Shared answers that were written out everywhere are there no more. */
function withoutUnused(document: Growing): Tree {
  const text = JSON.stringify(document)
  const components = treeOf(document.components)
  const responses = treesOf(components.responses).filter(([name]) =>
    text.includes(`"#/components/responses/${name}"`),
  )
  return { ...document, components: { ...components, responses: Object.fromEntries(responses) } }
}

function operationsOf({ paths }: Tree): ReadonlyMap<string, Operation> {
  return new Map(
    treesOf(paths).flatMap(([, item]) =>
      treesOf(item)
        .filter(([method]) => METHODS.has(method))
        .map(([, own]) => [
          String(own.operationId),
          { own, parameters: [...listOf(own.parameters), ...listOf(item.parameters)] },
        ]),
    ),
  )
}

interface Named {
  readonly name: string
  readonly example: Example
  readonly place: string
}

function add(document: Tree, { own, parameters }: Operation, named: Named): void {
  const { name, example, place } = named
  for (const [parameter, value] of Object.entries(example.with ?? {})) {
    const one = parameters.map((each) => resolved(document, each)).find((each) => each.name === parameter)
    if (!one) throw new Error(`Example ${place} has a parameter ${parameter}, which the operation has not`)
    put(one, named, { value })
  }
  if (example.body !== undefined)
    put(contentOf(resolved(document, own.requestBody), example.bodyType, place), named, {
      value: example.body,
    })
  const responses = treeOf(own.responses) as Record<string, unknown> // of the copy
  const answered = responses[String(example.status)] ?? responses.default
  // a shared answer has the examples of one operation only where it is written out
  const response = isShared(answered)
    ? structuredClone(resolved(document, answered))
    : resolved(document, answered)
  responses[String(example.status)] = response
  if (example.location !== undefined) {
    const { Location } = treeOf(response.headers)
    if (!isTree(Location)) throw new Error(`Example ${place} has a Location, which the answer has not`)
    put(Location, named, { value: example.location })
  }
  if (example.answer === undefined) response['x-examples'] = [...listOf(response['x-examples']), name]
  else put(contentOf(response, example.answerType, place), named, { value: example.answer })
}

function put(owner: Growing, { name, place }: Named, value: Tree): void {
  const present = treeOf(owner.examples)
  const [wanted, there] = [value, present[name] ?? value].map((each) => JSON.stringify(each))
  if (wanted !== there) throw new Error(`Example ${place} says ${wanted}, another one of its name ${there}`)
  owner.examples = { ...present, [name]: value }
}

function contentOf(owner: Tree, type: string | undefined, place: string): Growing {
  const content = treesOf(owner.content)
  const [, found] = content.find(([each]) => type === undefined || each === type) ?? []
  if (!found)
    throw new Error(`Example ${place} has a body of ${type ?? 'a type'}, which the operation has not`)
  return found as Growing // of the copy
}

function isShared(node: unknown): node is { readonly $ref: string } {
  return typeof treeOf(node).$ref === 'string'
}

function resolved(document: Tree, node: unknown): Growing {
  if (!isShared(node)) return treeOf(node) as Growing // of the copy
  const parts = node.$ref.split('/').slice(1)
  return resolved(
    document,
    parts.reduce<unknown>((at, key) => treeOf(at)[key], document),
  )
}
