import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

export type OpenApiDocument = Readonly<Record<string, unknown>>

/** Answers the check of values by the schema that stands at a JSON pointer of the document; undefined: there is none. */
export type SchemaAt = (pointer: string) => ValidateFunction | undefined

const ID = 'openapi'

/** Makes checks of a document's schemas, each compiled when it is first asked for. */
export function documentSchemas(
  document: OpenApiDocument,
  { formats, ...options }: Pick<Options, 'allErrors' | 'formats'>,
): SchemaAt {
  // that the schemas are valid is a test of its own
  const ajv = new Ajv2020({ strict: false, validateSchema: false, code: { optimize: false }, ...options })
  addFormats.default(ajv)
  for (const [name, format] of Object.entries(formats ?? {})) if (format) ajv.addFormat(name, format)
  ajv.addSchema({ $id: ID, ...document })
  return (pointer) => ajv.getSchema(`${ID}#${encodeURI(pointer)}`)
}

/** Writes a name as a part of a JSON pointer (RFC 6901). */
export function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
