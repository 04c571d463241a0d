import type { IncomingHttpHeaders } from 'node:http'
import { OPEN_CALLER } from '../../security/open-caller.ts'
import type { Config } from '../config.ts'
import type { Caller } from '../core/model/caller.ts'

export interface AssembledIdentity {
  readonly provider?: undefined
  readonly caller: (headers: IncomingHttpHeaders) => Promise<Caller>
  readonly local: Caller
  readonly outbound: () => Promise<Record<string, string>>
  readonly feedToken: () => Promise<string | undefined>
  console(config: Config): Record<string, string>
}

export async function assembleIdentity(_config: Config, _parts: unknown): Promise<AssembledIdentity> {
  return {
    caller: () => Promise.resolve(OPEN_CALLER),
    local: OPEN_CALLER,
    outbound: () => Promise.resolve({}),
    feedToken: () => Promise.resolve(undefined),
    console: (config) => ({ name: config.name, title: config.title }),
  }
}
