import type { DistributedCommand } from '../../operations/command.ts'
import type { HubRequest } from '../route.ts'
import { flag } from './entity-parameters.ts'

/** How a write is handed on to other hubs: not at all with `local=true` (CIM 009 v1.9.1, 6.3.18). @throws Problem */
export async function onward(request: HubRequest): Promise<Pick<DistributedCommand, 'onward'>> {
  if (flag(request.query, 'local')) return {}
  const { headers } = request
  return { onward: { table: await request.table(), via: headers.via, headers } }
}
