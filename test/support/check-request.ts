import { pointerPart } from '../../openapi/document-schemas.ts'
import { at, documented, faultOf } from './check-answer.ts'

interface Parameter {
  readonly $ref?: string
  readonly name: string
  readonly in: string
  readonly schema: { readonly type?: string }
}

const parametersOf = new Map<
  string,
  ReadonlyMap<string, { readonly pointer: string; readonly type?: string }>
>()

/**
 * Checks that the OpenAPI document has what the hub carried out: parameters and body. What the hub takes and the document does not
 * would be refused by whoever checks by the document before. @throws Error that says what differs
 */
export function checkRequest(
  method: string,
  path: string,
  {
    type,
    payload,
    status,
  }: { readonly type: string; readonly payload: string | undefined; readonly status: number },
): void {
  // of 207 some parts were carried out, others not
  if (status < 200 || status > 299 || status === 207) return
  const found = documented(method, path)
  if (!found) return
  const { name, pointer } = found
  const known = queryParameters(pointer)
  for (const [parameter, text] of new URLSearchParams(path.split('?')[1] ?? '')) {
    const documentedAs = known.get(parameter)
    if (text === '') continue
    if (!documentedAs)
      throw new Error(`${name} took a parameter ${parameter}, which the document does not have`)
    const fault = faultOf(documentedAs.pointer, asTyped(text, documentedAs.type))
    if (fault !== undefined)
      throw new Error(`${name} took ${parameter}=${text} against the document: ${fault}`)
  }
  if (payload === undefined || !/[/+]json$/.test(type)) return
  const content = (at(`${pointer}/requestBody/content`) ?? {}) as Readonly<Record<string, unknown>>
  const schema = [type, '*/*'].find((name) => Object.hasOwn(content, name))
  if (schema === undefined)
    throw new Error(`${name} took a body of ${type}, which the document does not have`)
  if (schema === '*/*') return
  // when it was created and modified the hub says itself: what is sent of that is ignored (CIM 009 v1.9.1, 4.8)
  const sent = JSON.parse(payload, (name, value) =>
    /^(?:created|modified)At$/.test(name) ? undefined : value,
  )
  const fault = faultOf(`${pointer}/requestBody/content/${pointerPart(type)}/schema`, sent)
  if (fault !== undefined) throw new Error(`${name} took a body against the document: ${fault}`)
}

function queryParameters(
  operation: string,
): ReadonlyMap<string, { readonly pointer: string; readonly type?: string }> {
  const kept = parametersOf.get(operation)
  if (kept) return kept
  const item = operation.slice(0, operation.lastIndexOf('/'))
  const found = [item, operation].flatMap((place) =>
    ((at(`${place}/parameters`) ?? []) as readonly Parameter[]).flatMap((parameter, index) => {
      const pointer = parameter.$ref?.slice(1) ?? `${place}/parameters/${index}`
      const { in: where, name, schema } = at(pointer) as Parameter // what an OpenAPI document has there
      return where === 'query'
        ? [[name, { pointer: `${pointer}/schema`, ...(schema.type && { type: schema.type }) }] as const]
        : []
    }),
  )
  const made = new Map(found)
  parametersOf.set(operation, made)
  return made
}

function asTyped(text: string, type: string | undefined): unknown {
  if (type === 'integer' || type === 'number') return Number(text)
  return type === 'boolean' && /^(?:true|false)$/.test(text) ? text === 'true' : text
}
