import { createHash } from 'node:crypto'
import type { Page, PageContext } from '../page.ts'

/** One file that is served as it is. */
export interface StaticFile {
  readonly contentType: string
  readonly text: string | Uint8Array
  /** Besides those that hold for all pages. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Pages load from the hub alone; scripts may call the hub and the origins of `connect`, where people log in. */
export function pageHeaders(connect: readonly string[]): Readonly<Record<string, string>> {
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

/** Serves files by their exact path. */
export function staticFiles(
  files: ReadonlyMap<string, StaticFile>,
  headers: Readonly<Record<string, string>>,
): readonly Page[] {
  return [...files].map(([path, file]) => ({
    paths: [path],
    route: 'page',
    methods: 'read',
    answer: (context) => answerFile(context, file, headers),
  }))
}

/** Puts a file into an answer, with the headers that hold for pages; whoever has it already is told so (304). */
export function answerFile(
  context: PageContext,
  { text, contentType, headers: own }: StaticFile,
  headers: Readonly<Record<string, string>> = pageHeaders([]),
): void {
  context.set({ ...headers, ...own, 'Cache-Control': 'no-cache' })
  context.body = typeof text === 'string' ? text : Buffer.from(text)
  context.set('Content-Type', contentType)
  // a weak one: the same file may be sent in several codings
  context.set('ETag', `W/"${createHash('sha256').update(text).digest('base64url')}"`)
  if (context.fresh) context.status = 304
}
