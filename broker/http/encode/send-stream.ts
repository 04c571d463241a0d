import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/** A client that takes nothing for so long is cut off. */
const STALLED_MILLISECONDS = 120_000

/**
 * Sends pieces as they come, no faster than the client takes them, and stops asking for more when it goes away. `begin`
 * writes the head as soon as there is a first piece, or an end. What fails before is thrown; what fails later cuts the
 * connection too, so that nobody takes a part for the whole.
 */
export async function sendStream(
  response: ServerResponse,
  pieces: AsyncIterable<string | Uint8Array>,
  begin: () => void,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    for await (const piece of pieces) {
      if (!response.headersSent) begin()
      if (!response.destroyed && !response.write(piece)) await drained(response, gone.signal)
      if (response.destroyed) return
    }
    if (!response.headersSent) begin()
    response.end()
  } catch (error) {
    if (response.headersSent) response.destroy()
    throw error
  }
}

/** Waits until the client has taken what was sent; one that is gone or stalled loses its connection. */
async function drained(response: ServerResponse, gone: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([gone, AbortSignal.timeout(STALLED_MILLISECONDS)])
  try {
    await once(response, 'drain', { signal })
  } catch {
    response.destroy()
  }
}
