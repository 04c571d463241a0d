import { formatDateTime } from '../../core/model/time.ts'
import type { listUnclassified } from '../../operations/privacy/list-unclassified.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** Route of `/hub/v1/privacy/unclassified`: what carries identifiers and nobody classified; ours, not the standard's. */
export function unclassifiedRoutes(operations: {
  readonly listUnclassified: ReturnType<typeof listUnclassified>
}): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/hub/v1/privacy/unclassified',
      body: 'none',
      produces: ['application/json'],
      handle: list,
    },
  ]

  async function list(request: HubRequest): Promise<HubAnswer> {
    const { findings, passedOver } = await operations.listUnclassified(who(request))
    return {
      status: 200,
      body: {
        passedOver,
        findings: findings.map(({ type, attributes, path, detector, count, firstSeenAt, lastSeenAt }) => ({
          ...{ type, attributes, path, detector, count },
          firstSeenAt: formatDateTime(firstSeenAt),
          lastSeenAt: formatDateTime(lastSeenAt),
        })),
      },
    }
  }
}
