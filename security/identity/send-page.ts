import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Page } from './page.ts'

/** Answers the headers of a page: nothing but its own styles loads, forms go here and to these origins only. */
export function pageHeaders({ style }: Page, formOrigins: readonly string[] = []): Record<string, string> {
  const hash = createHash('sha256').update(style).digest('base64')
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    `form-action ${["'self'", ...formOrigins].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy.join('; '),
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  }
}

/** Sends a page. */
export function sendPage(
  response: ServerResponse,
  status: number,
  page: Page,
  {
    formOrigins = [],
    headers = {},
  }: {
    readonly formOrigins?: readonly string[]
    readonly headers?: Readonly<Record<string, string>>
  } = {},
): void {
  response.writeHead(status, { ...pageHeaders(page, formOrigins), ...headers })
  response.end(page.html)
}
