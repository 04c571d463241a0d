import { type DecodeRules, decodeEntity } from '../../core/context/decode-entity.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import type { EntityFragment } from '../../core/model/entity.ts'
import { type Iri, isIri, isName } from '../../core/model/iri.ts'
import { isJsonObject } from '../../core/model/json.ts'
import { badRequestData, invalidRequest } from '../../core/model/problem.ts'
import { matchTypes } from '../../core/query/match-types.ts'
import { parseTypeSelection } from '../../core/query/parse-type-selection.ts'
import type { Selected } from '../../operations/selected.ts'
import type { HubRequest } from '../route.ts'

/** Decodes the body as one entity in the @context of this call. @throws Problem */
export async function entityBody(request: HubRequest, rules: DecodeRules): Promise<EntityFragment> {
  if (!isJsonObject(request.body)) throw invalidRequest('Body is not a JSON object')
  return decodeEntity(request.body, await request.table(), rules)
}

/** Decodes the body of an operation on the entity that the path names. @throws Problem when it names another */
export async function fragmentBody(
  request: HubRequest,
  rules: DecodeRules,
  id: string,
): Promise<EntityFragment> {
  const fragment = await entityBody(request, rules)
  if (fragment.id !== undefined && fragment.id !== id) {
    throw badRequestData(`Entity id of the body, ${fragment.id}, is not the one of the path, ${id}`)
  }
  return fragment
}

/** Reads the entity that the path names and the `type` parameter. @throws Problem BadRequestData */
export async function selected(request: HubRequest, table?: TermTable): Promise<Selected> {
  const id = entityId(request)
  const type = request.query.get('type')
  if (type === null) return { id }
  const node = parseTypeSelection(type, table ?? (await request.table()))
  return { id, selection: node, selects: (types) => matchTypes(node, types) }
}

/** Answers the entity id of the path. @throws Problem BadRequestData when it is no URI */
export function entityId({ params }: HubRequest): string {
  const id = params.id ?? ''
  if (!isIri(id)) throw badRequestData(`Entity id ${JSON.stringify(id)} of the path is no URI`)
  return id
}

/** Expands the attribute name of the path; `scope` stays. @throws Problem BadRequestData */
export function attributeName({ params }: HubRequest, table: TermTable): Iri | 'scope' {
  const name = params.attribute ?? ''
  if (!isName(name)) throw badRequestData(`Attribute name ${JSON.stringify(name)} of the path is no name`)
  return name === 'scope' ? 'scope' : table.expand(name)
}
