import { type DecodeRules, decodeAttribute } from '../../core/context/decode-entity.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import type { EntityFragment, InstanceFragment } from '../../core/model/entity.ts'
import { isJsonArray, isJsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData, invalidRequest } from '../../core/model/problem.ts'
import type { HubRequest } from '../route.ts'
import { entityBody, fragmentBody } from './entity-body.ts'

const HISTORY: DecodeRules = { nulls: 'forbidden', history: true }

/** Decodes the body as the evolution of one entity (CIM 009 v1.9.1, 5.2.20 EntityTemporal). @throws Problem */
export function evolutionBody(request: HubRequest): Promise<EntityFragment> {
  return entityBody(request, { ...HISTORY, requireId: true, requireType: true })
}

/** Decodes the body as attribute instances for the evolution that the path names (5.6.12). @throws Problem */
export function evolutionFragmentBody(request: HubRequest, id: string): Promise<EntityFragment> {
  return fragmentBody(request, HISTORY, id)
}

/**
 * Decodes the body as the one instance that replaces another (5.6.14): alone, in an array of one, or either of these under
 * the name of the attribute that the path names. @throws Problem
 */
export function instanceBody({ body, params }: HubRequest, table: TermTable): InstanceFragment {
  if (!isJsonObject(body) && !isJsonArray(body))
    throw invalidRequest('Body is neither a JSON object nor an array')
  const name = params.attribute ?? ''
  const [instance, second] = decodeAttribute(name, underName(body, name, table), table, HISTORY)
  if (instance && !second) return instance
  throw badRequestData('Body does not hold exactly one attribute instance')
}

/** What a fragment of the entity holds under the name of the attribute, if the body is one; else the body. */
function underName(body: JsonValue, name: string, table: TermTable): JsonValue {
  if (!isJsonObject(body)) return body
  const [[key, value] = ['', null], second] = Object.entries(body).filter(([key]) => key !== '@context')
  const isFragment = !second && typeof value === 'object' && table.expand(key) === table.expand(name)
  return isFragment ? value : body
}
