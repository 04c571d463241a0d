import { ANONYMOUS, boundTo } from '../../../security/policy/claims.ts'
import type { ExplainedDecision } from '../../../security/policy/explain-decision.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { formatDateTime } from '../../core/model/time.ts'
import type { explainAccess } from '../../operations/policies/explain-access.ts'
import type { listPolicies } from '../../operations/policies/list-policies.ts'
import type { PolicyVersion, RefusedPolicies } from '../../operations/policies/policies-in-force.ts'
import type { reloadPolicies } from '../../operations/policies/reload-policies.ts'
import { checkedBody } from '../decode/checked-body.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind the policies. */
export interface PolicyOperations {
  readonly listPolicies: ReturnType<typeof listPolicies>
  readonly reloadPolicies: ReturnType<typeof reloadPolicies>
  readonly explainAccess: ReturnType<typeof explainAccess>
  readonly expand: (name: string) => Iri
}

const MOST_BYTES = 65_536

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
    {
      method: 'POST',
      path: '/hub/v1/policies/explain',
      body: 'documented',
      maxBytes: MOST_BYTES,
      produces: ['application/json'],
      handle: async (request) => ({ status: 200, body: decisionMembers(await explain(request)) }),
    },
  ]

  function explain(request: HubRequest): Promise<ExplainedDecision> {
    const {
      as: { bound, ...as },
      types,
      attributes,
      ...question
    } = checkedBody<'PolicyQuestion'>(request)
    return operations.explainAccess({
      ...who(request),
      as: { ...ANONYMOUS, anonymous: false, ...as, ...boundTo(bound) },
      question: {
        ...question,
        ...(types && { types: types.map(operations.expand) }),
        ...(attributes && { attributes: attributes.map(operations.expand) }),
      },
    })
  }

  function list(request: HubRequest): HubAnswer {
    const { versions, refused } = operations.listPolicies(who(request))
    return {
      status: 200,
      body: { versions: versions.map(versionMembers), ...(refused && { refused: refusedMembers(refused) }) },
    }
  }
}

function versionMembers({ since, files, ...version }: PolicyVersion): JsonObject {
  const { generation, cause, rules, regrouped } = version
  return {
    ...{ generation, since: formatDateTime(since), cause, files: [...files], rules },
    ...(regrouped && { regrouped: [...regrouped] }),
  }
}

function decisionMembers({ outcome, rules, attributes }: ExplainedDecision): JsonObject {
  return {
    outcome,
    rules: rules.map((rule) => ({ ...rule })),
    attributes: attributes.map(({ mask, ...each }) => ({
      ...each,
      ...(mask && { mask: { ...mask } }),
      rules: [...each.rules],
    })),
  }
}

function refusedMembers({ at, cause, faults }: RefusedPolicies): JsonObject {
  return { at: formatDateTime(at), cause, faults: faults.map((fault) => ({ ...fault })) }
}
