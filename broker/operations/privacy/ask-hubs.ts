import type { Egress } from '../../../security/egress/egress.ts'
import type { Caller } from '../../core/model/caller.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { DEFAULT_TENANT, type Tenant } from '../../core/model/tenant.ts'
import type { CredentialsOf } from '../../federation/forward/source-credentials.ts'
import { appendVia, readVia } from '../../federation/forward/via.ts'

/** Another hub that the configuration names: identifiers of persons go to nobody else. */
export interface PeerHub {
  readonly name: string
  readonly endpoint: string
}

/** What asking other hubs works with. */
export interface PeerDependencies {
  readonly egress: Egress
  readonly outbound: CredentialsOf
  readonly peers: readonly PeerHub[]
  /** This hub's name in `Via`. */
  readonly alias: string
  readonly maxAnswerBytes: number
}

/** What one hub said; open: it did not, and has to be asked again. */
export type PeerAnswer =
  | { readonly hub: string; readonly state: 'answered'; readonly body: JsonObject }
  | { readonly hub: string; readonly state: 'open' | 'refused'; readonly reason: string }

/** A hub may have to look through all that it ever kept. */
const TIMEOUT_MS = 300_000

/** Tells whether a question came back to a hub that it went through already. */
export function cameBack({ alias }: Pick<PeerDependencies, 'alias'>, via: string | undefined): boolean {
  return readVia(via).includes(alias)
}

/** What other hubs are asked. */
export interface PeerQuestion {
  /** Theirs of the same name is meant: without a name all that the caller may look into. */
  readonly tenant: Tenant
  readonly path: string
  readonly body: JsonValue
  readonly via: string | undefined
}

/**
 * Asks all other hubs the same at once, each with this hub's credentials and the caller's: what they answer is theirs to
 * decide.
 */
export function askHubs(
  dependencies: PeerDependencies,
  caller: Caller,
  question: PeerQuestion,
): Promise<readonly PeerAnswer[]> {
  return Promise.all(dependencies.peers.map((peer) => askHub(dependencies, caller, { ...question, peer })))
}

async function askHub(
  { egress, outbound, alias, maxAnswerBytes }: PeerDependencies,
  caller: Caller,
  { peer: { name, endpoint }, tenant, path, body, via }: PeerQuestion & { readonly peer: PeerHub },
): Promise<PeerAnswer> {
  const open = (reason: string): PeerAnswer => ({ hub: name, state: 'open', reason })
  try {
    const root = endpoint.replace(/\/+$/, '').replace(/\/ngsi-ld\/v1$/, '')
    const { headers, tls } = await outbound(caller, { endpoint: root, inPerson: true })
    const answer = await egress.request({
      url: `${root}${path}`,
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Via: appendVia(via, alias),
        ...(tenant !== DEFAULT_TENANT && { 'NGSILD-Tenant': tenant }),
        ...headers,
      },
      body: JSON.stringify(body),
      timeoutMs: TIMEOUT_MS,
      maxBytes: maxAnswerBytes,
      ...(tls && { tls }),
    })
    if (answer.status === 401 || answer.status === 403)
      return {
        hub: name,
        state: 'refused',
        reason: `Hub answers ${answer.status}: the caller has no such right there`,
      }
    if (answer.status !== 200) return open(`Hub answers ${answer.status}`)
    const parsed: JsonValue = JSON.parse(answer.body)
    return isJsonObject(parsed)
      ? { hub: name, state: 'answered', body: parsed }
      : open('Hub answers something else')
  } catch {
    return open('Hub does not answer')
  }
}
