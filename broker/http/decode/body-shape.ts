import {
  documentSchemas,
  type OpenApiDocument,
  pointerPart,
  type SchemaAt,
} from '../../../openapi/document-schemas.ts'
import type { JsonValue } from '../../core/model/json.ts'
import { parseDateTime } from '../../core/model/time.ts'
import { shapeProblem } from '../../operations/check-shape.ts'
import type { Route } from '../route.ts'

/** Checks a body by the schema that the OpenAPI document has for its request. @throws Problem BadRequestData */
export type CheckBody = (route: Pick<Route, 'method' | 'path'>, body: JsonValue) => void

/** Makes the check. The document is read when the first body comes: most hubs start without one. */
export function bodyShapes(readDocument: () => OpenApiDocument): CheckBody {
  let schemaAt: SchemaAt | undefined
  return ({ method, path }, body) => {
    schemaAt ??= documentSchemas(readDocument(), {
      formats: { 'date-time': (text: string) => parseDateTime(text) !== undefined },
    })
    const template = pointerPart(path.replaceAll(/:(\w+)/g, '{$1}'))
    const request = `/paths/${template}/${method.toLowerCase()}/requestBody`
    const validate = schemaAt(`${request}/content/application~1json/schema`)
    if (!validate) throw new Error(`OpenAPI document has no body of ${method} ${path}`)
    if (!validate(body)) throw shapeProblem('Body', validate.errors ?? [])
  }
}
