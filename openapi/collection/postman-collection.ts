import { isTree, type Tree } from '../tree.ts'

/** A collection of requests in version 2.1 of the format of Postman, which Bruno, Insomnia and others read too. */
export interface Collection {
  readonly info: { readonly name: string; readonly description: string; readonly schema: string }
  readonly auth: object
  readonly item: readonly Folder[]
}

export interface Folder {
  readonly name: string
  readonly description: string
  readonly item: readonly CollectedRequest[]
}

export interface CollectedRequest {
  readonly name: string
  readonly request: {
    readonly method: string
    readonly description: string
    readonly url: Url
    readonly header: readonly Pair[]
    readonly auth?: object
    readonly body?: object
  }
}

interface Url {
  readonly raw: string
  readonly host: readonly string[]
  readonly path: readonly string[]
  readonly query: readonly Pair[]
  readonly variable: readonly Pair[]
}

/** A value by its name; one that is `disabled` is there to be switched on. */
interface Pair {
  readonly key: string
  readonly value: string
  readonly description?: string
  readonly disabled?: true
}

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/** Makes a request of each operation of an OpenAPI document, in a folder for each tag, with what the document has as examples. */
export function postmanCollection(document: Tree): Collection {
  const info = tree(document.info)
  const requests = operationsOf(document).map((operation) => ({
    tag: String(list(operation.tags)[0]),
    item: requestOf(document, operation),
  }))
  return {
    info: { name: String(info.title), description: String(info.description ?? ''), schema: SCHEMA },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
    item: list(document.tags)
      .map(tree)
      .map(({ name, description = '' }) => ({
        name: String(name),
        description: String(description),
        item: requests.filter(({ tag }) => tag === name).map(({ item }) => item),
      })),
  }
}

/** Makes what requests of the collection are sent with: where, and the token of whom. */
export function postmanEnvironment(url: string): object {
  return {
    name: new URL(url).host,
    values: [
      { key: 'url', value: url.replace(/\/$/, ''), type: 'default', enabled: true },
      { key: 'token', value: '', type: 'secret', enabled: true },
    ],
  }
}

interface Operation extends Tree {
  readonly path: string
  readonly method: string
  readonly parameters: readonly Tree[]
}

function operationsOf(document: Tree): readonly Operation[] {
  return Object.entries(tree(document.paths)).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const { [method]: operation, parameters } = tree(item)
      if (operation === undefined) return []
      const own = tree(operation)
      const all = [...list(parameters), ...list(own.parameters)].map((each) => resolved(document, each))
      return [{ ...own, path, method, parameters: all }]
    }),
  )
}

function requestOf(document: Tree, operation: Operation): CollectedRequest {
  const { path, method, parameters, summary, description, security, requestBody } = operation
  const placed = (place: string): readonly Pair[] =>
    parameters.filter((each) => each.in === place).map((each) => pairOf(document, each))
  const [query, variable, header] = [placed('query'), placed('path'), placed('header')]
  const segments = path.slice(1).replaceAll(/\{([^}]+)\}/g, ':$1')
  const used = query.filter(({ disabled }) => !disabled)
  const search = used.map(({ key, value }) => `${key}=${encodeURIComponent(value)}`).join('&')
  const body = requestBody === undefined ? undefined : bodyOf(document, resolved(document, requestBody))
  const accept = acceptOf(document, operation)
  return {
    name: String(summary),
    request: {
      method: method.toUpperCase(),
      description: String(description ?? summary),
      url: {
        raw: `{{url}}/${segments}${search === '' ? '' : `?${search}`}`,
        host: ['{{url}}'],
        path: segments.split('/'),
        query,
        variable,
      },
      header: [
        ...(accept === undefined ? [] : [{ key: 'Accept', value: accept }]),
        ...(body ? [{ key: 'Content-Type', value: body.type }] : []),
        ...header,
      ],
      ...(list(security).length === 0 && security !== undefined && { auth: { type: 'noauth' } }),
      ...(body && { body: { mode: 'raw', raw: body.text, options: { raw: { language: 'json' } } } }),
    },
  }
}

/** What has to be there, or has an example of its own, is on; everything else waits. */
function pairOf(document: Tree, { name, required, description, ...rest }: Tree): Pair {
  const example = exampleOf(document, rest)
  return {
    key: String(name),
    value: example === undefined ? '' : textOf(example),
    ...(description !== undefined && { description: String(description) }),
    ...(required !== true && rest.example === undefined && { disabled: true }),
  }
}

function acceptOf(document: Tree, { responses }: Operation): string | undefined {
  const success = Object.entries(tree(responses)).find(([status]) => status.startsWith('2'))?.[1]
  const [type] = Object.keys(tree(resolved(document, success ?? {}).content ?? {}))
  return type
}

function bodyOf(
  document: Tree,
  { content }: Tree,
): { readonly type: string; readonly text: string } | undefined {
  const [first] = Object.entries(tree(content))
  if (!first) return undefined
  const [type, media] = first
  const example = exampleOf(document, tree(media))
  return { type, text: typeof example === 'string' ? example : JSON.stringify(example ?? {}, null, 2) }
}

/** What a parameter or a body has as an example, or else its schema; undefined: nothing. */
function exampleOf(document: Tree, holder: Tree): unknown {
  const [named] = Object.values(tree(holder.examples ?? {}))
  const schema = holder.schema === undefined ? {} : resolved(document, holder.schema)
  const candidates = [
    holder.example,
    named === undefined ? undefined : resolved(document, named).value,
    list(schema.examples)[0],
    schema.const,
    schema.default,
    list(schema.enum)[0],
  ]
  return candidates.find((value) => value !== undefined)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function resolved(document: Tree, part: unknown): Tree {
  const { $ref } = tree(part)
  if (typeof $ref !== 'string') return tree(part)
  const found = $ref
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((node, name) => tree(node)[name.replaceAll('~1', '/').replaceAll('~0', '~')], document)
  return resolved(document, found)
}

function tree(value: unknown): Tree {
  if (isTree(value)) return value
  throw new Error('OpenAPI document has something else where an object belongs')
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
