import { createHash } from 'node:crypto'
import type { HubRequest } from '../route.ts'

/** A place belongs to one tenant, view, query and area: limit and representation may change between pages. */
export function cursorPurpose(
  { tenant, caller, body }: HubRequest,
  query: URLSearchParams,
  area = '',
): string {
  const parameters = new URLSearchParams(query)
  for (const name of ['after', 'limit', 'count']) parameters.delete(name)
  parameters.sort()
  return createHash('sha256')
    .update(`${tenant}\n${caller.view(tenant).id}\n${parameters}\n${JSON.stringify(body ?? null)}${area}`)
    .digest('base64url')
}
