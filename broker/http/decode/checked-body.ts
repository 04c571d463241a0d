import type { components } from '../../../openapi/generated/types.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { HubRequest } from '../route.ts'

/** Answers the body of a route with `body: 'json'` as the OpenAPI document has it, by which it was checked at the door. */
export function checkedBody<Name extends keyof components['schemas']>({
  body,
}: Pick<HubRequest, 'body'>): JsonObject & components['schemas'][Name] {
  return body as unknown as JsonObject & components['schemas'][Name] // its shape is right
}
