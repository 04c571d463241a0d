import type Koa from 'koa'

/** One file that is served as it is. */
export interface StaticFile {
  readonly contentType: string
  readonly text: string | Uint8Array
}

const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
}

/** Serves files by their exact path; anything else is left to the next page. */
export function staticFiles(files: ReadonlyMap<string, StaticFile>): (context: Koa.Context) => boolean {
  return (context) => {
    const file = context.method === 'GET' || context.method === 'HEAD' ? files.get(context.path) : undefined
    if (!file) return false
    context.state.route = 'page'
    context.set(SECURITY_HEADERS)
    context.set('Cache-Control', 'no-cache')
    context.body = typeof file.text === 'string' ? file.text : Buffer.from(file.text)
    context.set('Content-Type', file.contentType)
    context.status = 200
    return true
  }
}
