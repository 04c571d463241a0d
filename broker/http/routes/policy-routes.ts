import type { JsonObject } from '../../core/model/json.ts'
import { formatDateTime } from '../../core/model/time.ts'
import type { listPolicies } from '../../operations/policies/list-policies.ts'
import type { PolicyVersion, RefusedPolicies } from '../../operations/policies/policies-in-force.ts'
import type { reloadPolicies } from '../../operations/policies/reload-policies.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind the policies. */
export interface PolicyOperations {
  readonly listPolicies: ReturnType<typeof listPolicies>
  readonly reloadPolicies: ReturnType<typeof reloadPolicies>
}

/** Routes of `/hub/v1/policies`: which rules are in force, and to read them again; ours, not the standard's. */
export function policyRoutes(operations: PolicyOperations): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/hub/v1/policies',
      body: 'none',
      produces: ['application/json'],
      handle: async (request) => list(request),
    },
    {
      method: 'POST',
      path: '/hub/v1/policies/reload',
      body: 'none',
      produces: ['application/json'],
      handle: async (request) => ({
        status: 200,
        body: versionMembers(await operations.reloadPolicies(who(request))),
      }),
    },
  ]

  function list(request: HubRequest): HubAnswer {
    const { versions, refused } = operations.listPolicies(who(request))
    return {
      status: 200,
      body: { versions: versions.map(versionMembers), ...(refused && { refused: refusedMembers(refused) }) },
    }
  }
}

function versionMembers({ generation, since, cause, files, rules }: PolicyVersion): JsonObject {
  return { generation, since: formatDateTime(since), cause, files: [...files], rules }
}

function refusedMembers({ at, cause, faults }: RefusedPolicies): JsonObject {
  return { at: formatDateTime(at), cause, faults: faults.map((fault) => ({ ...fault })) }
}
