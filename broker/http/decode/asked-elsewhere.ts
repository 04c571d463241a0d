import type { TemporalRead } from '../../operations/temporal/read-over-sources.ts'
import type { HubRequest } from '../route.ts'
import { flag } from './entity-parameters.ts'

/** Reads how other hubs are asked for history; nothing where only this one is. @throws Problem InvalidRequest */
export function askedElsewhere(
  { headers }: HubRequest,
  parameters: URLSearchParams,
  local: boolean,
): Pick<TemporalRead, 'elsewhere'> {
  const splitEntities = flag(parameters, 'splitEntities')
  if (local) return {}
  const asked = { via: headers.via, headers, parameters }
  return { elsewhere: { ...asked, ...(splitEntities !== undefined && { splitEntities }) } }
}
