import { bindingOf, type Claims } from '../../../security/policy/claims.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import { type Iri, isName } from '../../core/model/iri.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { formatDateTime } from '../../core/model/time.ts'
import type {
  AccessToType,
  OwnAccess,
  retrieveOwnAccess,
} from '../../operations/policies/retrieve-own-access.ts'
import { listParameter } from '../decode/list-parameter.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operation behind what callers may know of themselves. */
export interface AccessOperations {
  readonly retrieveOwnAccess: ReturnType<typeof retrieveOwnAccess>
}

const MOST_TYPES = 20

/** Route of `/hub/v1/access`: what the caller may do and see; ours, not the standard's. */
export function accessRoutes(operations: AccessOperations): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/hub/v1/access',
      body: 'none',
      produces: ['application/json'],
      parameters: ['type'],
      handle: retrieve,
    },
  ]

  async function retrieve(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const names = listParameter(request.query, 'type')
    if (names && names.length > MOST_TYPES)
      throw badRequestData(`Parameter type names more than ${MOST_TYPES} types`)
    const about = names?.map((name) => typeNamed(name, table))
    const access = operations.retrieveOwnAccess({ ...who(request), ...(about && { about }) })
    return { status: 200, body: document(access, table), headers: { 'Cache-Control': 'no-store' } }
  }
}

function typeNamed(name: string, table: TermTable): Iri {
  if (isName(name)) return table.expand(name)
  throw badRequestData(`Parameter type holds ${JSON.stringify(name)}, which is no name of a type`)
}

function document({ claims, rates, kinds, types, otherTypes }: OwnAccess, table: TermTable): JsonObject {
  return {
    accessControl: claims !== undefined,
    ...(claims && { claims: claimMembers(claims) }),
    rates: rates.map(({ kind, requests, seconds }) => ({ kind, requests, seconds })),
    kinds: kinds.map(({ kind, actions, own }) => ({ kind, actions: [...actions], own: [...own] })),
    types: types.map((each) => typeMembers(each, table)),
    otherTypes: { ...otherTypes },
  }
}

/** What the token says, but for what it is known by: that is for the hub alone. */
function claimMembers(claims: Claims): JsonObject {
  const { anonymous, roles, name, issuer, organisation, city, client, purpose, purposes, assurance } = claims
  const bound = bindingOf(claims)
  return {
    ...{ anonymous, roles: [...roles] },
    ...(name !== undefined && { name }),
    ...(issuer !== '' && { issuer }),
    ...(organisation !== undefined && { organisation }),
    ...(city !== undefined && { city }),
    ...(client !== undefined && { client }),
    ...(purpose !== undefined && { purpose }),
    ...(purposes && { purposes: [...purposes] }),
    ...(assurance !== undefined && { assurance }),
    ...(bound && { bound }),
    ...timeMember('authenticatedAt', claims.authenticatedAt),
    ...timeMember('expiresAt', claims.expiresAt),
  }
}

function timeMember(name: string, seconds: number | undefined): JsonObject {
  return seconds === undefined ? {} : { [name]: formatDateTime(seconds * 1_000_000) }
}

function typeMembers({ type, actions, attributes }: AccessToType, table: TermTable): JsonObject {
  return {
    type: table.compact(type),
    actions: { ...actions },
    ...(attributes && {
      attributes: attributes.map(({ attribute, mask, ...told }) => {
        const { unitOf: _, dated: __, ...settings } = mask ?? {}
        return { attribute: table.compact(attribute), ...told, ...(mask && { mask: settings }) }
      }),
    }),
  }
}
