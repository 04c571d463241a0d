const CUT: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** Tells whether a request failed because its connection was closed or reset by the other side. */
export function wasCut(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && CUT.has(error.code)
}
