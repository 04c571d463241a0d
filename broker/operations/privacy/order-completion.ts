import { randomUUID } from 'node:crypto'
import type { JsonObject } from '../../core/model/json.ts'
import { formatDateTime } from '../../core/model/time.ts'
import type { PersonOrder } from './person-order.ts'
import type { ErasureDependencies } from './privacy-dependencies.ts'

/** Signs a report that ends that of then, which named these hubs as open. */
export function completionOf(
  { reportKey, hub }: Pick<ErasureDependencies, 'reportKey' | 'hub'>,
  order: PersonOrder,
): JsonObject {
  const { id, report, by, at, subject, hubs } = order
  const late = hubs.filter((each) => each.report)
  return reportKey.sign({
    kind: 'erasure-completion',
    id: `urn:ngsi-ld:ErasureCompletion:${randomUUID()}`,
    hub: hub.name,
    city: hub.city,
    order: id,
    ...(report !== undefined && { of: report }),
    by,
    orderedAt: formatDateTime(at),
    endedAt: formatDateTime(Math.max(...hubs.map(({ answeredAt = at }) => answeredAt))),
    subject,
    before: hubs.filter((each) => !each.report).map((each) => each.hub),
    hubs: late.map(({ hub: name, report: signed = {} }) => ({
      hub: name,
      state: 'answered',
      report: signed,
    })),
  })
}
