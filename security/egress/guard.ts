import { lookup as resolve } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from './addresses.ts'
import { EgressFailed, EgressRefused } from './egress.ts'

/** Where the hub may connect to. */
export interface GuardOptions {
  /** guarded: public addresses only, except for the allowed origins; open: any. */
  readonly mode: 'guarded' | 'open'
  readonly allowedOrigins?: readonly string[]
}

/** Judges a target; what it answers judges the address that its name resolves to. */
export type Guard = (url: URL) => { readonly lookup?: LookupFunction }

/**
 * Compiles where the hub may connect to: a target is refused by the address in its URL at once, by the one that its name
 * has when the connection is made. The guard throws EgressRefused, the look-up answers EgressFailed.
 */
export function createGuard({ mode, allowedOrigins = [] }: GuardOptions): Guard {
  const allowed = new Set(allowedOrigins.map((origin) => originOf(new URL(origin))))
  return (url) => {
    if (mode === 'open' || allowed.has(originOf(url))) return {}
    checkLiteral(url)
    return { lookup: guardedLookup }
  }
}

const PORTS: Readonly<Record<string, string>> = { 'mqtt:': '1883', 'mqtts:': '8883' }

/** Scheme, host and port, also of URLs that are not those of the Web. */
function originOf({ origin, protocol, hostname, port }: URL): string {
  if (origin !== 'null') return origin
  return `${protocol}//${hostname.toLowerCase()}:${port === '' ? PORTS[protocol] : port}`
}

/**
 * Resolves a name, and refuses it when any of its addresses is not public: no second look-up can differ. A name that is
 * unknown is refused in the same words: whoever asks does not learn which names there are inside.
 */
const guardedLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error || addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) {
      const text = `Host ${hostname} is unknown or has an address that the hub may not call`
      return callback(new EgressFailed('unreachable', text), '')
    }
    if (options.all) return callback(null, addresses)
    const [first] = addresses
    return callback(null, first?.address ?? '', first?.family)
  })
}

/** An address in the URL itself is connected to without a look-up, so it is checked here. */
function checkLiteral(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isPublicAddress(host)) {
    throw new EgressRefused(`Host ${url.hostname} is an address that the hub may not call`)
  }
}
