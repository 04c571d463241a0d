import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../ontology/package-root.ts'
import type { TestRequest } from './hub.ts'

type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json }
type Examples = Readonly<Record<string, { readonly value?: Json; readonly $ref?: string }>>

interface Content {
  readonly [type: string]: { readonly examples?: Examples }
}

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly examples?: Examples
}

interface Response {
  readonly content?: Content
  readonly headers?: Readonly<Record<string, { readonly examples?: Examples }>>
  readonly 'x-examples'?: readonly string[]
}

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly unknown[]
  readonly requestBody?: unknown
  readonly responses: Readonly<Record<string, unknown>>
}

/** A request that the document shows, with the answer that it shows to it. */
export interface DocumentExample {
  readonly operationId: string
  readonly name: string
  readonly method: NonNullable<TestRequest['method']>
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** As it is sent. */
  readonly body?: string
  readonly status: number
  readonly location?: Json
  /** Absent where the answer has no content, or is a document that is not repeated. */
  readonly answer?: Json
}

/** What the document says of an operation, whether there are examples or none. */
export interface DocumentOperation {
  readonly operationId: string
  readonly path: string
  readonly examples: readonly DocumentExample[]
  /** Parameters of the path without an example. */
  readonly bare: readonly string[]
}

const STREAM = 'text/event-stream'
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
const document = JSON.parse(readFileSync(join(packageRoot, 'openapi/generated/openapi.json'), 'utf8'))

/** Reads all operations with their examples: parameters, body and answer of one name go together. */
export function documentOperations(): readonly DocumentOperation[] {
  return Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method.toLowerCase()] as Operation | undefined // of a path item
      if (!operation) return []
      const own = [...(operation.parameters ?? []), ...((item.parameters ?? []) as readonly unknown[])]
      const parameters = own.map((each) => resolved(each) as Parameter) // parameters are those
      const examples = Object.entries(operation.responses).flatMap(([status, response]) =>
        answersOf(resolved(response) as Response).map((answer) =>
          exampleOf({ operation, method, path, parameters }, { ...answer, status: Number(status) }),
        ),
      )
      const bare = parameters.filter((each) => each.in === 'path' && !each.examples).map(({ name }) => name)
      return [{ operationId: operation.operationId, path, examples, bare }]
    }),
  )
}

interface Answer {
  readonly name: string
  readonly accept?: string
  readonly answer?: Json
  readonly location?: Json
}

function answersOf({ content = {}, headers = {}, 'x-examples': names = [] }: Response): readonly Answer[] {
  const located = (name: string): Pick<Answer, 'location'> => {
    const location = headers.Location?.examples?.[name]
    return location ? { location: exampleValue(location) } : {}
  }
  return [
    ...names.map((name) => ({ name, ...located(name) })),
    ...Object.entries(content).flatMap(([type, { examples = {} }]) =>
      Object.entries(examples).map(([name, example]) => ({
        name,
        // who takes both a stream and one answer says so
        accept:
          Object.hasOwn(content, STREAM) && Object.keys(content).length > 1
            ? Object.keys(content).join()
            : type,
        answer: exampleValue(example),
        ...located(name),
      })),
    ),
  ]
}

interface Place {
  readonly operation: Operation
  readonly method: (typeof METHODS)[number]
  readonly path: string
  readonly parameters: readonly Parameter[]
}

function exampleOf(
  { operation, method, path, parameters }: Place,
  { name, accept, ...answer }: Answer & { readonly status: number },
): DocumentExample {
  const given = parameters.flatMap((each) => {
    const example = each.examples?.[name]
    return example ? [{ ...each, value: String(exampleValue(example)) }] : []
  })
  const query = new URLSearchParams(
    given
      .filter((each) => each.in === 'query')
      .map(({ name: key, value }) => [key, value] as [string, string]),
  )
  const filled = given
    .filter((each) => each.in === 'path')
    .reduce((text, { name: key, value }) => text.replace(`{${key}}`, encodeURIComponent(value)), path)
  const headers = given.filter((each) => each.in === 'header').map(({ name: key, value }) => [key, value])
  const { content = {} } = (resolved(operation.requestBody) ?? {}) as { readonly content?: Content } // a request body
  const [sent] = Object.entries(content).filter(([, { examples }]) => examples?.[name])
  const body = sent?.[1].examples?.[name]
  const value = body && exampleValue(body)
  return {
    operationId: operation.operationId,
    name,
    method,
    path: query.size === 0 ? filled : `${filled}?${query}`,
    headers: {
      ...Object.fromEntries(headers),
      ...(sent && { 'Content-Type': sent[0].replace('*/*', 'application/json') }),
      ...(accept !== undefined && { Accept: accept }),
    },
    ...(sent && {
      body: sent[0].endsWith('json') || typeof value !== 'string' ? JSON.stringify(value) : value,
    }),
    ...answer,
  }
}

function exampleValue(example: Examples[string]): Json {
  const { value } = resolved(example) as Examples[string] // a shared example is one
  if (value === undefined) throw new Error('An example has no value')
  return value
}

function resolved(node: unknown): unknown {
  const { $ref } = Object(node) as { readonly $ref?: string } // looked at
  if ($ref === undefined) return node
  const parts = $ref.split('/').slice(1)
  return resolved(parts.reduce((at, key) => at[key], document))
}
