import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { ShownProof } from '../../security/tokens/binding.ts'

/** What a request shows of who sends it, besides its token. */
export function shownBy({ headers, method = '', url = '', socket }: IncomingMessage): ShownProof {
  return {
    proof: headers.dpop as string | undefined, // node joins what is there twice
    method,
    path: pathOf(url),
    certificate: () => thumbprintOf(socket),
  }
}

/** Proxies may send the whole URL (RFC 9112, 3.2.2). */
function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? ''
}

/** Only what an authority of this hub vouches for is looked at. */
function thumbprintOf(socket: IncomingMessage['socket']): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
  const { raw } = socket.getPeerCertificate()
  return raw && hash('sha256', raw, 'base64url')
}
