import type { IncomingMessage } from 'node:http'
import { Problem } from '../core/model/problem.ts'

/** Whose pages may ask for what browsers do not ask permission for. */
export interface AllowedOrigins {
  /** Origins whose pages may besides the hub's own; `*` for all. */
  readonly corsOrigins: readonly string[]
  readonly url: string
}

/** Looks at where the page comes from that sends a request, be it by a name that leads here for a while. @throws Problem Forbidden */
export function checkOrigin(
  { headers: { origin } }: IncomingMessage,
  { corsOrigins, url }: AllowedOrigins,
  what: string,
): void {
  if (origin === undefined || corsOrigins.includes('*') || corsOrigins.includes(origin)) return
  if (origin !== new URL(url).origin)
    throw new Problem('Forbidden', `Pages of origin ${origin} may not ${what} of this hub`)
}
