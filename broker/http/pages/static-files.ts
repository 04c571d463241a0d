import type Koa from 'koa'
import { readsPage } from '../middleware/allow-methods.ts'

/** One file that is served as it is. */
export interface StaticFile {
  readonly contentType: string
  readonly text: string | Uint8Array
}

/** Pages load from the hub alone; scripts may call the hub and the origins of `connect`, where people log in. */
function securityHeaders(connect: readonly string[]): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'self'",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ]
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  }
}

/** Serves files by their exact path; anything else is left to the next page. */
export function staticFiles(
  files: ReadonlyMap<string, StaticFile>,
  connect: readonly string[] = [],
): (context: Koa.Context) => boolean {
  const headers = securityHeaders(connect)
  return (context) => {
    const file = files.get(context.path)
    if (!file) return false
    if (!readsPage(context)) return true
    context.state.route = 'page'
    context.set(headers)
    context.set('Cache-Control', 'no-cache')
    context.body = typeof file.text === 'string' ? file.text : Buffer.from(file.text)
    context.set('Content-Type', file.contentType)
    context.status = 200
    return true
  }
}
