import type { WrittenAnswer } from '../encode/write-answer.ts'
import { type Exchange, vary } from '../exchange.ts'

const DAY_SECONDS = 86_400

/** Methods and headers that pages of other origins may send: what the API knows and browsers do not allow anyway. */
const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers': [
    ...['Authorization', 'DPoP', 'Content-Type', 'Accept', 'Link', 'Prefer'],
    ...['If-Match', 'If-None-Match', 'Idempotency-Key', 'X-Request-Id'],
    ...['NGSILD-Tenant', 'NGSILD-EntityMap', 'NGSILD-Snapshot'],
    ...['Hub-Explain', 'Hub-Provenance', 'Hub-Purpose', 'Hub-Late-Observations', 'Last-Event-ID'],
    ...['Hub-CRS', 'Content-Crs', 'Hub-Unit'],
    ...['MCP-Protocol-Version', 'Mcp-Method', 'Mcp-Name', 'Mcp-Session-Id'],
  ].join(', '),
  'Access-Control-Max-Age': String(DAY_SECONDS),
}

/** Headers of answers that those pages may read besides the few that they always may. */
const EXPOSED = [
  ...[
    'Allow',
    'Content-Range',
    'ETag',
    'Link',
    'Location',
    'Preference-Applied',
    'RateLimit',
    'RateLimit-Policy',
    'Retry-After',
  ],
  ...['NGSILD-EntityMap', 'NGSILD-Results-Count', 'NGSILD-Snapshot', 'NGSILD-Tenant', 'NGSILD-Warning'],
  ...[
    'Content-Crs',
    'Hub-Unit',
    'Hub-Explain',
    'Hub-Results-Together',
    'Hub-Count-Noise',
    'Hub-Idempotent-Replay',
    'WWW-Authenticate',
    'DPoP-Nonce',
    'X-Request-Id',
  ],
].join(', ')

/**
 * Lets pages of the configured origins call the API (CORS, Fetch standard): `*` for any. Never with credentials of the
 * browser: callers send their token themselves. An origin that is not configured is told nothing. Answers preflights.
 */
export function crossOrigin(origins: readonly string[]): (exchange: Exchange) => WrittenAnswer | undefined {
  const any = origins.includes('*')
  const allowed = new Set(origins)
  return (exchange) => {
    if (allowed.size === 0) return undefined
    if (!any) vary(exchange, 'Origin')
    const { origin, 'access-control-request-method': wanted = '' } = exchange.request.headers
    if (origin === undefined || !(any || allowed.has(origin))) return undefined
    exchange.headers['Access-Control-Allow-Origin'] = any ? '*' : origin
    if (exchange.method === 'OPTIONS' && wanted !== '') return { status: 204, headers: PREFLIGHT }
    exchange.headers['Access-Control-Expose-Headers'] = EXPOSED
    return undefined
  }
}
