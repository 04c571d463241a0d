import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../ontology/package-root.ts'
import { documentSchemas, pointerPart } from '../../openapi/document-schemas.ts'

interface Operation {
  readonly responses: Readonly<Record<string, Response>>
}

interface Response {
  readonly $ref?: string
  readonly content?: Readonly<Record<string, unknown>>
}

type PathItem = Readonly<Record<string, Operation>>

const document = JSON.parse(readFileSync(join(packageRoot, 'openapi/generated/openapi.json'), 'utf8'))
const paths: Readonly<Record<string, PathItem>> = document.paths
const schemaAt = documentSchemas(document, { allErrors: true })
const templates = Object.keys(paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+').replaceAll('.', '\\.')}/?$`),
}))

/** Answers the template of the OpenAPI document that a path belongs to. */
export function templateOf(path: string): string | undefined {
  const plain = path.split('?', 1)[0] ?? ''
  return templates.find(({ pattern }) => pattern.test(plain))?.template
}

/** Answers what the document has of a request, and where; undefined: it has nothing. */
export function documented(
  method: string,
  path: string,
): { readonly operation: Operation; readonly pointer: string; readonly name: string } | undefined {
  const template = templateOf(path)
  const operation = template === undefined ? undefined : paths[template]?.[method.toLowerCase()]
  if (template === undefined || !operation) return undefined
  const pointer = `/paths/${pointerPart(template)}/${method.toLowerCase()}`
  return { operation, pointer, name: `${method} ${template}` }
}

/** Checks an answer against the OpenAPI document: status, media type and body. @throws Error that says what differs */
export function checkAnswer(
  method: string,
  path: string,
  answer: {
    readonly status: number
    readonly headers: Readonly<Record<string, unknown>>
    readonly body: unknown
    readonly text: string
  },
): void {
  const found = documented(method, path)
  if (!found) return
  const { operation, name } = found
  const named = operation.responses[answer.status]
  if (!named) throw new Error(`${name} answered ${answer.status}, which the document does not have`)
  if (answer.text === '') return
  const type = String(answer.headers['content-type'] ?? '').split(';', 1)[0] ?? ''
  const pointer = named.$ref?.slice(1) ?? `${found.pointer}/responses/${answer.status}`
  const response = named.$ref ? (at(pointer) as Response) : named // what the pointer leads to
  if (!response.content || !Object.hasOwn(response.content, type)) {
    throw new Error(`${name} answered ${answer.status} as ${type}, which the document does not have`)
  }
  const fault = faultOf(`${pointer}/content/${pointerPart(type)}/schema`, answer.body)
  if (fault !== undefined) throw new Error(`${name} answered ${answer.status} against the document: ${fault}`)
}

/** Answers what is wrong with a value by the schema at a pointer; undefined: nothing, or there is no value. */
export function faultOf(pointer: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  const validate = schemaAt(pointer)
  if (!validate) throw new Error(`Document has no schema at ${pointer}`)
  if (validate(value)) return undefined
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`).join(', ')
}

/** Answers what stands at a pointer of the document. */
export function at(pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (node, part) => (node as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    )
}
