import type Koa from 'koa'

const DAY_SECONDS = 86_400

/** Methods and headers that pages of other origins may send: what the API knows and browsers do not allow anyway. */
const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers': [
    ...['Authorization', 'Content-Type', 'Accept', 'Link', 'Prefer'],
    ...['If-Match', 'If-None-Match', 'Idempotency-Key', 'X-Request-Id'],
    ...['NGSILD-Tenant', 'NGSILD-EntityMap', 'NGSILD-Snapshot'],
    ...['Hub-Explain', 'Hub-Late-Observations'],
  ].join(', '),
  'Access-Control-Max-Age': String(DAY_SECONDS),
}

/** Headers of answers that those pages may read besides the few that they always may. */
const EXPOSED = [
  ...['Allow', 'Content-Range', 'ETag', 'Link', 'Location', 'Preference-Applied', 'Retry-After'],
  ...['NGSILD-EntityMap', 'NGSILD-Results-Count', 'NGSILD-Snapshot', 'NGSILD-Tenant', 'NGSILD-Warning'],
  ...['Hub-Explain', 'Hub-Idempotent-Replay', 'WWW-Authenticate', 'X-Request-Id'],
].join(', ')

/**
 * Lets pages of the configured origins call the API (CORS, Fetch standard): `*` for any. Never with credentials of the
 * browser: callers send their token themselves. An origin that is not configured is told nothing.
 */
export function crossOrigin(origins: readonly string[]): Koa.Middleware {
  const any = origins.includes('*')
  const allowed = new Set(origins)
  return (context, next) => {
    if (allowed.size === 0) return next()
    if (!any) context.vary('Origin')
    const origin = context.get('Origin')
    if (origin === '' || !(any || allowed.has(origin))) return next()
    context.set('Access-Control-Allow-Origin', any ? '*' : origin)
    if (context.method !== 'OPTIONS' || context.get('Access-Control-Request-Method') === '') {
      context.set('Access-Control-Expose-Headers', EXPOSED)
      return next()
    }
    context.set(PREFLIGHT)
    context.status = 204
    return undefined
  }
}
