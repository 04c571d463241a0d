import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { packageRoot } from '../../ontology/package-root.ts'

interface Operation {
  readonly responses: Readonly<Record<string, unknown>>
}

interface Response {
  readonly $ref?: string
  readonly content?: Readonly<Record<string, unknown>>
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly responses: Readonly<Record<string, Response>> }
}

const document: OpenApi = JSON.parse(
  readFileSync(join(packageRoot, 'openapi/generated/openapi.json'), 'utf8'),
)
// that its schemas are valid is a test of its own
const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, code: { optimize: false } })
formats.default(ajv)
ajv.addSchema({ $id: 'openapi', ...document })
const validators = new Map<string, ValidateFunction>()
const templates = Object.keys(document.paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+').replaceAll('.', '\\.')}/?$`),
}))

/** Answers the template of the OpenAPI document that a path belongs to. */
export function templateOf(path: string): string | undefined {
  const plain = path.split('?', 1)[0] ?? ''
  return templates.find(({ pattern }) => pattern.test(plain))?.template
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
  const template = templateOf(path)
  const operation = template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()]
  if (template === undefined || !operation) return
  const key = Object.hasOwn(operation.responses, String(answer.status)) ? String(answer.status) : 'default'
  const pointer = responsePointer(template, method.toLowerCase(), key, operation)
  if (pointer === undefined)
    throw new Error(`${method} ${template} answered ${answer.status}, which the document does not have`)
  if (answer.text === '') return
  const type = String(answer.headers['content-type'] ?? '').split(';', 1)[0] ?? ''
  const response = resolve(pointer) as Response // what the pointer leads to
  if (!response.content || !Object.hasOwn(response.content, type)) {
    throw new Error(
      `${method} ${template} answered ${answer.status} as ${type}, which the document does not have`,
    )
  }
  const validate = validator(`openapi#${pointer}/content/${escapePointer(type)}/schema`)
  if (answer.body !== undefined && !validate(answer.body)) {
    throw new Error(
      `${method} ${template} answered ${answer.status} against the document: ${ajv.errorsText(validate.errors)}`,
    )
  }
}

function responsePointer(
  template: string,
  method: string,
  key: string,
  operation: Operation,
): string | undefined {
  const response = operation.responses[key] as Response | undefined
  if (!response) return undefined
  return response.$ref?.slice(1) ?? `/paths/${escapePointer(template)}/${method}/responses/${key}`
}

function resolve(pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (node, part) => (node as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    )
}

function validator(reference: string): ValidateFunction {
  const known = validators.get(reference)
  if (known) return known
  const made = ajv.compile({ $ref: encodeURI(reference).replaceAll('%23', '#') })
  validators.set(reference, made)
  return made
}

function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1')
}
