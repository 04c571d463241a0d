import { isTree, listOf, type Tree, treeOf, treesOf } from '../tree.ts'

/** What callers of an operation rely on. */
export interface OperationContract {
  readonly id: string
  /** Nobody has to say who asks. */
  readonly open?: true
  /** By place and name: `query limit`. */
  readonly parameters: Readonly<Record<string, ParameterContract>>
  readonly body?: { readonly required?: true; readonly content: Contents }
  /** By status; refusals are told by the catalogue of problems. */
  readonly answers: Readonly<
    Record<string, { readonly headers: readonly string[]; readonly content: Contents }>
  >
}

export interface ParameterContract {
  readonly required?: true
  readonly schema: Tree
}

/** Schemas by media type. */
export type Contents = Readonly<Record<string, Tree>>

/** What a version of the document promises: its words left out. */
export interface Contract {
  readonly version: string
  /** By method and path: `GET /hub/v1/units`. */
  readonly operations: Readonly<Record<string, OperationContract>>
  /** Those that operations refer to, but for what the ontology promises by itself. */
  readonly schemas: Readonly<Record<string, Tree>>
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch']
const OF_ONTOLOGY = 'OntologyEntity'
const SCHEMAS = '#/components/schemas/'

/** What a schema says that a program can notice. */
const KEYWORDS: ReadonlySet<string> = new Set([
  ...['$ref', 'type', 'enum', 'const', 'format', 'pattern', 'required', 'properties', 'additionalProperties'],
  ...[
    'items',
    'oneOf',
    'anyOf',
    'allOf',
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'minItems',
    'maxItems',
  ],
])

/** Answers what a document promises to those who call by it. */
export function contractOf(document: Tree): Contract {
  const operations = treesOf(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => isTree(item[method])).map((method): [string, OperationContract] => [
      `${method.toUpperCase()} ${path}`,
      operationContract(document, item, treeOf(item[method])),
    ]),
  )
  const byKey = Object.fromEntries(operations.sort(([left], [right]) => (left < right ? -1 : 1)))
  const version = String(treeOf(document.info).version)
  return { version, operations: byKey, schemas: reached(document, byKey) }
}

/** An operation that says itself that nobody has to say who asks; others do where policies let strangers in. */
function isOpen({ security }: Tree): boolean {
  return (
    Array.isArray(security) &&
    (security.length === 0 || security.some((one) => Object.keys(one).length === 0))
  )
}

function operationContract(document: Tree, item: Tree, operation: Tree): OperationContract {
  const parameters = [...listOf(item.parameters), ...listOf(operation.parameters)]
    .map((each) => followed(document, each))
    .map(({ in: place, name, required, schema }): [string, ParameterContract] => [
      `${place} ${name}`,
      { ...(required === true && { required }), schema: reduced(schema) },
    ])
  const body = followed(document, operation.requestBody)
  const answers = treesOf(operation.responses)
    .filter(([status]) => /^[123]/.test(status))
    .map(([status, response]) => {
      const { headers, content } = followed(document, response)
      return [status, { headers: Object.keys(treeOf(headers)).sort(), content: contents(content) }] as const
    })
  return {
    id: String(operation.operationId),
    ...(isOpen(operation) && { open: true }),
    parameters: Object.fromEntries(parameters),
    ...(body.content !== undefined && {
      body: { ...(body.required === true && { required: true }), content: contents(body.content) },
    }),
    answers: Object.fromEntries(answers),
  }
}

function contents(content: unknown): Contents {
  return Object.fromEntries(treesOf(content).map(([type, { schema }]) => [type, reduced(schema)]))
}

/** Parameters, bodies and responses are told in place; schemas keep their names. */
function followed(document: Tree, value: unknown): Tree {
  const part = treeOf(value)
  if (typeof part.$ref !== 'string') return part
  return treeOf(
    part.$ref
      .slice(2)
      .split('/')
      .reduce<unknown>((node, name) => treeOf(node)[name], document),
  )
}

function reduced(schema: unknown): Tree {
  const kept = Object.entries(treeOf(schema)).filter(([keyword]) => KEYWORDS.has(keyword))
  return Object.fromEntries(kept.map(([keyword, value]) => [keyword, reducedKeyword(keyword, value)]))
}

function reducedKeyword(keyword: string, value: unknown): unknown {
  if (keyword === 'properties')
    return Object.fromEntries(treesOf(value).map(([name, schema]) => [name, reduced(schema)]))
  if (keyword === 'oneOf' || keyword === 'anyOf' || keyword === 'allOf') return listOf(value).map(reduced)
  if (keyword === 'required') return listOf(value).map(String).sort()
  return isTree(value) ? reduced(value) : value
}

/** What the ontology promises it keeps by itself, so that its types are not followed. */
function reached(document: Tree, operations: Contract['operations']): Contract['schemas'] {
  const all = treeOf(treeOf(document.components).schemas)
  const found = new Map<string, Tree>()
  const follow = (part: unknown): void => {
    for (const name of namesIn(part)) {
      if (name === OF_ONTOLOGY || found.has(name)) continue
      found.set(name, reduced(all[name]))
      follow(found.get(name))
    }
  }
  follow(operations)
  return Object.fromEntries([...found].sort(([left], [right]) => (left < right ? -1 : 1)))
}

function namesIn(part: unknown): readonly string[] {
  return [...JSON.stringify(part).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = '']) =>
    reference.slice(SCHEMAS.length),
  )
}
