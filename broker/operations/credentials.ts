/** Stands for a credential when what it belongs to is read. */
export const HIDDEN = '***'

/**
 * Names, in lower case, whose values are no credentials: media types, languages, tenants, versions, traces. Every other value
 * may be one, whatever it is called.
 */
const SHOWN: ReadonlySet<string> = new Set([
  ...['accept', 'accept-charset', 'accept-encoding', 'accept-language', 'content-type', 'prefer'],
  ...['ngsild-tenant', 'ngsild-snapshot', 'mqtt-version', 'mqtt-qos', 'x-request-id', 'x-correlation-id'],
  // what steers forwards to a source (CIM 009 v1.9.1, 4.3.6.6)
  ...['contenttype', 'jsonldcontext', 'ngsildconformance'],
])

/** Tells whether a value under this name may be a credential: it is hidden unless it is known to be none. */
export function mayBeCredential(name: string): boolean {
  return !SHOWN.has(name.toLowerCase())
}
